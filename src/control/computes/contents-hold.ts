// Clients connect as soon as they are told of a new role or database, and its operation takes some tenths of a second:
// they are held until it is there, as they are while a branch is being made.

import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import { afterCommit } from '../../catalog/unit.ts'
import type { ChangeFeed } from '../changes.ts'
import type { Parts } from '../parts.ts'

/** Whoever wants something else of the branch is held, too: not for as long as a long queue takes. */
const longestMs = 3000
const pollMs = 20

export class ContentsHold {
  readonly #parts: Parts
  readonly #changes: ChangeFeed
  /** Branches of which something may still have to come true, with the number of the call that said so last. */
  readonly #branches = new Map<string, number>()
  #calls = 0

  constructor(parts: Parts, changes: ChangeFeed) {
    this.#parts = parts
    this.#changes = changes
  }

  /** What a dead control has accepted. */
  async start(): Promise<void> {
    for (const id of await operations.listBranchesWithPendingContents(this.#parts.catalog.db)) this.#note(id)
  }

  /** A change of the branch's roles or databases is accepted: proxies ask anew who may log in, and where to. */
  async accepted(branchId: string): Promise<void> {
    afterCommit(() => this.#note(branchId))
    this.#changes.forget(await endpoints.listOfBranch(this.#parts.catalog.db, branchId))
  }

  #note(branchId: string): void {
    this.#branches.set(branchId, ++this.#calls)
  }

  /** Until nothing is pending, or it has taken too long. */
  async settled(branchId: string): Promise<void> {
    const { catalog, clock } = this.#parts
    const deadline = clock.now() + longestMs
    for (;;) {
      const call = this.#branches.get(branchId)
      if (call === undefined || clock.now() > deadline) return
      if ((await operations.listPendingContents(catalog.db, branchId)).length === 0) {
        // Unless another call was accepted meanwhile.
        if (this.#branches.get(branchId) === call) this.#branches.delete(branchId)
        continue
      }
      await clock.sleep(pollMs)
    }
  }
}
