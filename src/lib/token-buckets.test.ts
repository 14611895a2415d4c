import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenBuckets } from './token-buckets.ts'

function setUp(burst: number, perSecond: number, maxNames = 10) {
  const clock = { at: 1_000_000, now: () => clock.at }
  return { clock, buckets: new TokenBuckets({ burst, perSecond }, clock, maxNames) }
}

test('so many at once, then one each time that one has come', () => {
  const { clock, buckets } = setUp(3, 10)
  assert.deepEqual(
    [1, 2, 3, 4].map(() => buckets.take('a')),
    [0, 0, 0, 100],
  )
  clock.at += 99
  assert.equal(buckets.take('a'), 1)
  clock.at += 1
  assert.equal(buckets.take('a'), 0)
  assert.equal(buckets.take('a'), 100)
})

test('a bucket overflows: who was quiet for long has no more than the burst', () => {
  const { clock, buckets } = setUp(2, 10)
  clock.at += 3_600_000
  assert.deepEqual(
    [1, 2, 3].map(() => buckets.take('a')),
    [0, 0, 100],
  )
})

test('names have a bucket each', () => {
  const { buckets } = setUp(1, 1)
  assert.equal(buckets.take('a'), 0)
  assert.equal(buckets.take('b'), 0)
  assert.equal(buckets.take('a'), 1000)
})

test('to look takes nothing', () => {
  const { buckets } = setUp(1, 1)
  assert.deepEqual(
    [buckets.wait('a'), buckets.wait('a'), buckets.take('a'), buckets.wait('a')],
    [0, 0, 0, 1000],
  )
})

test('there are never more names than may be', () => {
  const { buckets } = setUp(1, 1, 3)
  for (let i = 0; i < 100; i++) buckets.take(`name ${i}`)
  assert.equal(buckets.size, 3)
  assert.equal(buckets.take('name 99'), 1000)
  assert.equal(buckets.take('name 0'), 0)
})

test('a clock that is set back neither gives nor takes', () => {
  const { clock, buckets } = setUp(2, 1)
  buckets.take('a')
  clock.at -= 60_000
  assert.deepEqual([buckets.take('a'), buckets.take('a')], [0, 1000])
})

test('over a minute it comes to the rate, however it is asked', () => {
  const { clock, buckets } = setUp(700, 700 / 60)
  let taken = 0
  for (let ms = 0; ms < 60_000; ms += 10) {
    if (buckets.take('a') === 0) taken++
    clock.at += 10
  }
  assert.ok(taken >= 1390 && taken <= 1401, String(taken))
})
