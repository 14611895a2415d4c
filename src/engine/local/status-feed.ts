// What `watch` reads: the last changes, each with a number that only grows. A watcher keeps no queue of its own; it reads
// on from its place, and one whose place is no longer there is told to list again.

import { randomBytes } from 'node:crypto'
import type { Status, WatchEvent } from '../engine.ts'

/** Changes that are kept: some minutes of a busy machine. */
const kept = 1024

export class StatusFeed {
  /** A cursor of another run of the engine means nothing here. */
  readonly #run = randomBytes(6).toString('hex')
  readonly #statuses: Status[] = []
  #first = 0
  #closed = false
  readonly #waiting = new Set<() => void>()

  get #end(): number {
    return this.#first + this.#statuses.length
  }

  push(status: Status): void {
    this.#statuses.push(status)
    if (this.#statuses.length > kept) {
      this.#statuses.shift()
      this.#first++
    }
    this.#wake()
  }

  /** Begins at `cursor`, or with the next change. The place is taken at once, not with the first `next()`. */
  watch(cell: string, cursor?: string): AsyncIterable<WatchEvent> {
    let at = cursor === undefined ? this.#end : this.#placeOf(cursor)
    let over = false
    const next = async (): Promise<IteratorResult<WatchEvent, undefined>> => {
      for (;;) {
        if (over || this.#closed) return { done: true, value: undefined }
        if (at < this.#first) {
          at = this.#end
          return { done: false, value: { resync: true } }
        }
        if (at < this.#end) {
          const status = this.#statuses[at - this.#first]!
          at++
          if (status.ref.cell !== cell) continue
          return { done: false, value: { cursor: `${this.#run}.${at}`, status } }
        }
        await new Promise<void>(resolve => this.#waiting.add(resolve))
      }
    }
    const end = async (): Promise<IteratorResult<WatchEvent, undefined>> => {
      over = true
      this.#wake()
      return { done: true, value: undefined }
    }
    return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  #placeOf(cursor: string): number {
    const [run, number] = cursor.split('.')
    const at = Number(number)
    return run === this.#run && Number.isInteger(at) && at <= this.#end ? at : -1
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
