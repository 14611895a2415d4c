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

  /** Whatever is known of these endpoints is old: who may log in, and where their computes are. */
  forget(endpoints: { id: string }[]): void {
    for (const { id } of endpoints) {
      this.publish({ change: 'access', endpoint_id: id })
      this.publish({ change: 'compute', endpoint_id: id })
    }
  }

  /** Who may log in to them has to be asked anew. */
  forgetAccess(endpoints: { id: string }[]): void {
    for (const { id } of endpoints) this.publish({ change: 'access', endpoint_id: id })
  }

  /** How many proxies listen. */
  get listeners(): number {
    return this.#listeners.size
  }
}
