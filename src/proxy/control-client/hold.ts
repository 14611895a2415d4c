// Holds a question while control is briefly away: it restarts in a second or two, and the client would only see a pause.

import { PilotlightError } from '../../contract/errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { ControlAway, ControlRefusal } from './control-http.ts'

export const holdPolicy = { totalMs: 10_000, firstDelayMs: 20, factor: 1.6, maxDelayMs: 500 } as const

export async function holdWhileAway<T>(
  clock: Pick<Clock, 'now' | 'sleep'>,
  work: () => Promise<T>,
): Promise<T> {
  const startMs = clock.now()
  let delayMs: number = holdPolicy.firstDelayMs
  for (;;) {
    let waitMs = delayMs
    try {
      return await work()
    } catch (error) {
      const asked = error instanceof ControlRefusal ? error.retryDelayMs : null
      if (!(error instanceof ControlAway) && asked === null) throw error
      waitMs = Math.max(delayMs, asked ?? 0)
      if (clock.now() - startMs + waitMs > holdPolicy.totalMs)
        throw error instanceof ControlAway
          ? new PilotlightError('control_unreachable', {}, { cause: error })
          : error
    }
    await clock.sleep(waitMs)
    delayMs = Math.min(holdPolicy.maxDelayMs, delayMs * holdPolicy.factor)
  }
}
