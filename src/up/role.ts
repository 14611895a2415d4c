// The frame of a process below `up`: it starts when told what to be, stops when told to, and stops by itself when `up`
// is gone.

import { errorChain } from '../lib/error-chain.ts'
import type { FromChild, ToChild } from './messages.ts'

export type StopOrder = Extract<ToChild<unknown>, { stop: unknown }>['stop']

export interface Running {
  stop(order: StopOrder): Promise<void>
}

/** When `up` was killed: computes go on, for the next `up` to adopt; sessions get a moment. */
const orphaned: StopOrder = { graceMs: 5000, computes: 'leave running' }

export function runRole<Start>(begin: (start: Start) => Promise<Running>): void {
  let running: Promise<Running> | undefined
  let stopping = false

  const stop = async (order: StopOrder) => {
    if (stopping) return
    stopping = true
    try {
      await (await running)?.stop(order)
      process.exit(0)
    } catch (error) {
      // The log file may be the very thing that failed.
      process.stderr.write(`${String((error as Error).stack)}\n`)
      process.exit(1)
    }
  }

  process.on('message', (message: ToChild<Start>) => {
    if ('stop' in message) return void stop(message.stop)
    running = begin(message.start)
    running.then(
      () => send({ ready: true }),
      error => send({ failed: errorChain(error) }, () => process.exit(1)),
    )
  })
  process.on('disconnect', () => void stop(orphaned))
  // Ctrl-C reaches the whole terminal's group; the order to stop comes from `up`, in its order.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => void stop({ graceMs: sigtermGraceMs, computes: 'leave running' }))
}

/** A single process that is told to go (a deployment, an administrator) lets its sessions end by themselves for so long. */
const sigtermGraceMs = 3_600_000

function send(message: FromChild, after?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => after?.())
  else after?.()
}
