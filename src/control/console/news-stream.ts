// One page that is told the news. It takes them when it can: what comes meanwhile is gathered, and grows no longer than
// there are nouns and projects.

import { type News, type NewsNoun, newsIntervalMs } from '../../contract/console-events.ts'
import type { Clock, Timer } from '../../lib/clock.ts'

/** A transaction tells of several nouns, one right after the other. */
const gatherMs = 10

/** More projects than that are all of them. */
const mostProjects = 50

/** `beat`: nothing is new, and the stream still there. */
export type NewsItem = { news: News } | 'beat' | 'end'

export class NewsStream {
  readonly #clock: Pick<Clock, 'now' | 'after'>
  readonly #pending = new Map<NewsNoun, Set<string>>()
  #beat = false
  #ended = false
  #lastMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined
  #waiting: ((item: NewsItem) => void) | undefined
  /** The session's. */
  readonly keyId: number
  /** Null: of all. */
  readonly projectId: string | null

  constructor(clock: Pick<Clock, 'now' | 'after'>, keyId: number, projectId: string | null) {
    this.#clock = clock
    this.keyId = keyId
    this.projectId = projectId
  }

  /** `projectId` null: of which project is not known, and it may be any. */
  tell(noun: NewsNoun, projectId: string | null): void {
    if (this.projectId !== null && projectId !== null && projectId !== this.projectId) return
    const projects = this.#pending.get(noun) ?? new Set()
    this.#pending.set(noun, projects)
    const all = projectId === null || projects.size >= mostProjects
    if (all) projects.clear()
    if (!projects.has('*')) projects.add(all ? '*' : projectId)
    this.#arm()
  }

  beat(): void {
    this.#beat = true
    this.#give()
  }

  /** Once for ever. Safe to repeat. */
  end(): void {
    this.#ended = true
    this.#timer?.cancel()
    this.#give()
  }

  /** What is next, when it is there. For one taker, who asks again once he has passed it on. */
  take(): Promise<NewsItem> {
    const { promise, resolve } = Promise.withResolvers<NewsItem>()
    this.#waiting = resolve
    if (this.#ended || this.#beat) this.#give()
    else if (this.#pending.size > 0) this.#arm()
    return promise
  }

  #arm(): void {
    if (this.#timer || !this.#waiting || this.#ended) return
    const delayMs = Math.max(gatherMs, this.#lastMs + newsIntervalMs - this.#clock.now())
    // Never longer than the interval: the machine's clock may have been set back.
    this.#timer = this.#clock.after(Math.min(delayMs, newsIntervalMs), () => {
      this.#timer = undefined
      this.#give()
    })
  }

  #give(): void {
    const give = this.#waiting
    const item = give && this.#next()
    if (!item) return
    this.#waiting = undefined
    give(item)
  }

  #next(): NewsItem | undefined {
    if (this.#ended) return 'end'
    // A timer that is set will bring them, in their time.
    if (this.#pending.size > 0 && !this.#timer) {
      const news: News = {}
      for (const [noun, projects] of this.#pending) news[noun] = [...projects]
      this.#pending.clear()
      this.#lastMs = this.#clock.now()
      return { news }
    }
    if (!this.#beat) return undefined
    this.#beat = false
    return 'beat'
  }
}
