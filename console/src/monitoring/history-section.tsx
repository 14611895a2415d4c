import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { MetricPoint, Metrics } from '../../../src/contract/console-monitoring.ts'
import { type MonitoringRange, monitoringRanges } from '../../../src/contract/monitoring-ranges.ts'
import { TimeChart } from '../charts/time-chart.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { joined } from './live-points.ts'
import { chartsOf } from './metric-charts.ts'
import { historyQuery, type MonitoredBranch } from './monitoring-queries.ts'
import { WakeUps } from './wake-ups.tsx'

interface HistorySectionProps {
  of: MonitoredBranch
  range: MonitoringRange
  now: Metrics
  live: readonly MetricPoint[]
}

/** What was, on one axis of time: sleep is shown as sleep, not as nothing. */
export function HistorySection({ of, range, now, live }: HistorySectionProps) {
  const reply = useQuery(historyQuery(of, range))
  const [cursorMs, setCursorMs] = useState<number | undefined>(undefined)
  const { data } = reply
  const { ms } = monitoringRanges[range]
  const toMs = Math.max(Date.parse(data?.to ?? now.at), Date.parse(now.at))
  const span = useMemo(() => ({ fromMs: toMs - ms, toMs }), [toMs, ms])
  // Days are not drawn with looks of five seconds.
  const points = useMemo(
    () => joined(data?.points ?? [], ms <= monitoringRanges['1h'].ms ? live : [], span.fromMs),
    [data, live, ms, span],
  )
  const times = useMemo(() => points.map(({ at }) => Date.parse(at)), [points])
  const charts = useMemo(() => chartsOf(points), [points])
  const asleep = useMemo(
    () => (data?.asleep ?? []).map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) })),
    [data],
  )
  const marks = useMemo(
    () =>
      (data?.wake_ups ?? [])
        .filter(({ at, error }) => error === undefined && Date.parse(at) >= span.fromMs)
        .map(({ at }) => ({ atMs: Date.parse(at), text: `Woken ${new Date(at).toLocaleTimeString('en')}` })),
    [data, span],
  )
  return (
    <section aria-labelledby="history-title" className="space-y-4">
      <div>
        <h2 id="history-title" className="font-medium text-lg">
          Over time
        </h2>
        <p className="text-ink-soft text-sm">
          An awake compute is looked at once a minute, and what was found is kept for 7 days. Hatched: asleep.
          ▲: woken. A gap: Pilotlight was not running, or the compute did not answer.
        </p>
      </div>
      {reply.isPending && <Skeleton lines={4} />}
      {reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />}
      {data && points.length === 0 && (
        <Empty title="No samples in this time">
          {now.state === 'awake'
            ? 'They begin with the first awake minute: in a moment there is one.'
            : 'It was asleep all the time, or no sample is kept from then. They begin with the first awake minute.'}
        </Empty>
      )}
      {data && points.length > 0 && (
        <div className="grid gap-3 md:grid-cols-2">
          {charts.map(chart => (
            <TimeChart
              key={chart.title}
              {...chart}
              {...{ times, asleep, marks, range: span, stepMs: data.step_ms }}
              {...{ cursorMs, onCursor: setCursorMs }}
            />
          ))}
        </div>
      )}
      {data && <WakeUps projectId={of.projectId} wakeUps={data.wake_ups} isComplete={data.complete} />}
    </section>
  )
}
