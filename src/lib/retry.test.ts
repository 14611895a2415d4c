import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RetryPolicy, retry } from './retry.ts'

const policy: RetryPolicy = { attempts: 5, firstDelayMs: 100, factor: 3, maxDelayMs: 500 }

/** Notes how long it was asked to sleep. */
function scriptedClock() {
  const slept: number[] = []
  return {
    slept,
    async sleep(delayMs: number) {
      slept.push(delayMs)
    },
  }
}

test('what succeeds at once is not repeated, and sleeps never', async () => {
  const clock = scriptedClock()
  assert.equal(
    await retry(
      policy,
      clock,
      () => true,
      async attempt => attempt,
    ),
    1,
  )
  assert.deepEqual(clock.slept, [])
})

test('delays grow by the factor, up to the longest', async () => {
  const clock = scriptedClock()
  const attempts: number[] = []
  const work = async (attempt: number) => {
    attempts.push(attempt)
    throw new Error(`attempt ${attempt}`)
  }
  await assert.rejects(
    retry(policy, clock, () => true, work),
    /attempt 5/,
  )
  assert.deepEqual(attempts, [1, 2, 3, 4, 5])
  assert.deepEqual(clock.slept, [100, 300, 500, 500])
})

test('it stops as soon as it succeeds', async () => {
  const clock = scriptedClock()
  const work = async (attempt: number) => {
    if (attempt < 3) throw new Error('not yet')
    return `at ${attempt}`
  }
  assert.equal(await retry(policy, clock, () => true, work), 'at 3')
  assert.deepEqual(clock.slept, [100, 300])
})

test('an error that does not pass is thrown at once, and each is asked about', async () => {
  const clock = scriptedClock()
  const asked: unknown[] = []
  const errors = [new Error('passes'), new Error('stays')]
  const left = [...errors]
  const isRetryable = (error: unknown) => {
    asked.push(error)
    return (error as Error).message === 'passes'
  }
  await assert.rejects(
    retry(policy, clock, isRetryable, async () => {
      throw left.shift()
    }),
    /stays/,
  )
  assert.deepEqual(asked, errors)
  assert.deepEqual(clock.slept, [100])
})

test('one attempt means no second one', async () => {
  const clock = scriptedClock()
  const once = retry(
    { ...policy, attempts: 1 },
    clock,
    () => true,
    () => Promise.reject(new Error('no')),
  )
  await assert.rejects(once, /no/)
  assert.deepEqual(clock.slept, [])
})
