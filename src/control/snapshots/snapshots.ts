// Snapshots: a branch as it is, or was at a moment, kept under a name of its own until it is deleted or expires. It
// outlives the history of its branch, and the branch.

import type * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import * as snapshots from '../../catalog/snapshots.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { PastMoment } from '../../contract/moment.ts'
import { snapshotId } from '../../lib/ids.ts'
import { lockProject } from '../branches/branch-creation.ts'
import type { Branches } from '../branches/branches.ts'
import { checkMoment, futureDate, momentOf } from '../branches/moments.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import type { Projects } from '../projects.ts'

export interface SnapshotRequest {
  moment: PastMoment | null
  name?: string | undefined
  expiresAt?: string | undefined
}

export interface SnapshotResult {
  snapshot: snapshots.Snapshot
  operations: Operation[]
}

export class Snapshots {
  readonly #parts: Parts
  readonly #projects: Projects
  readonly #branches: Branches

  constructor(parts: Parts, projects: Projects, all: Branches) {
    this.#parts = parts
    this.#projects = projects
    this.#branches = all
  }

  /**
   * Throws project_not_found, branch_not_found, branch_not_ready, moment_in_future, moment_out_of_window,
   * snapshots_limit, too_many_operations.
   */
  async create(projectId: string, branchId: string, request: SnapshotRequest): Promise<SnapshotResult> {
    const branch = await this.#branches.get(projectId, branchId)
    if (branch.state === 'failed') throw new PilotlightError('branch_not_ready')
    const field = request.moment && 'lsn' in request.moment ? 'lsn' : 'timestamp'
    await checkMoment(this.#parts, branch, request.moment, field)
    const expiresAt =
      request.expiresAt === undefined ? null : futureDate(this.#parts, 'expires_at', request.expiresAt)
    return await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const live = await this.#branches.get(projectId, branchId, trx)
      const time = new Date(this.#parts.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
      return await enterSnapshot(trx, live, {
        ...{ moment: request.moment, expiresAt, manual: true },
        name: request.name ?? `${live.name} ${time}`,
      })
    })
  }

  /** Throws project_not_found. */
  async list(projectId: string): Promise<snapshots.Snapshot[]> {
    await this.#projects.get(projectId)
    return await snapshots.listShown(this.#parts.catalog.db, projectId)
  }

  /** Throws project_not_found, snapshot_not_found. */
  async get(projectId: string, id: string): Promise<snapshots.Snapshot> {
    await this.#projects.get(projectId)
    const snapshot = await snapshots.findShown(this.#parts.catalog.db, projectId, id)
    if (!snapshot) throw new PilotlightError('snapshot_not_found')
    return snapshot
  }

  /** Throws project_not_found, snapshot_not_found, invalid_request. */
  async update(
    projectId: string,
    id: string,
    change: { name?: string | undefined; expiresAt?: string | null | undefined },
  ): Promise<snapshots.Snapshot> {
    await this.get(projectId, id)
    const { expiresAt } = change
    const updated = await snapshots.update(this.#parts.catalog.db, id, {
      name: change.name,
      expires_at:
        typeof expiresAt === 'string' ? futureDate(this.#parts, 'snapshot.expires_at', expiresAt) : expiresAt,
    })
    if (!updated) throw new PilotlightError('snapshot_not_found')
    return updated
  }

  /** Branches that were made of it keep what they have. Throws project_not_found, snapshot_not_found. */
  async delete(projectId: string, id: string): Promise<Operation[]> {
    return await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const shown = await snapshots.findShown(trx, projectId, id)
      if (!shown) throw new PilotlightError('snapshot_not_found')
      await snapshots.markDeleted(trx, id, new Date(this.#parts.clock.now()))
      return await enqueue(trx, [removalOf(shown)])
    })
  }
}

export function removalOf(snapshot: { id: string; project_id: string }) {
  return {
    ...{ project_id: snapshot.project_id, branch_id: null, endpoint_id: null },
    action: 'delete_timeline' as const,
    details: { snapshot_id: snapshot.id },
  }
}

/** In the caller's transaction, with the project locked. Throws snapshots_limit, too_many_operations. */
export async function enterSnapshot(
  trx: Db,
  branch: branches.Branch,
  wanted: { moment: PastMoment | null; name: string; expiresAt: Date | null; manual: boolean },
): Promise<SnapshotResult> {
  if ((await snapshots.count(trx, branch.project_id)) >= limits.snapshotsPerProject) {
    throw new PilotlightError('snapshots_limit', { limit: limits.snapshotsPerProject })
  }
  const snapshot = await snapshots.insert(trx, {
    id: snapshotId(),
    project_id: branch.project_id,
    source_branch_id: branch.id,
    name: wanted.name,
    origin: { from: 'branch', source: branch.id, at: momentOf(wanted.moment) },
    manual: wanted.manual,
    // Its passwords are to be known even when the branch is gone.
    roles: (await roles.listOfBranch(trx, branch.id)).map(role => ({
      name: role.name,
      verifier: role.verifier,
      password_box: role.password_box?.toString('base64') ?? null,
    })),
    databases: (await databases.listOfBranch(trx, branch.id)).map(({ name, owner_name }) => ({
      name,
      owner_name,
    })),
    expires_at: wanted.expiresAt,
  })
  const operations = await enqueue(trx, [
    {
      ...{ project_id: branch.project_id, branch_id: branch.id, endpoint_id: null },
      action: 'create_timeline',
      details: { snapshot_id: snapshot.id },
    },
  ])
  return { snapshot, operations }
}
