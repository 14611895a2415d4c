// From one look to the next: what a chart's last minutes are drawn with until there are samples of them. Pure.

import type { MetricCounters, MetricPoint, Metrics } from '../../../src/contract/console-monitoring.ts'

/** The first look alone tells no rates. Undefined: it is not awake. */
export function pointOf(now: Metrics, before: Metrics | undefined): MetricPoint | undefined {
  const { figures, use } = now
  if (!figures) return undefined
  const seconds = before ? (Date.parse(now.at) - Date.parse(before.at)) / 1000 : 0
  const counters = before?.figures && seconds > 0 ? before.figures.counters : undefined
  // A statistic that fell began anew: nothing is known of what was in between.
  const rose = counters && names.every(name => figures.counters[name] >= counters[name])
  const difference = (name: keyof MetricCounters) =>
    counters && rose ? figures.counters[name] - counters[name] : null
  const rate = (name: keyof MetricCounters) => {
    const many = difference(name)
    return many === null ? null : many / seconds
  }
  const [hit, read] = [difference('pages_hit'), difference('pages_read')]
  const pages = (hit ?? 0) + (read ?? 0)
  const usedMs = use && before?.use && seconds > 0 ? use.cpu_ms - before.use.cpu_ms : -1
  const { max, ...connections } = figures.connections
  return {
    ...connections,
    ...{ at: now.at, connections_max: max, locks_waiting: figures.locks_waiting },
    longest_transaction_ms: figures.longest_transaction_ms,
    ...{ commits: rate('commits'), rollbacks: rate('rollbacks'), deadlocks: difference('deadlocks') },
    ...{ rows_fetched: rate('rows_fetched'), rows_inserted: rate('rows_inserted') },
    ...{ rows_updated: rate('rows_updated'), rows_deleted: rate('rows_deleted') },
    hit_rate: hit === null || pages === 0 ? null : hit / pages,
    cpu: usedMs < 0 ? null : usedMs / 1000 / seconds,
    ...{ cpus: use?.cpus ?? null, memory_bytes: use?.memory_bytes ?? null },
    ...{ memory_max_bytes: use?.memory_max_bytes ?? null, size_bytes: null },
  }
}

const names: readonly (keyof MetricCounters)[] = [
  'commits',
  'rollbacks',
  'deadlocks',
  'rows_fetched',
  'rows_inserted',
  'rows_updated',
  'rows_deleted',
  'pages_hit',
  'pages_read',
]

/** An hour of looks: more are in the samples by then. */
const kept = 720

/** With a look added; the same list where there is nothing new. */
export function withLook(live: LivePoints, now: Metrics): LivePoints {
  const { points, last } = live
  if (last?.at === now.at) return live
  // Between looks at two computes nothing lies.
  const isSame = last === undefined || last.endpoint_id === now.endpoint_id
  const shown = isSame ? points : []
  const point = pointOf(now, isSame ? last : undefined)
  return { points: point ? [...shown, point].slice(-kept) : shown, last: now }
}

export interface LivePoints {
  points: readonly MetricPoint[]
  last: Metrics | undefined
}

export const noPoints: LivePoints = { points: [], last: undefined }

/** Samples, and after the last of them what was seen live: what is not older than `fromMs`, for the axis goes on meanwhile. */
export function joined(
  samples: readonly MetricPoint[],
  live: readonly MetricPoint[],
  fromMs: number,
): readonly MetricPoint[] {
  const last = samples.at(-1)
  const newer = last === undefined ? live : live.filter(({ at }) => at > last.at)
  return [...samples, ...newer].filter(({ at }) => Date.parse(at) >= fromMs)
}
