// A branch is given other data: of a moment of its own past, of its parent (a reset), or of another branch. Its
// endpoints, host names and passwords stay. The work is operations/branch-restore.ts.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { isQueued, type NewOperation, type Operation } from '../../catalog/operations.ts'
import type { RestoreDetails } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { PastMoment } from '../../contract/moment.ts'
import { branchId as newBranchId } from '../../lib/ids.ts'
import type { ChangeFeed } from '../changes.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import { assertNameFree, assertRoom, lockProject } from './branch-creation.ts'
import type { Branches } from './branches.ts'
import { checkMoment, momentOf } from './moments.ts'

export interface RestoreRequest {
  sourceId: string
  moment: PastMoment | null
  preserveUnderName?: string | undefined
}

export class Restores {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #changes: ChangeFeed

  constructor(parts: Parts, all: Branches, changes: ChangeFeed) {
    this.#parts = parts
    this.#branches = all
    this.#changes = changes
  }

  /**
   * Throws project_not_found, branch_not_found, branch_protected, branch_not_ready, branch_exists, branches_limit,
   * preserve_name_missing, restore_moment_missing, moment_in_future, moment_out_of_window, too_many_operations.
   */
  async restore(
    projectId: string,
    branchId: string,
    request: RestoreRequest,
  ): Promise<{ branch: branches.Branch; operations: Operation[] }> {
    const { catalog } = this.#parts
    const branch = await this.#branches.get(projectId, branchId)
    const isSelf = request.sourceId === branchId
    const source = isSelf ? branch : await this.#branches.get(projectId, request.sourceId)
    if (branch.protected) throw new PilotlightError('branch_protected', { action: 'reset' })
    // What is still being made is waited for, behind the answer; of its past nothing can be said yet.
    const isMade = branch.state === 'ready' && source.state === 'ready'
    const mayCome = branch.state !== 'failed' && source.state !== 'failed' && !request.moment
    if (!isMade && !mayCome) throw new PilotlightError('branch_not_ready')
    if (isSelf && !request.moment) throw new PilotlightError('restore_moment_missing')
    const field = request.moment && 'lsn' in request.moment ? 'source_lsn' : 'source_timestamp'
    await checkMoment(this.#parts, source, request.moment, field)
    const name = request.preserveUnderName || undefined
    if (isSelf && name === undefined) {
      throw new PilotlightError('preserve_name_missing', { reason: 'Branch is restored from itself' })
    }
    const result = await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const before = await this.#branches.get(projectId, branchId, trx)
      if (name === undefined && (await branches.listChildren(trx, projectId, branchId)).length > 0) {
        throw new PilotlightError('preserve_name_missing', { reason: 'Branch has children' })
      }
      if (name !== undefined) {
        await assertNameFree(trx, projectId, name)
        await assertRoom(trx, projectId)
      }
      const kept = await branches.insert(trx, {
        ...{ id: newBranchId(), project_id: projectId, parent_id: before.parent_id, is_default: false },
        name: name ?? `${before.name} before its restore`,
        kind: name === undefined ? 'kept' : 'branch',
        creation_source: 'console',
      })
      const restore: RestoreDetails = {
        origin: { from: 'branch', source: source.id, at: momentOf(request.moment) },
        keep_as: kept.id,
        preserve: name !== undefined,
        parent_id: isSelf ? kept.id : source.id,
        reset: source.id === before.parent_id && !request.moment,
      }
      // From the answer on nobody meets the old data by a new connection. Not where other work waits before this: it may
      // need the branch.
      if (!(await isQueued(trx, projectId))) await branches.moveState(trx, branchId, 'init')
      const about = { project_id: projectId, endpoint_id: null }
      const operations = await enqueue(trx, [
        { ...about, branch_id: branchId, action: 'swap_binding_id', details: { restore } },
        // Not before the new data has been proven to open: where that fails, this is called off.
        ...(name === undefined
          ? [{ ...about, branch_id: kept.id, action: 'delete_timeline' } satisfies NewOperation]
          : []),
      ])
      const branch = await this.#branches.get(projectId, branchId, trx)
      // Its parent is told as it will be: clients name the preserved branch by it.
      const told = { ...branch, parent_id: restore.parent_id }
      return { branch: told, operations, endpoints: await endpoints.listOfBranch(trx, branchId) }
    })
    for (const { id } of result.endpoints) this.#changes.publish({ change: 'compute', endpoint_id: id })
    return result
  }
}
