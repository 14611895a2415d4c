// News come faster than answers may: what is read anew is waited for before it is read again, and nothing is forgotten.

import { type News, type NewsNoun, newsNouns } from '../../../src/contract/console-events.ts'

/** Reads anew what of it pages show. It settles when that is there, or cannot be had. */
export type Refresh = (noun: NewsNoun, projects: ReadonlySet<string>) => Promise<unknown>

export class LiveRefresh {
  readonly #refresh: Refresh
  readonly #waiting = new Map<NewsNoun, Set<string>>()
  readonly #running = new Set<NewsNoun>()

  constructor(refresh: Refresh) {
    this.#refresh = refresh
  }

  note(news: News): void {
    for (const noun of newsNouns) {
      const projects = news[noun]
      if (projects === undefined) continue
      const waiting = this.#waiting.get(noun) ?? new Set()
      for (const id of projects) waiting.add(id)
      this.#waiting.set(noun, waiting)
      void this.#run(noun)
    }
  }

  /** Something was missed. */
  everything(): void {
    this.note(Object.fromEntries(newsNouns.map(noun => [noun, ['*']])))
  }

  async #run(noun: NewsNoun): Promise<void> {
    if (this.#running.has(noun)) return
    this.#running.add(noun)
    try {
      for (let projects = this.#take(noun); projects; projects = this.#take(noun)) {
        // What went wrong stands where it would be shown.
        await this.#refresh(noun, projects).catch(() => {})
      }
    } finally {
      this.#running.delete(noun)
    }
  }

  #take(noun: NewsNoun): Set<string> | undefined {
    const projects = this.#waiting.get(noun)
    this.#waiting.delete(noun)
    return projects
  }
}
