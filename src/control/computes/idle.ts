// Sends computes to sleep. Proxies say when bytes last flowed; only when that is long enough ago is the compute itself
// asked, so an awake compute that is used costs nothing here, and one that is not used costs one question.

import type { ActivityReport } from '../../contract/control-plane.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { IdleOutcome } from './computes.ts'

/** A compute that is busy inside while nothing flows (a long query, an open transaction) is asked again this late. */
const busyRecheckMs = 30_000

interface Watched {
  timeoutMs: number
  lastActiveAt: number
  /** When a client asked for it last. */
  askedAt: number
  timer: Timer
  /** When the timer is due. */
  dueAt: number
  /** Open sessions by proxy, for people to see why a compute is awake. */
  sessions: Map<string, number>
}

/** What is known of a running compute without asking it. */
export interface Quiet {
  lastActiveAt: Date
  sessions: number
  /** When it is sent to sleep, unless it is busy inside; null: never. */
  suspendsAt: Date | null
  /** By work of our own. */
  held: boolean
}

export interface IdleNeeds {
  clock: Clock
  logger: Logger
  suspendIfIdle(endpointId: string, since: Date): Promise<IdleOutcome>
}

export class IdleWatch {
  readonly #needs: IdleNeeds
  readonly #watched = new Map<string, Watched>()
  /** By endpoint, how many pieces of our own work need its compute. */
  readonly #held = new Map<string, number>()

  constructor(needs: IdleNeeds) {
    this.#needs = needs
  }

  /** A compute runs; `timeoutMs` of Infinity means that it is never suspended. */
  watch(endpointId: string, timeoutMs: number): void {
    const before = this.#watched.get(endpointId)
    before?.timer.cancel()
    this.#watched.set(endpointId, {
      timeoutMs,
      lastActiveAt: this.#needs.clock.now(),
      askedAt: before?.askedAt ?? Number.NEGATIVE_INFINITY,
      timer: this.#arm(endpointId, timeoutMs),
      dueAt: this.#needs.clock.now() + timeoutMs,
      sessions: before?.sessions ?? new Map(),
    })
  }

  forget(endpointId: string): void {
    this.#watched.get(endpointId)?.timer.cancel()
    this.#watched.delete(endpointId)
  }

  /** Somebody asked for the compute: a session is about to begin. */
  touch(endpointId: string): void {
    const watched = this.#watched.get(endpointId)
    if (watched) watched.askedAt = watched.lastActiveAt = this.#needs.clock.now()
  }

  /** Whether `touch` was called since: its session may be there any moment, though nothing is to be seen of it yet. */
  isAskedSince(endpointId: string, since: Date): boolean {
    return (this.#watched.get(endpointId)?.askedAt ?? Number.NEGATIVE_INFINITY) > since.getTime()
  }

  /** Work of our own needs the compute, whose sessions count for nothing: it is not suspended until `release` is called. */
  hold(endpointId: string): { release(): void } {
    this.#held.set(endpointId, (this.#held.get(endpointId) ?? 0) + 1)
    return {
      release: () => {
        const left = (this.#held.get(endpointId) ?? 1) - 1
        if (left > 0) this.#held.set(endpointId, left)
        else this.#held.delete(endpointId)
        const watched = this.#watched.get(endpointId)
        if (watched) watched.lastActiveAt = this.#needs.clock.now()
      },
    }
  }

  isHeld(endpointId: string): boolean {
    return this.#held.has(endpointId)
  }

  report(report: ActivityReport): void {
    const now = this.#needs.clock.now()
    for (const { endpoint_id, sessions, quiet_ms } of report.endpoints) {
      const watched = this.#watched.get(endpoint_id)
      if (!watched) continue
      watched.lastActiveAt = Math.max(watched.lastActiveAt, now - quiet_ms)
      if (sessions === 0) watched.sessions.delete(report.proxy)
      else watched.sessions.set(report.proxy, sessions)
    }
  }

  /** Undefined: it does not run. */
  quiet(endpointId: string): Quiet | undefined {
    const watched = this.#watched.get(endpointId)
    if (!watched) return undefined
    const { lastActiveAt, timeoutMs, dueAt } = watched
    const suspendsAt = Math.max(dueAt, lastActiveAt + timeoutMs)
    return {
      lastActiveAt: new Date(lastActiveAt),
      sessions: [...watched.sessions.values()].reduce((sum, count) => sum + count, 0),
      suspendsAt: Number.isFinite(suspendsAt) ? new Date(suspendsAt) : null,
      held: this.isHeld(endpointId),
    }
  }

  lastActiveAt(endpointId: string): Date | undefined {
    const watched = this.#watched.get(endpointId)
    return watched && new Date(watched.lastActiveAt)
  }

  close(): void {
    for (const watched of this.#watched.values()) watched.timer.cancel()
    this.#watched.clear()
  }

  #arm(endpointId: string, delayMs: number): Timer {
    if (!Number.isFinite(delayMs)) return { cancel() {} }
    return this.#needs.clock.after(delayMs, () => void this.#due(endpointId))
  }

  async #due(endpointId: string): Promise<void> {
    const watched = this.#watched.get(endpointId)
    if (!watched) return
    const quietMs = this.#needs.clock.now() - watched.lastActiveAt
    if (quietMs < watched.timeoutMs) {
      this.#rearm(endpointId, watched, watched.timeoutMs - quietMs)
      return
    }
    let outcome: IdleOutcome
    try {
      outcome = this.isHeld(endpointId)
        ? 'busy'
        : await this.#needs.suspendIfIdle(endpointId, new Date(watched.lastActiveAt))
    } catch (error) {
      this.#needs.logger.error({ endpoint: endpointId, err: error }, 'could not suspend; will try again')
      outcome = 'busy'
    }
    // A start in the meantime has put a fresh entry there, with a timer of its own.
    if (outcome === 'busy' && this.#watched.get(endpointId) === watched) {
      this.#rearm(endpointId, watched, Math.min(busyRecheckMs, watched.timeoutMs))
    }
  }

  #rearm(endpointId: string, watched: Watched, delayMs: number): void {
    watched.timer = this.#arm(endpointId, delayMs)
    watched.dueAt = this.#needs.clock.now() + delayMs
  }
}
