// Time, passed in: a test of "suspend after five minutes" then takes a millisecond.

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` once after `delayMs`. Timers never keep the process alive. */
  after(delayMs: number, run: () => void): Timer
  sleep(delayMs: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  sleep: delayMs => new Promise(resolve => setTimeout(resolve, delayMs)),
}
