import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred } from './deferred.ts'
import { KeyedLock } from './keyed-lock.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

test('one at a time per key, in the order of asking', async () => {
  const lock = new KeyedLock()
  const seen: string[] = []
  const work = (name: string) =>
    lock.run('a', async () => {
      seen.push(`${name} begins`)
      await turn()
      seen.push(`${name} ends`)
    })
  await Promise.all([work('first'), work('second'), work('third')])
  assert.deepEqual(seen, [
    ...['first begins', 'first ends'],
    ...['second begins', 'second ends'],
    ...['third begins', 'third ends'],
  ])
})

test('who asks while the last one works waits for it', async () => {
  const lock = new KeyedLock()
  const held = deferred<void>()
  const first = lock.run('a', () => held.promise)
  await turn()
  let ran = false
  const second = lock.run('a', async () => {
    ran = true
  })
  await turn()
  assert.equal(ran, false)
  held.resolve()
  await Promise.all([first, second])
  assert.equal(ran, true)
})

test('an error reaches its own caller, and lets the next one in', async () => {
  const lock = new KeyedLock()
  const failing = lock.run('a', async () => {
    throw new Error('broken')
  })
  const throwing = lock.run('a', () => {
    throw new Error('broken at once')
  })
  const next = lock.run('a', async () => 'fine')
  await assert.rejects(failing, /^Error: broken$/)
  await assert.rejects(throwing, /broken at once/)
  assert.equal(await next, 'fine')
})

test('different keys do not wait for each other', async () => {
  const lock = new KeyedLock()
  const held = deferred<string>()
  const slow = lock.run('a', () => held.promise)
  assert.equal(await lock.run('b', async () => 'b'), 'b')
  held.resolve('a')
  assert.equal(await slow, 'a')
})

test('a key that nobody holds is new again, however often it was used', async () => {
  const lock = new KeyedLock()
  const order: number[] = []
  for (let round = 0; round < 1000; round++) {
    await lock.run('a', async () => {
      order.push(round)
    })
  }
  assert.equal(order.length, 1000)
  // The first turn of the loop is enough only where nothing is queued in front.
  let ran = false
  void lock.run('a', async () => {
    ran = true
  })
  await turn()
  assert.equal(ran, true)
})
