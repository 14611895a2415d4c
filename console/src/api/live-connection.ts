// The stream by which the server tells what has changed: at most one for a page. While the page is hidden there is none:
// over HTTP/1.1 a browser has six connections to a host, for all of its tabs together, and a few tabs that nobody looks at
// would leave none for the one that is used.

import { type News, newsBeatMs, newsRecallMs } from '../../../src/contract/console-events.ts'

/** opening: it may be there in a moment · live: what changes is told · off: it cannot be had, and is tried again */
export type LiveState = 'closed' | 'opening' | 'live' | 'off'

/** What this needs of an EventSource. */
export interface Source {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void
  close(): void
}

export interface LiveNeeds {
  open(url: string): Source
  now(): number
  after(delayMs: number, run: () => void): () => void
}

/** `isGap`: something may have been missed, and what was read is old. */
export type LiveEvent = { news: News } | { isGap: true }

/** Longer than that it is no moment: a proxy may be holding the stream back. */
const openingMs = 4000
/** Two beats that did not come. */
const silenceMs = newsBeatMs * 2.5
const firstRetryMs = 1000
const maxRetryMs = 15_000

export class LiveConnection {
  readonly #needs: LiveNeeds
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #stateListeners = new Set<() => void>()
  #state: LiveState = 'closed'
  /** Undefined: nothing is wanted. */
  #url: string | undefined
  #isHidden = false
  #source: Source | undefined
  #retryMs = firstRetryMs
  #cancelTimer = () => {}
  /** Until then what a page has read is so new that the server tells of all that has changed since. */
  #freshUntil = Number.NEGATIVE_INFINITY

  constructor(needs: LiveNeeds) {
    this.#needs = needs
  }

  get state(): LiveState {
    return this.#state
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Null: of all projects. Undefined: no more. What is read from here on is read anew anyway. */
  follow(projectId: string | null | undefined): void {
    const search = projectId ? `?${new URLSearchParams({ project_id: projectId })}` : ''
    const url = projectId === undefined ? undefined : `/api/console/events${search}`
    if (url === this.#url) return
    this.#url = url
    this.#freshUntil = this.#needs.now() + newsRecallMs / 2
    this.#reopen()
  }

  hide(isHidden: boolean): void {
    if (isHidden === this.#isHidden) return
    this.#isHidden = isHidden
    this.#reopen()
  }

  /** At once, whatever it waits for: the network is back, say. */
  retry(): void {
    if (this.#state === 'off') this.#reopen()
  }

  #reopen(): void {
    this.#close()
    this.#retryMs = firstRetryMs
    if (this.#url === undefined || this.#isHidden) this.#move('closed')
    else this.#open(this.#url)
  }

  #open(url: string): void {
    const source = this.#needs.open(url)
    this.#source = source
    if (this.#state !== 'off') this.#move('opening')
    // A stream that stays silent is kept: it may still come. Until then the page asks by itself.
    this.#wait(openingMs, () => {
      this.#move('off')
      this.#wait(silenceMs, () => this.#lost())
    })
    const heard = (event: LiveEvent | undefined) => {
      if (source !== this.#source) return
      this.#retryMs = firstRetryMs
      this.#wait(silenceMs, () => this.#lost())
      this.#move('live')
      if (event) for (const listener of this.#listeners) listener(event)
    }
    source.addEventListener('hello', () => {
      const isGap = this.#needs.now() > this.#freshUntil
      this.#freshUntil = Number.NEGATIVE_INFINITY
      heard(isGap ? { isGap } : undefined)
    })
    source.addEventListener('beat', () => heard(undefined))
    source.addEventListener('news', ({ data }) => heard({ news: JSON.parse(String(data)) as News }))
    source.addEventListener('error', () => {
      if (source === this.#source) this.#lost()
    })
  }

  /** The browser would try again by itself after some errors, and never after others. */
  #lost(): void {
    this.#close()
    this.#move('off')
    const url = this.#url
    if (url === undefined || this.#isHidden) return
    this.#wait(this.#retryMs, () => this.#open(url))
    this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs)
  }

  #close(): void {
    this.#cancelTimer()
    this.#source?.close()
    this.#source = undefined
  }

  #wait(delayMs: number, run: () => void): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#needs.after(delayMs, run)
  }

  #move(state: LiveState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener()
  }
}
