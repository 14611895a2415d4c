// A compute that hangs up: its own last words reach the client; where they were lost, ours do.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { Relay } from './relay.ts'
import { pair } from './testing.ts'

const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const fatal = Buffer.from('E\0\0\0\x0cSFATAL\0\0', 'latin1')
const half = Buffer.from([0x44, 0, 0, 0, 20, 0, 1])
const ours = Buffer.from('our words')

/** What the client has read when the session is over. */
async function clientReads(
  compute: (socket: Socket) => void,
  client: (socket: Socket) => void = () => {},
): Promise<Buffer> {
  const [clientEnd, clientSide] = await pair()
  const [computeSide, computeEnd] = await pair()
  for (const socket of [clientEnd, clientSide, computeSide, computeEnd]) socket.on('error', () => {})
  computeEnd.resume()
  const relay = new Relay({
    client: clientSide,
    compute: computeSide,
    clock: systemClock,
    touched() {},
    sent() {},
    abandoned() {},
    lastWords: () => ours,
  })
  const chunks: Buffer[] = []
  clientEnd.on('data', chunk => chunks.push(chunk))
  clientEnd.on('end', () => clientEnd.end())
  const over = relay.run(Buffer.alloc(0), Buffer.alloc(0))
  client(clientEnd)
  compute(computeEnd)
  await over
  await new Promise(resolve => (clientEnd.closed ? resolve(null) : clientEnd.once('close', resolve)))
  return Buffer.concat(chunks)
}

test('its own words are enough', async () => {
  const read = await clientReads(socket => socket.end(Buffer.concat([ready, fatal])))
  assert.deepEqual(read, Buffer.concat([ready, fatal]))
})

test('gone without a word, between two messages: ours follow', async () => {
  const read = await clientReads(socket => socket.end(ready))
  assert.deepEqual(read, Buffer.concat([ready, ours]))
})

test('reset, while the client was asking: ours follow', async () => {
  const read = await clientReads(
    socket => socket.once('data', () => socket.resetAndDestroy()),
    socket => socket.write('Q\0\0\0\x04'),
  )
  assert.deepEqual(read, ours)
})

test('gone in the middle of a message: nothing is put into it', async () => {
  const read = await clientReads(socket => socket.end(Buffer.concat([ready, half])))
  assert.deepEqual(read, Buffer.concat([ready, half]))
})

test('a client that said goodbye hears no more', async () => {
  const read = await clientReads(
    socket => socket.once('data', () => socket.end()),
    socket => socket.write(Buffer.from([0x58, 0, 0, 0, 4])),
  )
  assert.deepEqual(read, Buffer.alloc(0))
})
