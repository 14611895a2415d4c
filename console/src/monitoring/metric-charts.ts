// Which charts there are, and what each is made of.

import type { MetricPoint } from '../../../src/contract/console-monitoring.ts'
import type { Series, ValueText } from '../charts/chart-data.ts'
import { bytesText } from '../lib/bytes.ts'
import { durationMsText } from '../lib/duration.ts'
import { countText, processorText, shareText } from './value-text.ts'

export interface MetricChart {
  title: string
  text: ValueText
  series: readonly Series[]
  atLeast?: number
}

type Of = (point: MetricPoint) => number | null

const charts: readonly {
  title: string
  text: ValueText
  atLeast?: number
  lines: readonly (readonly [string, Of])[]
  /** Left out where nobody tells it. */
  isOptional?: true
}[] = [
  {
    ...{ title: 'Connections', text: countText, atLeast: 4 },
    lines: [
      ['active', point => point.active],
      ['idle', point => point.idle],
      ['idle in transaction', point => point.idle_in_transaction],
    ],
  },
  {
    ...{ title: 'Transactions per second', text: countText, atLeast: 1 },
    lines: [
      ['committed', point => point.commits],
      ['rolled back', point => point.rollbacks],
    ],
  },
  {
    ...{ title: 'Processor', text: processorText, atLeast: 0.1, isOptional: true },
    lines: [['used', point => point.cpu]],
  },
  {
    ...{ title: 'Memory', text: bytesText, atLeast: 1e6, isOptional: true },
    lines: [['used', point => point.memory_bytes]],
  },
  {
    ...{ title: 'Rows per second', text: countText, atLeast: 1 },
    lines: [
      ['fetched', point => point.rows_fetched],
      ['inserted', point => point.rows_inserted],
      ['updated', point => point.rows_updated],
      ['deleted', point => point.rows_deleted],
    ],
  },
  {
    ...{ title: 'Cache hit rate', text: shareText, atLeast: 1 },
    lines: [['hits', point => point.hit_rate]],
  },
  {
    ...{ title: 'Longest open transaction', text: ms => durationMsText(Math.round(ms)), atLeast: 1000 },
    lines: [['open for', point => point.longest_transaction_ms]],
  },
  {
    ...{ title: 'Locks', text: countText, atLeast: 4 },
    lines: [
      ['waiting', point => point.locks_waiting],
      ['deadlocks', point => point.deadlocks],
    ],
  },
  {
    ...{ title: 'Size of all databases', text: bytesText, atLeast: 1e7 },
    lines: [['size', point => point.size_bytes]],
  },
]

/** As they stand on the page. */
export function chartsOf(points: readonly MetricPoint[]): MetricChart[] {
  return charts
    .map(({ lines, isOptional, ...chart }) => ({
      ...chart,
      isOptional,
      series: lines.map(([name, of]) => ({ name, values: points.map(of) })),
    }))
    .filter(
      ({ isOptional, series }) =>
        !isOptional || points.length < 3 || series.some(({ values }) => values.some(value => value !== null)),
    )
    .map(({ isOptional: _, ...chart }) => chart)
}
