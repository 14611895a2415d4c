import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linear, nearest, timeTicks, valueTicks } from './scale.ts'

test('values are counted in round steps, from nothing up to all', () => {
  assert.deepEqual(valueTicks(10), [0, 2.5, 5, 7.5, 10])
  assert.deepEqual(valueTicks(0.3), [0, 0.1, 0.2, 0.3])
  assert.deepEqual(valueTicks(1), [0, 0.25, 0.5, 0.75, 1])
  assert.deepEqual(valueTicks(1234), [0, 500, 1000, 1500])
  assert.deepEqual(valueTicks(0), [0, 1])
  for (const most of [0.0007, 3, 17, 99, 101, 5e9]) {
    const ticks = valueTicks(most)
    assert.ok(ticks.at(-1)! >= most && ticks.length <= 7, `${most}: ${ticks.join()}`)
  }
})

test('moments are round where the reader is', () => {
  const noon = new Date(2026, 10, 25, 12, 3).getTime()
  const ticks = timeTicks(noon - 3_600_000, noon, 6)
  assert.deepEqual(
    ticks.map(ms => new Date(ms).getMinutes()),
    [10, 20, 30, 40, 50, 0],
  )
  const days = timeTicks(noon - 7 * 86_400_000, noon, 7)
  assert.equal(days.length, 7)
  for (const ms of days) assert.equal(new Date(ms).getHours(), 0)
})

test('days begin at midnight, also where clocks were changed between', t => {
  const { TZ } = process.env
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })
  process.env.TZ = 'Europe/Berlin'
  for (const [month, day] of [
    [9, 25],
    [2, 29],
  ] as const) {
    const to = new Date(2026, month, day + 3, 12).getTime()
    const days = timeTicks(to - 7 * 86_400_000, to, 7).map(ms => new Date(ms))
    assert.deepEqual(
      days.map(at => [at.getDate(), at.getHours()]),
      Array.from({ length: 7 }, (_, index) => [new Date(2026, month, day - 3 + index).getDate(), 0]),
    )
  }
  // An hour that there is twice, and one that there is not.
  assert.ok(timeTicks(Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 4), 6).length >= 5)
  const spring = timeTicks(Date.UTC(2026, 2, 28, 22), Date.UTC(2026, 2, 29, 4), 6)
  assert.equal(new Set(spring).size, spring.length)
})

test('the nearest is found, at the ends too', () => {
  const times = [10, 20, 40]
  assert.deepEqual(
    [-5, 14, 16, 31, 99].map(ms => nearest(times, ms)),
    [0, 0, 1, 2, 2],
  )
  assert.equal(nearest([], 5), -1)
})

test('a scale of one single value divides by nothing', () => {
  assert.equal(linear([5, 5], [0, 100])(5), 0)
  assert.equal(linear([0, 10], [100, 0])(2.5), 75)
})
