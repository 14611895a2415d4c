// Token buckets (https://en.wikipedia.org/wiki/Token_bucket), one a name, in memory. Whoever was not seen for longest is
// forgotten where there are too many names; by then its bucket is mostly full again.

import type { Clock } from './clock.ts'

export interface Rate {
  /** How many may come at once. */
  burst: number
  perSecond: number
}

/** A token, but for what fractions of it lose on the way. */
const whole = 1 - 1e-9

interface Bucket {
  tokens: number
  filledAt: number
}

export class TokenBuckets {
  readonly #rate: Rate
  readonly #clock: Pick<Clock, 'now'>
  readonly #maxNames: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, clock: Pick<Clock, 'now'>, maxNames: number) {
    this.#rate = rate
    this.#clock = clock
    this.#maxNames = maxNames
  }

  /** Takes a token. 0: there was one; else how many milliseconds it takes until there is one. */
  take(name: string): number {
    const bucket = this.#filled(name)
    if (bucket.tokens >= whole) {
      bucket.tokens -= 1
      return 0
    }
    return this.#waitMs(bucket)
  }

  /** As `take`, without taking one. */
  wait(name: string): number {
    const bucket = this.#filled(name)
    return bucket.tokens >= whole ? 0 : this.#waitMs(bucket)
  }

  get size(): number {
    return this.#buckets.size
  }

  #waitMs({ tokens }: Bucket): number {
    // Fractions of tokens do not add up exactly; at least a millisecond, or a caller would not wait at all.
    return Math.max(1, Math.ceil(((1 - tokens) / this.#rate.perSecond) * 1000 - 1e-6))
  }

  #filled(name: string): Bucket {
    const { burst, perSecond } = this.#rate
    const now = this.#clock.now()
    const bucket = this.#buckets.get(name) ?? { tokens: burst, filledAt: now }
    // A clock that was set back gives nothing, and takes nothing.
    const passedMs = Math.max(0, now - bucket.filledAt)
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1000)
    bucket.filledAt = now
    // A Map keeps the order of insertion: the one seen last goes to the end.
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > this.#maxNames) this.#buckets.delete(this.#buckets.keys().next().value!)
    return bucket
  }
}
