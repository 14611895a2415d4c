import assert from 'node:assert/strict'
import { test } from 'node:test'
import { highest, runs, summary } from './chart-data.ts'

test('a line ends where nothing is known, and where it slept', () => {
  const times = [0, 60, 120, 600, 660, 720]
  assert.deepEqual(runs(times, [1, 2, 3, 4, null, 5], 150), [[0, 1, 2], [3], [5]])
  assert.deepEqual(runs(times, [null, null, null, null, null, null], 150), [])
  assert.deepEqual(runs([], [], 150), [])
})

test('in words', () => {
  const series = [
    { name: 'active', values: [0, 12, null, 3] },
    { name: 'idle', values: [2, 2, null, 2] },
    { name: 'lost', values: [null, null, null, null] },
  ]
  assert.equal(
    summary(series, String),
    'active: 3 last, between 0 and 12; idle: 2 all the time; lost: not known.',
  )
  assert.equal(highest(series), 12)
  assert.equal(highest([]), 0)
})
