import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timesOf } from './operation-times.ts'

const at = (seconds: number) => new Date(seconds * 1000).toISOString()

test('waiting and working are told apart', () => {
  const table = [
    [
      { created_at: at(10), started_at: at(12), finished_at: at(15) },
      { waitedMs: 2000, workedMs: 3000 },
    ],
    [
      { created_at: at(10), started_at: at(12), finished_at: null },
      { waitedMs: 2000, workedMs: 8000 },
    ],
    [
      { created_at: at(10), started_at: null, finished_at: null },
      { waitedMs: 10_000, workedMs: null },
    ],
    [
      { created_at: at(10), started_at: null, finished_at: at(11) },
      { waitedMs: 1000, workedMs: null },
    ],
    // The clock of the browser lags behind.
    [
      { created_at: at(30), started_at: at(31), finished_at: null },
      { waitedMs: 1000, workedMs: 0 },
    ],
  ] as const
  for (const [operation, expected] of table) assert.deepEqual(timesOf(operation, 20_000), expected)
})
