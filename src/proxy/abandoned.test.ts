// A client that breaks off: the compute is told to stop until it has, and what nobody waits for holds nothing up.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { Relay, type RelayEnd } from './relay.ts'
import { pair } from './testing.ts'

const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const terminate = Buffer.from([0x58, 0, 0, 0, 4])

/** How the session ended, and how often the compute was told to stop, which it heeds at the `heeds`th time. */
async function breakOff(heeds: number, { last, talks = false }: { last: Buffer; talks?: boolean }) {
  const [clientEnd, clientSide] = await pair()
  const [computeSide, computeEnd] = await pair()
  for (const socket of [clientEnd, clientSide, computeSide, computeEnd]) socket.on('error', () => {})
  const told = { times: 0, ended: false }
  computeEnd.on('end', () => {
    told.ended = true
    // A backend in a statement does not look at what its client does.
    if (heeds === 0) computeEnd.end()
  })
  const relay = new Relay({
    client: clientSide,
    compute: computeSide,
    // Ten times as slow: that the compute is done is to be seen before it would be told once more, on a busy machine too.
    clock: { ...systemClock, after: (ms, run) => systemClock.after(ms * 10, run) },
    touched() {},
    sent() {},
    abandoned() {
      if (++told.times === heeds) computeEnd.end()
    },
    lastWords: () => Buffer.alloc(0),
  })
  const over: Promise<RelayEnd> = relay.run(Buffer.alloc(0), ready)
  clientEnd.write(last)
  await once(computeEnd, 'data')
  computeEnd.resume()
  if (talks) computeEnd.write(Buffer.alloc(8_000_000))
  clientEnd.destroy()
  return { end: await over, told }
}

test('a request to stop that came too early is repeated', async () => {
  const { end, told } = await breakOff(3, { last: Buffer.from('Q\0\0\0\x04') })
  assert.equal(end, 'client lost')
  assert.equal(told.times, 3)
})

test('an answer that nobody takes does not keep the end of the compute from being seen', async () => {
  const { end, told } = await breakOff(2, { last: Buffer.from('Q\0\0\0\x04'), talks: true })
  assert.equal(end, 'client lost')
  assert.equal(told.times, 2)
})

test('who says goodbye has nothing stopped', async () => {
  const { end, told } = await breakOff(0, { last: terminate })
  assert.equal(end, 'client closed')
  assert.equal(told.times, 0)
})
