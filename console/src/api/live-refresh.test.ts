import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { newsNouns } from '../../../src/contract/console-events.ts'
import { LiveRefresh } from './live-refresh.ts'

function slowRefresh() {
  const calls: { about: string; done: () => void; fail: () => void }[] = []
  const refresh = new LiveRefresh((noun, projects) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    calls.push({ about: `${noun} ${[...projects]}`, done: resolve, fail: () => reject(new Error('away')) })
    return promise
  })
  return { calls, refresh, about: () => calls.map(({ about }) => about) }
}

test('what comes while it is read is read once more, and once only', async () => {
  const { calls, refresh, about } = slowRefresh()
  for (const id of ['a', 'b', 'a']) refresh.note({ roles: [id] })
  assert.deepEqual(about(), ['roles a'])
  calls[0]!.done()
  await setImmediate()
  assert.deepEqual(about(), ['roles a', 'roles b,a'])
  calls[1]!.done()
  await setImmediate()
  assert.equal(calls.length, 2)
})

test('one noun does not wait for another, nor for an answer that failed', async () => {
  const { calls, refresh, about } = slowRefresh()
  refresh.note({ roles: ['a'] })
  refresh.note({ roles: ['b'], branches: ['a'] })
  assert.deepEqual(about(), ['roles a', 'branches a'])
  calls[0]!.fail()
  await setImmediate()
  assert.equal(about().at(-1), 'roles b')
})

test('where something was missed everything is read', () => {
  const { refresh, about } = slowRefresh()
  refresh.everything()
  assert.deepEqual(about().sort(), newsNouns.map(noun => `${noun} *`).sort())
})
