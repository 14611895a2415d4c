// The drawing itself: everything that does not move with the cursor.

import { memo, useId } from 'react'
import { type ChartData, type Mark, runs, type TimeSpan, type ValueText } from './chart-data.ts'
import { linear, type Scale, timeTicks } from './scale.ts'
import { seriesLook } from './series-look.ts'
import { tickText } from './time-text.ts'

export interface PlotArea {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

export interface PlotProps extends ChartData {
  kind: 'lines' | 'bars'
  area: PlotArea
  range: TimeSpan
  ticks: readonly number[]
  stepMs: number
  text: ValueText
  asleep: readonly TimeSpan[]
  marks: readonly Mark[]
}

export function scalesOf({ area, range, ticks }: Pick<PlotProps, 'area' | 'range' | 'ticks'>): {
  x: Scale
  y: Scale
} {
  return {
    x: linear([range.fromMs, range.toMs], [area.left, area.width - area.right]),
    y: linear([0, ticks.at(-1) ?? 1], [area.height - area.bottom, area.top]),
  }
}

/** So many pixels a time on the axis takes, with air. */
const tickWidth = 72
/** A line goes on over points that are missing, if they are few: a round may be late. */
const gapSteps = 2.5

export const Plot = memo(function Plot(props: PlotProps) {
  const { kind, area, range, ticks, times, series, stepMs, text, asleep, marks } = props
  const hatch = useId()
  const { x, y } = scalesOf(props)
  const floor = area.height - area.bottom
  const spanMs = range.toMs - range.fromMs
  const within = (ms: number) => Math.min(range.toMs, Math.max(range.fromMs, ms))
  const axis = timeTicks(
    range.fromMs,
    range.toMs,
    Math.max(2, Math.floor((area.width - area.left) / tickWidth)),
  )
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--sunken)" />
          <line x1="0" y1="0" x2="0" y2="6" stroke="var(--line)" strokeWidth="2" />
        </pattern>
      </defs>
      {asleep.map(({ fromMs, toMs }) => (
        <rect
          key={fromMs}
          x={x(within(fromMs))}
          width={Math.max(0, x(within(toMs)) - x(within(fromMs)))}
          y={area.top}
          height={floor - area.top}
          fill={`url(#${hatch})`}
        />
      ))}
      {ticks.map(value => (
        <g key={value}>
          <line
            x1={area.left}
            x2={area.width - area.right}
            y1={y(value)}
            y2={y(value)}
            stroke="var(--line)"
          />
          <text
            x={area.left - 6}
            y={y(value)}
            dy="0.32em"
            textAnchor="end"
            fill="var(--ink-soft)"
            fontSize="11"
          >
            {text(value)}
          </text>
        </g>
      ))}
      {axis.map(ms => (
        <text
          key={ms}
          x={x(ms)}
          y={floor + 15}
          textAnchor={anchorAt(x(ms), area)}
          fill="var(--ink-soft)"
          fontSize="11"
        >
          {tickText(ms, spanMs)}
        </text>
      ))}
      {kind === 'lines'
        ? series.map(({ name, values }, index) => (
            <path
              key={name}
              d={runs(times, values, gapSteps * stepMs)
                .map(run => linePath(run.map(at => [x(times[at]!), y(values[at]!)])))
                .join('')}
              fill="none"
              stroke={seriesLook(index).color}
              strokeDasharray={seriesLook(index).dash}
              strokeWidth="1.75"
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          ))
        : series.map(({ name, values }, index) => (
            <path
              key={name}
              d={times
                .map((at, place) =>
                  barPath(x(within(at)), x(within(at + stepMs)), y(values[place] ?? 0), floor),
                )
                .join('')}
              fill={seriesLook(index).color}
            />
          ))}
      {marks.map(({ atMs, text: said }) => (
        <path
          key={atMs}
          d={`M${x(atMs)} ${floor}l-4 7h8z`}
          fill="var(--flame)"
          stroke="var(--raised)"
          strokeWidth="0.5"
        >
          <title>{said}</title>
        </path>
      ))}
    </>
  )
})

/** What stands at the edge does not go beyond it. */
function anchorAt(x: number, { width, left }: PlotArea): 'start' | 'middle' | 'end' {
  if (x > width - 24) return 'end'
  return x < left + 12 ? 'start' : 'middle'
}

const round = (value: number) => Math.round(value * 10) / 10

/** One that stands alone is a dot. */
function linePath(points: [number, number][]): string {
  const [first, ...rest] = points.map(([x, y]) => `${round(x)} ${round(y)}`)
  return rest.length === 0 ? `M${first}m-1 0h2` : `M${first}L${rest.join('L')}`
}

function barPath(from: number, to: number, top: number, floor: number): string {
  // Air between two bars, unless there is none to spare.
  const air = to - from > 4 ? 1 : 0
  const width = Math.max(0, to - from - 2 * air)
  return floor - top < 0.2 ? '' : `M${round(from + air)} ${floor}V${round(top)}h${round(width)}V${floor}z`
}
