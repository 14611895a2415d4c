import { type KeyboardEvent, useId, useMemo } from 'react'
import { type ChartData, highest, type Mark, summary, type TimeSpan, type ValueText } from './chart-data.ts'
import { ChartTable } from './chart-table.tsx'
import { Plot, type PlotArea, scalesOf } from './plot.tsx'
import { linear, nearest, valueTicks } from './scale.ts'
import { seriesLook } from './series-look.ts'
import { pointText } from './time-text.ts'
import { useWidth } from './use-width.ts'

interface TimeChartProps extends ChartData {
  title: string
  /** What the values' text does not tell. */
  hint?: string
  kind?: 'lines' | 'bars'
  range: TimeSpan
  stepMs: number
  text: ValueText
  /** The axis reaches at least so far. */
  atLeast?: number
  asleep?: readonly TimeSpan[]
  marks?: readonly Mark[]
  /** The moment that is looked at, on all charts of a page. */
  cursorMs: number | undefined
  onCursor: (ms: number | undefined) => void
}

const none: readonly never[] = []
const height = 168

/** Values over time. Without a mouse it is a slider: arrow keys go from point to point, and each is read out. */
export function TimeChart(props: TimeChartProps) {
  const { title, hint, kind = 'lines', range, stepMs, text, times, series, cursorMs, onCursor } = props
  const { atLeast = 0, asleep = none, marks = none } = props
  const id = useId()
  const [ref, width] = useWidth<HTMLDivElement>()
  const words = useMemo(() => summary(series, text), [series, text])
  const ticks = useMemo(() => valueTicks(Math.max(highest(series), atLeast)), [series, atLeast])
  const left = 14 + 6.4 * Math.max(...ticks.map(value => text(value).length))
  const area = useMemo<PlotArea>(
    () => ({ width, height, left, right: 10, top: 8, bottom: 24 }),
    [width, left],
  )
  const { x, y } = scalesOf({ area, range, ticks })
  const index = times.length === 0 ? -1 : cursorMs === undefined ? times.length - 1 : nearest(times, cursorMs)
  const at = index < 0 ? undefined : times[index]
  const timeAt = linear([area.left, area.width - area.right], [range.fromMs, range.toMs])
  // A bar stands for the time that follows.
  const shiftMs = kind === 'bars' ? stepMs / 2 : 0
  const values = series.map(({ name, values }) => [name, index < 0 ? null : (values[index] ?? null)] as const)
  const readout = values.map(([name, value]) => `${name} ${value === null ? 'not known' : text(value)}`)
  return (
    <figure aria-labelledby={`${id}-title`} className="min-w-0 rounded-lg border border-line bg-raised p-3">
      <figcaption className="mb-1 flex flex-wrap items-baseline justify-between gap-x-3 gap-y-0.5">
        <h3 id={`${id}-title`} className="font-medium text-sm">
          {title}
        </h3>
        <span className="text-ink-soft text-xs tabular-nums">
          {at !== undefined && `${cursorMs === undefined ? 'last: ' : ''}${pointText(at, stepMs)}`}
        </span>
      </figcaption>
      {hint !== undefined && <p className="text-ink-soft text-xs">{hint}</p>}
      <ul className="mb-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs tabular-nums">
        {values.map(([name, value], place) => (
          <li key={name} className="inline-flex items-center gap-1.5">
            <svg aria-hidden="true" width="18" height="8">
              {kind === 'bars' ? (
                <rect width="18" height="8" rx="1" fill={seriesLook(place).color} />
              ) : (
                <line
                  x1="1"
                  x2="17"
                  y1="4"
                  y2="4"
                  strokeWidth="2"
                  stroke={seriesLook(place).color}
                  strokeDasharray={seriesLook(place).dash}
                />
              )}
            </svg>
            <span className="text-ink-soft">{name}</span> {value === null ? '–' : text(value)}
          </li>
        ))}
      </ul>
      <div ref={ref} style={{ height }}>
        {width > 0 && (
          <div
            {...(index >= 0 && {
              role: 'slider',
              tabIndex: 0,
              'aria-label': `${title}: point in time`,
              'aria-valuemin': 0,
              'aria-valuemax': times.length - 1,
              'aria-valuenow': index,
              'aria-valuetext': `${pointText(at!, stepMs)}: ${readout.join(', ')}`,
              onKeyDown: (event: KeyboardEvent) => {
                const next = stepOf(event.key, index, times.length)
                if (event.key === 'Escape') onCursor(undefined)
                if (next === undefined) return
                event.preventDefault()
                onCursor(times[next])
              },
              onBlur: () => onCursor(undefined),
            })}
            className="touch-pan-y"
            onPointerMove={event =>
              onCursor(timeAt(event.clientX - event.currentTarget.getBoundingClientRect().left) - shiftMs)
            }
            onPointerLeave={() => onCursor(undefined)}
          >
            <svg aria-hidden="true" width={width} height={height} className="block">
              <Plot {...{ kind, area, range, ticks, stepMs, text, times, series, asleep, marks }} />
              {at !== undefined && cursorMs !== undefined && (
                <g>
                  <line
                    x1={x(at + shiftMs)}
                    x2={x(at + shiftMs)}
                    y1={area.top}
                    y2={height - area.bottom}
                    stroke="var(--ink-soft)"
                  />
                  {kind === 'lines' &&
                    values.map(
                      ([name, value], place) =>
                        value !== null && (
                          <circle
                            key={name}
                            cx={x(at)}
                            cy={y(value)}
                            r="3.5"
                            fill={seriesLook(place).color}
                            stroke="var(--raised)"
                          />
                        ),
                    )}
                </g>
              )}
            </svg>
          </div>
        )}
      </div>
      <p className="sr-only">{times.length === 0 ? 'There are no values in this time.' : words}</p>
      {times.length > 0 && <ChartTable {...{ title, times, series, text, stepMs }} />}
    </figure>
  )
}

/** Where a key leads; undefined: it is none of ours. */
function stepOf(key: string, index: number, count: number): number | undefined {
  const tenth = Math.max(1, Math.round(count / 10))
  const moves: Record<string, number> = {
    ...{ ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1 },
    ...{ PageDown: index - tenth, PageUp: index + tenth, Home: 0, End: count - 1 },
  }
  const to = moves[key]
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to))
}
