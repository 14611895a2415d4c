// Brings a CancelRequest to the compute that it is meant for, or to the sibling proxy that knows which one it is. The
// client is never told how it went: the protocol has no answer.

import { chmod, rm } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import {
  type BackendKey,
  parseStartupPacket,
  serializeStartupPacket,
  takeStartupPacket,
} from '../wire/index.ts'
import { type CancelKeys, proxyIndexOf } from './cancel-keys.ts'
import { Channel } from './channel.ts'
import { type ComputeKey, connectSocket } from './compute-login.ts'

/** Length, request code, process id, secret. */
const cancelPacketBytes = 16
const timeoutMs = 5_000

export interface CancelContext {
  index: number
  runDir: string
  keys: CancelKeys
  clock: Pick<Clock, 'after'>
  logger: Logger
}

const siblingPath = (runDir: string, index: number): string => join(runDir, `proxy-${index}.sock`)

/** A key that nobody knows is dropped in silence, as Postgres does. */
export async function cancel(key: BackendKey, context: CancelContext): Promise<void> {
  const index = proxyIndexOf(key)
  try {
    if (index !== context.index) {
      await deliver(createConnection({ path: siblingPath(context.runDir, index) }), key, context.clock)
      return
    }
    const compute = context.keys.find(key)
    if (compute) await cancelCompute(compute, context.clock)
  } catch (error) {
    // A sibling that is gone took its sessions with it.
    context.logger.debug({ proxy: index, err: error }, 'cancel request could not be delivered')
  }
}

export async function cancelCompute(compute: ComputeKey, clock: Pick<Clock, 'after'>): Promise<void> {
  await deliver(connectSocket(compute.address), compute, clock)
}

/** Settles when the other end has closed: then the signal has been sent. */
async function deliver(socket: Socket, key: BackendKey, clock: Pick<Clock, 'after'>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = clock.after(timeoutMs, () => socket.destroy(new Error('cancel request timed out')))
  socket.once('error', reject)
  socket.once('close', () => resolve())
  socket.once('end', () => socket.end())
  socket.resume()
  const { processId, secretKey } = key
  socket.write(serializeStartupPacket({ name: 'CancelRequest', key: { processId, secretKey } }))
  try {
    await promise
  } finally {
    timer.cancel()
    socket.destroy()
  }
}

/** Where sibling proxies hand over what is ours. */
export async function openCancelDoor(context: CancelContext): Promise<{ close(): Promise<void> }> {
  const path = siblingPath(context.runDir, context.index)
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    void answer(socket, context)
  })
  // What a killed process left; a living sibling has another index.
  await rm(path, { force: true })
  await listen(server, path)
  await chmod(path, 0o600)
  return {
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  await promise
  server.off('error', reject)
}

async function answer(socket: Socket, context: CancelContext): Promise<void> {
  const channel = new Channel(socket)
  const timer = context.clock.after(timeoutMs, () => socket.destroy())
  try {
    const packet = parseStartupPacket(
      await channel.read(queue => takeStartupPacket(queue, cancelPacketBytes - 4)),
    )
    // Only what is ours: a request is never handed on twice.
    if (packet.name === 'CancelRequest' && proxyIndexOf(packet.key) === context.index)
      await cancel(packet.key, context)
  } catch (error) {
    context.logger.debug({ err: error }, 'sibling sent no cancel request')
  } finally {
    timer.cancel()
    channel.release()
    socket.destroy()
  }
}
