// What was told in the last seconds: whoever begins to listen has read what he shows a moment before.

import { type NewsNoun, newsNouns, newsRecallMs } from '../../contract/console-events.ts'
import type { Clock } from '../../lib/clock.ts'

/** Beyond it everything counts as news. */
const most = 1000

interface Recent {
  noun: NewsNoun
  projectId: string | null
  at: number
}

export class RecentNews {
  readonly #clock: Pick<Clock, 'now'>
  /** The oldest first. */
  readonly #recent = new Map<string, Recent>()
  #overflowedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  note(noun: NewsNoun, projectId: string | null): void {
    const at = this.#clock.now()
    const key = `${noun} ${projectId ?? '*'}`
    this.#recent.delete(key)
    this.#recent.set(key, { noun, projectId, at })
    this.#prune(at)
    if (this.#recent.size <= most) return
    this.#recent.clear()
    this.#overflowedAt = at
  }

  list(): { noun: NewsNoun; projectId: string | null }[] {
    const now = this.#clock.now()
    this.#prune(now)
    if (now - this.#overflowedAt <= newsRecallMs) return newsNouns.map(noun => ({ noun, projectId: null }))
    return [...this.#recent.values()]
  }

  #prune(now: number): void {
    for (const [key, { at }] of this.#recent) {
      if (now - at <= newsRecallMs) return
      this.#recent.delete(key)
    }
  }
}
