// Wake, connect, and again, until the client is at its awake compute or it is certain that it will not get there.

import { PilotlightError } from '../contract/errors.ts'
import type { PastMoment } from '../contract/moment.ts'
import type { Clock } from '../lib/clock.ts'
import type { ErrorFields } from '../wire/index.ts'
import type { LoginResult } from './compute-login.ts'
import type { ComputeAddress, Wake, Waker } from './ports.ts'

/**
 * An address that refuses is forgotten, and control asked again, which is cheap if the compute runs. At first at once (a
 * cached address is stale: the usual case after a suspend), then in small steps, for everything is on this machine.
 */
export const connectPolicy = {
  attempts: 80,
  firstDelayMs: 1,
  factor: 2,
  maxDelayMs: 1_000,
  totalMs: 60_000,
} as const

/** Postgres itself refused the session; its own fields are for the client. */
export class ComputeError extends Error {
  readonly fields: ErrorFields

  constructor(fields: ErrorFields) {
    super('the compute refused the session')
    this.name = 'ComputeError'
    this.fields = fields
  }
}

/** Measured by the monotonic clock of the process, in fractions: a warm connect takes less than a millisecond. */
export interface ConnectTimes {
  wakeMs: number
  connectMs: number
  retryMs: number
  attempts: number
}

export interface ConnectContext {
  wake: Wake
  moment: PastMoment | null
  waker: Waker
  clock: Pick<Clock, 'now' | 'sleep'>
  logIn(address: ComputeAddress): Promise<LoginResult>
  /** Aborted when the client is gone: nobody waits for the rest. */
  signal: AbortSignal
  /** Called when the compute's password is not the one that was checked. */
  passwordChanged(): void
}

type Connected = LoginResult & { outcome: 'session' }

export async function connect(
  endpoint: string,
  role: string,
  context: ConnectContext,
  times: ConnectTimes,
): Promise<{ session: Connected['session']; address: ComputeAddress; started: boolean }> {
  const { clock, moment, wake, waker, signal } = context
  const startMs = clock.now()
  let delayMs: number = connectPolicy.firstDelayMs
  let started = false

  for (let attempt = 1; ; attempt++) {
    const wakeStartMs = performance.now()
    const address = await wake.wake(endpoint, moment, waker)
    const wokenMs = performance.now()
    times.wakeMs += wokenMs - wakeStartMs
    times.attempts = attempt
    started ||= address.started
    signal.throwIfAborted()

    const result = await context.logIn(address)
    const elapsedMs = performance.now() - wokenMs
    times.connectMs += elapsedMs
    if (result.outcome === 'session') {
      if (!signal.aborted) return { session: result.session, address, started }
      result.session.socket.destroy()
    }
    signal.throwIfAborted()
    switch (result.outcome) {
      case 'rejected':
        throw new ComputeError(result.fields)
      case 'password changed':
        context.passwordChanged()
        throw new PilotlightError('password_wrong', { role })
      case 'refused': {
        wake.forget(endpoint, moment)
        times.retryMs += elapsedMs
        const spent = clock.now() - startMs + delayMs > connectPolicy.totalMs
        if (attempt >= connectPolicy.attempts || spent) throw givenUp(result)
        if (attempt > 1) {
          await clock.sleep(delayMs)
          times.retryMs += delayMs
          delayMs = Math.min(connectPolicy.maxDelayMs, delayMs * connectPolicy.factor)
          signal.throwIfAborted()
        }
      }
    }
  }
}

function givenUp(result: LoginResult & { outcome: 'refused' }): Error {
  return result.fields
    ? new ComputeError(result.fields)
    : new PilotlightError('compute_unreachable', {}, { cause: result.cause })
}
