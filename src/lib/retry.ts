import type { Clock } from './clock.ts'

export interface RetryPolicy {
  /** How often the work is tried at most. */
  attempts: number
  firstDelayMs: number
  /** Each delay is the one before times this. */
  factor: number
  maxDelayMs: number
}

/** How long is waited behind a failed attempt, counted from 1; undefined: it was the last. */
export function delayAfter(policy: RetryPolicy, attempt: number): number | undefined {
  if (attempt >= policy.attempts) return undefined
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (attempt - 1))
}

/** Tries `work` until it succeeds, `isRetryable` says no, or the attempts are used up; then the last error is thrown. */
export async function retry<T>(
  policy: RetryPolicy,
  clock: Pick<Clock, 'sleep'>,
  isRetryable: (error: unknown) => boolean,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let delayMs: number | undefined
    try {
      return await work(attempt)
    } catch (error) {
      delayMs = delayAfter(policy, attempt)
      if (delayMs === undefined || !isRetryable(error)) throw error
    }
    await clock.sleep(delayMs)
  }
}
