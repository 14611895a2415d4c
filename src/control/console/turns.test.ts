import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Turn } from '../../catalog/wakes.ts'
import { readTurns } from './turns.ts'

/** `start 100` ended at 100; a step took 5. Given in order, handed over newest first. */
function turns(...texts: string[]): Turn[] {
  return texts
    .map((text, index): Turn => {
      const [action, at, status = 'finished'] = text.split(' ')
      return {
        id: String(index),
        action: action === 'start' ? 'start_compute' : 'suspend_compute',
        status: status as Turn['status'],
        error: status === 'finished' ? null : 'no room',
        cause: null,
        created_at: new Date(Number(at) - 5),
        started_at: new Date(Number(at) - 5),
        finished_at: new Date(Number(at)),
      }
    })
    .reverse()
}

const range = { fromMs: 100, toMs: 1000, isAwake: false }
const asleep = (given: Turn[], change: Partial<typeof range> = {}) =>
  readTurns(given, { ...range, ...change }).asleep.map(({ fromMs, toMs }) => [fromMs, toMs])

test('between a stop and the next start it slept', () => {
  const week = turns('start 200', 'suspend 300', 'start 500', 'suspend 900')
  assert.deepEqual(asleep(week), [
    [100, 200],
    [300, 500],
    [900, 1000],
  ])
})

test('before its first turn it was what that turn has ended', () => {
  assert.deepEqual(asleep(turns('suspend 300')), [[300, 1000]])
  assert.deepEqual(asleep(turns('start 300'), { isAwake: true }), [[100, 300]])
})

test('without any turn it was all the time what it is now', () => {
  assert.deepEqual(asleep([]), [[100, 1000]])
  assert.deepEqual(asleep([], { isAwake: true }), [])
})

test('a stop that was heard of twice, a start that follows a crash, one that failed', () => {
  assert.deepEqual(asleep(turns('suspend 300', 'suspend 310', 'start 400'), { isAwake: true }), [[300, 400]])
  assert.deepEqual(asleep(turns('start 200', 'start 400'), { isAwake: true }), [[100, 200]])
  assert.deepEqual(asleep(turns('suspend 200', 'start 400 failed', 'start 600'), { isAwake: true }), [
    [200, 600],
  ])
})

test('a turn that began before the range counts within it alone', () => {
  assert.deepEqual(asleep(turns('suspend 101', 'start 200'), { isAwake: true, fromMs: 150 }), [[150, 200]])
})

test('wakes are told newest first, with what became of them', () => {
  const { wakes } = readTurns(turns('start 200', 'suspend 300', 'start 400 failed', 'start 600'), range)
  assert.deepEqual(
    wakes.map(({ atMs, tookMs, error }) => [atMs, tookMs, error]),
    [
      [600, 5, null],
      [400, 5, 'no room'],
      [200, 5, null],
    ],
  )
})
