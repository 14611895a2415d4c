import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Pins } from './pins.ts'

test('many read at once, and none of them is thinned under', async () => {
  const pins = new Pins()
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  let thinned = 0
  const thin = () =>
    pins.thin('a', async () => {
      thinned++
    })
  const reading = [pins.read('a', () => first.promise), pins.read('a', () => second.promise)]
  await turn()
  assert.equal(await thin(), false)
  first.resolve()
  await reading[0]
  assert.equal(await thin(), false)
  second.resolve()
  await reading[1]
  assert.equal(await thin(), true)
  assert.equal(thinned, 1)
})

test('a reader waits for the thinning, and only for that of its family', async () => {
  const pins = new Pins()
  const thinning = Promise.withResolvers<void>()
  const order: string[] = []
  const thinned = pins.thin('a', async () => {
    await thinning.promise
    order.push('thinned')
  })
  assert.equal(await pins.thin('a', async () => {}), false)
  const read = pins.read('a', async () => {
    order.push('read')
  })
  await pins.read('b', async () => {
    order.push('other')
  })
  thinning.resolve()
  await Promise.all([thinned, read])
  assert.deepEqual(order, ['other', 'thinned', 'read'])
})

test('work that fails lets go', async () => {
  const pins = new Pins()
  const fail = () => Promise.reject(new Error('no'))
  await assert.rejects(pins.read('a', fail))
  await assert.rejects(pins.thin('a', fail))
  assert.equal(await pins.thin('a', async () => {}), true)
  assert.equal(await pins.read('a', async () => 'read'), 'read')
})

test('a reader inside of a reader does not wait for itself', async () => {
  const pins = new Pins()
  const got = await pins.read('a', async () => {
    assert.equal(await pins.thin('a', async () => {}), false)
    return await pins.read('a', async () => 'inner')
  })
  assert.equal(got, 'inner')
})
