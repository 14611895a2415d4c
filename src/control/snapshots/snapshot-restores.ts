// Branches made of snapshots: beside the branch that the snapshot was taken of, to be looked at, or in its place. The
// work of taking the place is operations/branch-finalize.ts.

import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { NewOperation, Operation } from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { Snapshot } from '../../catalog/snapshots.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { branchId } from '../../lib/ids.ts'
import { assertNameFree, assertRoom, lockProject } from '../branches/branch-creation.ts'
import type { Branches } from '../branches/branches.ts'
import { newEndpoint } from '../endpoint-requests.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import type { Snapshots } from './snapshots.ts'

export interface SnapshotRestoreRequest {
  name?: string | undefined
  /** Undefined: the branch that the snapshot was taken of. */
  targetId?: string | undefined
  finalize: boolean
}

export interface RestoredSnapshot {
  branch: branches.Branch
  endpoints: endpoints.Endpoint[]
  operations: Operation[]
}

export class SnapshotRestores {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #snapshots: Snapshots

  constructor(parts: Parts, all: Branches, snapshots: Snapshots) {
    this.#parts = parts
    this.#branches = all
    this.#snapshots = snapshots
  }

  /**
   * Throws project_not_found, snapshot_not_found, snapshot_not_ready, branch_not_found, branch_protected,
   * branch_not_ready, branch_exists, branches_limit, too_many_operations.
   */
  async restore(projectId: string, id: string, request: SnapshotRestoreRequest): Promise<RestoredSnapshot> {
    const snapshot = await this.#snapshots.get(projectId, id)
    if (snapshot.state !== 'ready') throw new PilotlightError('snapshot_not_ready')
    return await this.#parts.catalog.transaction(async trx => {
      const project = await lockProject(trx, projectId)
      const target = await this.#target(trx, snapshot, request)
      await assertRoom(trx, projectId)
      if (request.name !== undefined) await assertNameFree(trx, projectId, request.name)
      const newId = branchId()
      const branch = await branches.insert(trx, {
        ...{ id: newId, project_id: projectId, parent_id: null, is_default: false },
        name: request.name ?? newId,
        contents: 'inherited',
        origin: { from: 'branch', source: snapshot.id, at: { head: true } },
        creation_source: 'console',
        restore_status: 'restored',
        restored_from: snapshot.id,
        restored_as: target?.id ?? null,
      })
      if (target) {
        // Whoever could connect to the branch before goes on with the same password.
        await roles.replaceAll(trx, target.id, newId)
        await databases.replaceAll(trx, target.id, newId)
      }
      await addContents(trx, newId, snapshot)
      const about = { project_id: projectId, branch_id: newId, endpoint_id: null }
      if (request.finalize && target) {
        const chain: NewOperation[] = [
          { ...about, action: 'create_branch' },
          await this.#finalizing(trx, branch, target, undefined),
        ]
        return { branch, endpoints: [], operations: await enqueue(trx, chain) }
      }
      // To be looked at: it has an address of its own.
      const endpoint = await endpoints.insert(
        trx,
        newEndpoint(project, newId, { type: 'read_write' }, 'console'),
      )
      const operations = await enqueue(trx, [
        { ...about, action: 'create_branch' },
        { ...about, endpoint_id: endpoint.id, action: 'start_compute' },
      ])
      return { branch, endpoints: [endpoint], operations }
    })
  }

  async #target(
    trx: Db,
    snapshot: Snapshot,
    request: SnapshotRestoreRequest,
  ): Promise<branches.Branch | undefined> {
    const { project_id, source_branch_id } = snapshot
    const target = await branches.findShown(trx, project_id, request.targetId ?? source_branch_id)
    if (!target) {
      // The snapshot outlived its branch: it can be looked at, and there is nothing to put it in the place of.
      if (request.targetId !== undefined || request.finalize) throw new PilotlightError('branch_not_found')
      return undefined
    }
    if (request.finalize) assertReplaceable(target)
    return target
  }

  /**
   * Throws project_not_found, branch_not_found, branch_not_restored, branch_not_ready, branch_protected, branch_exists,
   * too_many_operations.
   */
  async finalize(projectId: string, id: string, replacedName: string | undefined): Promise<Operation[]> {
    return await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const restored = await this.#branches.get(projectId, id, trx)
      if (restored.restore_status !== 'restored' || restored.restored_as === null) {
        throw new PilotlightError('branch_not_restored')
      }
      if (restored.state !== 'ready') throw new PilotlightError('branch_not_ready')
      const target = await this.#branches.get(projectId, restored.restored_as, trx)
      assertReplaceable(target)
      return await enqueue(trx, [await this.#finalizing(trx, restored, target, replacedName)])
    })
  }

  async #finalizing(
    trx: Db,
    restored: branches.Branch,
    target: branches.Branch,
    replacedName: string | undefined,
  ): Promise<NewOperation> {
    if (replacedName !== undefined) await assertNameFree(trx, target.project_id, replacedName)
    return {
      ...{ project_id: target.project_id, branch_id: restored.id, endpoint_id: null },
      action: 'update_catalog',
      details: {
        finalize: {
          replaced_name: replacedName ?? (await oldName(trx, target)),
          restored_name: restored.name,
        },
      },
    }
  }
}

function assertReplaceable(target: branches.Branch): void {
  if (target.protected) throw new PilotlightError('branch_protected', { action: 'restore' })
  if (target.state !== 'ready') throw new PilotlightError('branch_not_ready')
}

/** `main (old)`, `main (old 2)`, … */
async function oldName(trx: Db, target: branches.Branch): Promise<string> {
  for (let count = 1; ; count++) {
    const name = `${target.name} (old${count === 1 ? '' : ` ${count}`})`
    if (!(await branches.findByName(trx, target.project_id, name))) return name
  }
}

/** What was there when the snapshot was taken, and is not known to its branch any more. */
async function addContents(trx: Db, branch: string, snapshot: Snapshot): Promise<void> {
  const known = new Set((await roles.listOfBranch(trx, branch)).map(({ name }) => name))
  for (const role of snapshot.roles.filter(({ name }) => !known.has(name))) {
    await roles.insert(trx, {
      ...{ branch_id: branch, name: role.name, verifier: role.verifier },
      password_box: role.password_box === null ? null : Buffer.from(role.password_box, 'base64'),
    })
  }
  for (const { name, owner_name } of snapshot.databases) {
    await databases.learn(trx, branch, name, owner_name)
  }
}
