import { useMemo, useState } from 'react'
import { TimeChart } from '../charts/time-chart.tsx'
import { bytesText } from '../lib/bytes.ts'
import { type UseFrame, type UseSpan, useSpans } from './use-queries.ts'
import { countText } from './value-text.ts'

const charts = {
  compute: {
    title: 'Compute time',
    name: 'CU hours',
    of: (frame: UseFrame) => frame.computeSeconds / 3600,
    text: countText,
    atLeast: 0.01,
    hint: 'Awake for an hour with one compute unit is one.',
  },
  storage: {
    title: 'Storage',
    name: 'data and history',
    of: (frame: UseFrame) => frame.storageBytes,
    text: bytesText,
    atLeast: 1e6,
    hint: 'Measured once an hour where the data was used, else once a day.',
  },
  written: {
    title: 'Written',
    name: 'WAL',
    of: (frame: UseFrame) => frame.writtenBytes,
    text: bytesText,
    atLeast: 1e6,
    hint: 'By clients, vacuum, checkpoints.',
  },
  sent: {
    title: 'Sent to clients',
    name: 'bytes',
    of: (frame: UseFrame) => frame.sentBytes,
    text: bytesText,
    atLeast: 1e3,
    hint: 'By their connections, before it is encrypted.',
  },
} as const

export type UseChartName = keyof typeof charts
const all = Object.keys(charts) as UseChartName[]

interface UseChartsProps {
  frames: readonly UseFrame[]
  span: UseSpan
  only: readonly UseChartName[] | undefined
}

export function UseCharts({ frames, span, only = all }: UseChartsProps) {
  const [cursorMs, setCursorMs] = useState<number | undefined>(undefined)
  const { ms, stepMs } = useSpans[span]
  const times = useMemo(() => frames.map(({ atMs }) => atMs), [frames])
  const series = useMemo(
    () => all.map(id => [{ name: charts[id].name, values: frames.map(charts[id].of) }]),
    [frames],
  )
  const range = useMemo(() => {
    // The frame that is under way is drawn whole.
    const toMs = (times.at(-1) ?? Date.now() - stepMs) + stepMs
    return { fromMs: toMs - ms, toMs }
  }, [times, ms, stepMs])
  if (frames.length === 0) {
    return (
      <p className="text-ink-soft text-sm">
        Nothing is counted yet: that begins with the first awake minute.
      </p>
    )
  }
  return (
    <div className="grid gap-3 md:grid-cols-2">
      {only.map(id => (
        <TimeChart
          key={id}
          title={charts[id].title}
          kind="bars"
          series={series[all.indexOf(id)]!}
          hint={charts[id].hint}
          text={charts[id].text}
          atLeast={charts[id].atLeast}
          {...{ times, range, stepMs, cursorMs, onCursor: setCursorMs }}
        />
      ))}
    </div>
  )
}
