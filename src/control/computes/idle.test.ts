import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { Clock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import type { IdleOutcome } from './computes.ts'
import { IdleWatch } from './idle.ts'

/** A clock that stands still until told: five minutes take no time. */
class FakeClock implements Clock {
  #now = 1_000_000
  #timers: { at: number; run: () => void }[] = []
  now = (): number => this.#now
  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { at: this.#now + delayMs, run }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter(other => other !== timer)
      },
    }
  }
  sleep = async (): Promise<void> => {}
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = next.at
      this.#timers = this.#timers.filter(timer => timer !== next)
      next.run()
      await new Promise(resolve => setImmediate(resolve))
    }
    this.#now = end
  }
}

let clock: FakeClock
let asked: { at: number; since: number }[]
let answers: (IdleOutcome | Error)[]
let idle: IdleWatch

beforeEach(() => {
  clock = new FakeClock()
  asked = []
  answers = []
  idle = new IdleWatch({
    clock,
    logger: silentLogger,
    async suspendIfIdle(_endpoint, since) {
      asked.push({ at: clock.now(), since: since.getTime() })
      const answer = answers.shift() ?? 'suspended'
      if (answer instanceof Error) throw answer
      return answer
    },
  })
})

const report = (quiet_ms: number, sessions = 1) =>
  idle.report({ proxy: 'p0', endpoints: [{ endpoint_id: 'ep-a', sessions, quiet_ms }] })

test('a compute that nobody uses is asked once, when its time is up', async () => {
  idle.watch('ep-a', 300_000)
  await clock.advance(299_999)
  assert.equal(asked.length, 0)
  await clock.advance(1)
  assert.equal(asked.length, 1)
})

test('bytes that flowed put it off, and cost no question', async () => {
  idle.watch('ep-a', 300_000)
  for (let minute = 0; minute < 60; minute++) {
    await clock.advance(60_000)
    report(1000)
  }
  assert.equal(asked.length, 0)
  await clock.advance(299_000)
  assert.equal(asked.length, 1)
})

test('an old report never makes it look idler than it is', async () => {
  idle.watch('ep-a', 300_000)
  await clock.advance(200_000)
  report(0)
  report(150_000)
  await clock.advance(299_999)
  assert.equal(asked.length, 0)
})

test('an open but quiet session does not keep it awake', async () => {
  idle.watch('ep-a', 60_000)
  report(0, 5)
  await clock.advance(60_000)
  assert.equal(asked.length, 1)
})

test('busy inside: asked again after the recheck time', async () => {
  answers = ['busy', 'busy', 'suspended']
  idle.watch('ep-a', 300_000)
  await clock.advance(300_000)
  await clock.advance(30_000)
  await clock.advance(30_000)
  assert.equal(asked.length, 3)
  await clock.advance(1_000_000)
  assert.equal(asked.length, 3)
})

test('a question that fails is asked again', async () => {
  answers = [new Error('no answer'), 'suspended']
  idle.watch('ep-a', 10_000)
  await clock.advance(10_000)
  await clock.advance(10_000)
  assert.equal(asked.length, 2)
})

test('never means never', async () => {
  idle.watch('ep-a', Number.POSITIVE_INFINITY)
  await clock.advance(10_000_000)
  assert.equal(asked.length, 0)
})

test('held for work of ours, it is not asked until that is done', async () => {
  idle.watch('ep-a', 10_000)
  const one = idle.hold('ep-a')
  const other = idle.hold('ep-a')
  await clock.advance(30_000)
  one.release()
  await clock.advance(30_000)
  assert.equal(asked.length, 0)
  other.release()
  await clock.advance(20_000)
  assert.equal(asked.length, 1)
})

test('forgotten, it is not asked', async () => {
  idle.watch('ep-a', 1000)
  idle.forget('ep-a')
  await clock.advance(10_000)
  assert.equal(asked.length, 0)
})

test('who has asked for it is on the way; work of our own is nobody', () => {
  idle.watch('ep-a', 300_000)
  const since = new Date(clock.now() - 1)
  idle.hold('ep-a').release()
  assert.equal(idle.isAskedSince('ep-a', since), false)
  idle.touch('ep-a')
  assert.equal(idle.isAskedSince('ep-a', since), true)
  assert.equal(idle.isAskedSince('ep-a', new Date(clock.now())), false)
  assert.equal(idle.isAskedSince('ep-other', since), false)
})
