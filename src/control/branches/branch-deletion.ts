// Branches go: at once for everybody who would connect, and for good either behind the answer or, where keeping their
// data costs little, after a week in which they can be recovered.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { NewOperation, Operation } from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { ChangeFeed } from '../changes.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import { assertNameFree, assertRoom, lockProject } from './branch-creation.ts'

export interface DeletedBranch {
  branch: branches.Branch
  operations: Operation[]
}

export class BranchDeletion {
  readonly #parts: Parts
  readonly #changes: ChangeFeed

  constructor(parts: Parts, changes: ChangeFeed) {
    this.#parts = parts
    this.#changes = changes
  }

  /**
   * Undefined: there is no such branch. Throws project_not_found, branch_protected, branch_is_default,
   * branch_has_children, too_many_operations.
   */
  async delete(
    projectId: string,
    branchId: string,
    options: { hard: boolean; method?: 'user' | 'ttl' },
  ): Promise<DeletedBranch | undefined> {
    const { catalog, engine, clock } = this.#parts
    const { cloning } = await engine.capabilities()
    // Full copies take their whole size for as long as they are kept.
    const soft = !options.hard && cloning !== 'copy'
    const at = new Date(clock.now())
    const deleted = await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const branch = await branches.findShown(trx, projectId, branchId)
      if (!branch) return undefined
      if (branch.protected) throw new PilotlightError('branch_protected', { action: 'delete' })
      if (branch.is_default) throw new PilotlightError('branch_is_default')
      const children = await branches.listChildren(trx, projectId, branchId)
      if (children.length > 0) {
        throw new PilotlightError('branch_has_children', {
          children: children.map(({ id }) => id).join(', '),
        })
      }
      const changed = await branches.update(trx, branchId, {
        deleted_at: at,
        deletion_method: options.method ?? 'user',
        recoverable_until: soft ? new Date(at.getTime() + limits.branchRecoverySeconds * 1000) : null,
      })
      const about = { project_id: projectId, branch_id: branchId }
      const gone = await endpoints.listOfBranch(trx, branchId)
      const awake: NewOperation[] = gone
        .filter(({ state, internal }) => state !== 'suspended' && !internal)
        .map(({ id }) => ({ ...about, endpoint_id: id, action: 'suspend_compute' }))
      const operations = await enqueue(trx, [
        ...awake,
        { ...about, endpoint_id: null, action: soft ? 'timeline_mark_invisible' : 'delete_timeline' },
      ])
      return { branch: changed!, operations, gone }
    })
    if (deleted) this.#changes.forget(deleted.gone)
    return deleted
  }

  /**
   * Its endpoints sleep; whoever connects wakes them. It does not expire any more. Throws project_not_found,
   * branch_not_found, branch_not_deleted, branch_not_recoverable, branch_exists, branches_limit.
   */
  async recover(
    projectId: string,
    branchId: string,
  ): Promise<{ branch: branches.Branch; endpoints: endpoints.Endpoint[] }> {
    const { catalog, clock } = this.#parts
    const recovered = await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const branch = await branches.find(trx, branchId)
      if (branch?.project_id !== projectId || branch.kind !== 'branch') {
        throw new PilotlightError('branch_not_found')
      }
      if (!branch.deleted_at) throw new PilotlightError('branch_not_deleted')
      if (!branch.recoverable_until || branch.recoverable_until.getTime() <= clock.now()) {
        throw new PilotlightError('branch_not_recoverable')
      }
      await assertNameFree(trx, projectId, branch.name)
      await assertRoom(trx, projectId)
      const changed = await branches.update(trx, branchId, {
        ...{ deleted_at: null, deletion_method: null, recoverable_until: null },
        ...{ expires_at: null, ttl_interval_seconds: null },
      })
      const list = (await endpoints.listShown(trx, projectId)).filter(row => row.branch_id === branchId)
      return { branch: changed!, endpoints: list }
    })
    this.#changes.forget(recovered.endpoints)
    return recovered
  }

  /** Branches whose time to be recovered is over. */
  async finish(branch: branches.Branch): Promise<void> {
    await this.#parts.catalog.transaction(async trx => {
      const now = await branches.find(trx, branch.id)
      if (!now?.deleted_at || !now.recoverable_until) return
      await branches.update(trx, branch.id, { recoverable_until: null })
      await enqueue(trx, [
        { project_id: branch.project_id, branch_id: branch.id, endpoint_id: null, action: 'delete_timeline' },
      ])
    })
  }
}
