// Who asks too much is told to wait. In memory: a restart forgives, and there is one control.

import type { Context, MiddlewareHandler } from 'hono'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import type { Clock } from '../lib/clock.ts'
import { TokenBuckets } from '../lib/token-buckets.ts'
import { reply } from './errors.ts'
import type { RouteIndex } from './route-index.ts'
import type { ApiEnv } from './serve.ts'

/** Keys times routes that are in use within a minute; a bucket is some hundred bytes. */
const maxBuckets = 20_000

/** Reads that clients repeat until something has happened: they have a limit of their own, and take from no other. */
const polled = new Set(['listProjectOperations', 'getProjectOperation'])

/** The limits of each key. `perMinute` 0: none. Comes after the caller is known. */
export function limitRate(
  clock: Clock,
  perMinute: number,
  index: () => RouteIndex,
): MiddlewareHandler<ApiEnv> {
  const all = new TokenBuckets({ burst: perMinute, perSecond: perMinute / 60 }, clock, maxBuckets)
  const ofRoute = limits.apiRequestsPerSecondOfRoute
  const routes = new TokenBuckets({ burst: ofRoute, perSecond: ofRoute }, clock, maxBuckets)
  const ofPolls = limits.operationReadsPerSecond
  const polls = new TokenBuckets({ burst: 2 * ofPolls, perSecond: ofPolls }, clock, maxBuckets)

  return async (c, next) => {
    if (perMinute === 0) return await next()
    const key = String(c.get('caller').id)
    const operationId = index().find(c.req.method, c.req.path)?.operationId ?? 'unknown'
    if (polled.has(operationId)) {
      const waitMs = polls.take(key)
      if (waitMs > 0) return refuse(c, waitMs, `more than ${ofPolls} reads of operations a second`)
      return await next()
    }
    const routeWaitMs = routes.take(`${key} ${operationId}`)
    if (routeWaitMs > 0) return refuse(c, routeWaitMs, `more than ${ofRoute} a second of ${operationId}`)
    const waitMs = all.take(key)
    if (waitMs > 0) return refuse(c, waitMs, `more than ${perMinute} a minute`)
    await next()
  }
}

/** Tokens that were valid lately: their holders do not suffer from others who guess behind the same address. */
const maxKnownTokens = 1000

/**
 * The limit of those who fail to prove who they are, by address. Beyond it a token that was not valid lately is not even
 * looked up.
 */
export class FailedAuthentications {
  readonly #failures: TokenBuckets
  readonly #known = new Set<string>()

  constructor(clock: Clock) {
    this.#failures = new TokenBuckets(
      { burst: limits.failedAuthentications, perSecond: 1 },
      clock,
      maxBuckets,
    )
  }

  /** How long this address has to wait before this token is looked at; 0: not at all. */
  waitMs(address: string, tokenName: string): number {
    return this.#known.has(tokenName) ? 0 : this.#failures.wait(address)
  }

  failed(address: string, tokenName: string): void {
    this.#known.delete(tokenName)
    this.#failures.take(address)
  }

  succeeded(tokenName: string): void {
    this.#known.delete(tokenName)
    this.#known.add(tokenName)
    if (this.#known.size > maxKnownTokens) this.#known.delete(this.#known.values().next().value!)
  }
}

/** 429, with how long to wait in whole seconds: Neon's clients read that. */
export function refuse(c: Context<ApiEnv>, waitMs: number, limit: string): Response {
  const response = reply(c, new PilotlightError('too_many_requests', { limit }))
  response.headers.set('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1000))))
  return response
}
