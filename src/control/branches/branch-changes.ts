// What of a branch can be changed without touching its data: its name, its protection, when it expires, and whether it
// is the default.

import * as branches from '../../catalog/branches.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { ChangeFeed } from '../changes.ts'
import type { Parts } from '../parts.ts'
import { forgetAccessOf } from '../project-settings.ts'
import { assertNameFree, expiryOf, lockProject } from './branch-creation.ts'
import type { Branches } from './branches.ts'

export interface BranchChange {
  name?: string | undefined
  protected?: boolean | undefined
  /** Null: it does not expire any more. */
  expiresAt?: string | null | undefined
}

export class BranchChanges {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #changes: ChangeFeed

  constructor(parts: Parts, all: Branches, changes: ChangeFeed) {
    this.#parts = parts
    this.#branches = all
    this.#changes = changes
  }

  /** Throws project_not_found, branch_not_found, branch_exists, branch_never_expires, invalid_request. */
  async update(projectId: string, branchId: string, change: BranchChange): Promise<branches.Branch> {
    const { catalog } = this.#parts
    const { branch, guarded } = await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const before = await this.#branches.get(projectId, branchId, trx)
      if (change.name !== undefined && change.name !== before.name) {
        await assertNameFree(trx, projectId, change.name)
      }
      const isProtected = change.protected ?? before.protected
      const expiry = this.#expiry(change)
      const expires = expiry ? expiry.expires_at : before.expires_at
      if (expires && isProtected) throw new PilotlightError('branch_never_expires', { kind: 'protected' })
      if (expires && before.is_default) throw new PilotlightError('branch_never_expires', { kind: 'default' })
      const changed = await branches.update(trx, branchId, {
        ...(change.name !== undefined && { name: change.name }),
        protected: isProtected,
        ...expiry,
      })
      return { branch: changed!, guarded: isProtected !== before.protected }
    })
    // A project may let some addresses in to its protected branches only.
    if (guarded) await forgetAccessOf(catalog.db, this.#changes, projectId)
    return branch
  }

  /** A default branch never expires. Throws project_not_found, branch_not_found. */
  async setDefault(projectId: string, branchId: string): Promise<branches.Branch> {
    return await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      await this.#branches.get(projectId, branchId, trx)
      await branches.makeDefault(trx, projectId, branchId)
      const changed = await branches.update(trx, branchId, { expires_at: null, ttl_interval_seconds: null })
      return changed!
    })
  }

  #expiry(
    change: BranchChange,
  ): { expires_at: Date | null; ttl_interval_seconds: number | null } | undefined {
    if (change.expiresAt === undefined) return undefined
    if (change.expiresAt === null) return { expires_at: null, ttl_interval_seconds: null }
    return expiryOf(this.#parts, 'branch.expires_at', change.expiresAt)
  }
}
