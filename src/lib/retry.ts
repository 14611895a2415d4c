import type { Clock } from './clock.ts'

export interface RetryPolicy {
  /** How often the work is tried at most. */
  attempts: number
  firstDelayMs: number
  /** Each delay is the one before times this. */
  factor: number
  maxDelayMs: number
}

/** Tries `work` until it succeeds, `isRetryable` says no, or the attempts are used up; then the last error is thrown. */
export async function retry<T>(
  policy: RetryPolicy,
  clock: Pick<Clock, 'sleep'>,
  isRetryable: (error: unknown) => boolean,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  let delayMs = policy.firstDelayMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (attempt >= policy.attempts || !isRetryable(error)) throw error
    }
    await clock.sleep(delayMs)
    delayMs = Math.min(policy.maxDelayMs, delayMs * policy.factor)
  }
}
