import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metrics } from '../../../src/contract/console-monitoring.ts'
import { joined, noPoints, pointOf, withLook } from './live-points.ts'

function look(
  second: number,
  change: { commits?: number; hit?: number; read?: number; cpuMs?: number } = {},
): Metrics {
  const { commits = 0, hit = 0, read = 0, cpuMs } = change
  return {
    at: new Date(second * 1000).toISOString(),
    state: 'awake',
    endpoint_id: 'ep-a',
    figures: {
      connections: { active: 1, idle: 2, idle_in_transaction: 0, max: 97 },
      ...{ locks_waiting: 0, longest_transaction_ms: 7 },
      counters: {
        ...{ commits, rollbacks: 0, deadlocks: 0, rows_fetched: 0, rows_inserted: 0, rows_updated: 0 },
        ...{ rows_deleted: 0, pages_hit: hit, pages_read: read },
      },
    },
    use: cpuMs === undefined ? null : { cpu_ms: cpuMs, cpus: 2, memory_bytes: 1, memory_max_bytes: 2 },
  }
}

test('two looks tell what happened between them, per second', () => {
  const before = look(10, { commits: 100, hit: 1000, read: 10, cpuMs: 500 })
  const point = pointOf(look(15, { commits: 150, hit: 1090, read: 20, cpuMs: 3000 }), before)
  assert.deepEqual(
    [point?.commits, point?.hit_rate, point?.cpu, point?.active, point?.connections_max],
    [10, 0.9, 0.5, 1, 97],
  )
})

test('the first look tells no rates, and neither does one after statistics that began anew', () => {
  assert.equal(pointOf(look(10), undefined)?.commits, null)
  const reset = pointOf(look(15, { commits: 3, cpuMs: 1 }), look(10, { commits: 100, cpuMs: 900 }))
  assert.deepEqual([reset?.commits, reset?.cpu, reset?.hit_rate], [null, null, null])
})

test('nothing of it is known where no page was needed, and nothing at all of one that sleeps', () => {
  assert.equal(pointOf(look(15), look(10))?.hit_rate, null)
  assert.equal(pointOf({ ...look(15), figures: null }, look(10)), undefined)
})

test('looks are kept in order, once each; another compute begins anew', () => {
  let live = withLook(noPoints, look(10))
  live = withLook(live, look(15, { commits: 5 }))
  assert.equal(withLook(live, look(15, { commits: 5 })), live)
  assert.deepEqual(
    live.points.map(({ commits }) => commits),
    [null, 1],
  )
  const other = withLook(live, { ...look(20, { commits: 1000 }), endpoint_id: 'ep-b' })
  assert.deepEqual(
    other.points.map(({ commits }) => commits),
    [null],
  )
})

test('what was seen live follows the samples, and what the axis has left behind is gone', () => {
  const at = (second: number) => pointOf(look(second), undefined)!
  const seconds = (fromSecond: number) =>
    joined([at(60), at(120)], [at(118), at(121), at(126)], fromSecond * 1000).map(
      point => Date.parse(point.at) / 1000,
    )
  assert.deepEqual(seconds(60), [60, 120, 121, 126])
  assert.deepEqual(seconds(61), [120, 121, 126])
  assert.deepEqual(seconds(200), [])
})
