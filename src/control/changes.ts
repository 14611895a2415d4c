// What proxies have to be told: each keeps answers in a cache until a change says that they are old.

import { afterCommit } from '../catalog/unit.ts'
import type { Change } from '../contract/control-plane.ts'

export class ChangeFeed {
  readonly #listeners = new Set<(change: Change) => void>()

  /** The listener is told of everything from now on, until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Once the change is committed: who hears of it asks at once. */
  publish(change: Change): void {
    afterCommit(() => {
      for (const listener of this.#listeners) listener(change)
    })
  }

  /** How many proxies listen. */
  get listeners(): number {
    return this.#listeners.size
  }
}
