// Looking at something again and again, one look after the other, for as long as a process runs.

import { stat } from 'node:fs/promises'
import type { Clock, Timer } from '../lib/clock.ts'

/** `look` answers for its own errors; the next one comes all the same. */
export function repeat(clock: Clock, everyMs: number, look: () => Promise<void>): Timer {
  let cancelled = false
  let timer: Timer | undefined
  const later = () => {
    timer = clock.after(everyMs, () => {
      void look().finally(() => {
        if (!cancelled) later()
      })
    })
  }
  later()
  return {
    cancel() {
      cancelled = true
      timer?.cancel()
    },
  }
}

/** Whether files are others than when they were last asked about; also where a link leads to another one by now. */
export class FileStates {
  readonly #files: string[]
  #seen: string | undefined

  constructor(files: string[]) {
    this.#files = files
  }

  /** The first answer is that they have. A file that is missing counts as a state. */
  async haveChanged(): Promise<boolean> {
    const states = await Promise.all(this.#files.map(file => stat(file).catch(() => null)))
    // ctime: a file that could not be read, and may be now, is one that has changed.
    const state = states.map(found => found && `${found.ino}:${found.ctimeMs}:${found.size}`).join(' ')
    const changed = state !== this.#seen
    this.#seen = state
    return changed
  }

  /** What was read did not serve: the next answer is that they have changed. */
  forget(): void {
    this.#seen = undefined
  }
}
