// Projects go as branches do: at once for everybody who would connect, and for good either behind the answer or, where
// keeping their data costs little, after a week in which they can be recovered with all that is in them.

import * as branches from '../catalog/branches.ts'
import type { Db } from '../catalog/catalog.ts'
import * as endpoints from '../catalog/endpoints.ts'
import type { NewOperation } from '../catalog/operations.ts'
import * as projects from '../catalog/projects.ts'
import * as snapshots from '../catalog/snapshots.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import type { ChangeFeed } from './changes.ts'
import { enqueueLast } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import { removalOf } from './snapshots/snapshots.ts'

export class ProjectDeletion {
  readonly #parts: Parts
  readonly #changes: ChangeFeed

  constructor(parts: Parts, changes: ChangeFeed) {
    this.#parts = parts
    this.#changes = changes
  }

  /** From here on nobody can connect, and sessions end. Throws project_not_found, project_has_protected_branch. */
  async delete(id: string): Promise<projects.Project> {
    const { catalog, engine, clock } = this.#parts
    const { cloning } = await engine.capabilities()
    // Full copies take their whole size for as long as they are kept.
    const soft = cloning !== 'copy'
    const at = new Date(clock.now())
    const until = soft ? new Date(at.getTime() + limits.projectRecoverySeconds * 1000) : null
    const { project, all } = await catalog.transaction(async trx => {
      const project = await projects.markDeleted(trx, id, at, until)
      if (!project) throw new PilotlightError('project_not_found')
      const list = await branches.listOfProject(trx, id)
      const held = list.find(branch => branch.protected && !branch.deleted_at)
      if (held) throw new PilotlightError('project_has_protected_branch', { branch: held.id })
      await enqueueLast(trx, soft ? closingOf(list) : await removalsOf(trx, id))
      return { project, all: await endpoints.listOfProject(trx, id) }
    })
    this.#changes.forget(all)
    return project
  }

  /**
   * Takes the deletion back: branches, endpoints, roles and snapshots are as they were, and computes sleep. What expired
   * meanwhile expires now. Throws project_not_found, also where it is too late, and project_not_deleted.
   */
  async recover(id: string): Promise<{ project: projects.Project; branches: branches.Branch[] }> {
    const { catalog, clock } = this.#parts
    const recovered = await catalog.transaction(async trx => {
      const project = await projects.findAnyForUpdate(trx, id)
      if (!project) throw new PilotlightError('project_not_found')
      if (!project.deleted_at) throw new PilotlightError('project_not_deleted')
      if (!project.recoverable_until || project.recoverable_until.getTime() <= clock.now()) {
        throw new PilotlightError('project_not_found')
      }
      const list = await branches.listOfProject(trx, id)
      return {
        project: await projects.setDeletion(trx, id, { deleted_at: null, recoverable_until: null }),
        branches: list.filter(branch => branch.kind === 'branch' && !branch.deleted_at),
        all: await endpoints.listOfProject(trx, id),
      }
    })
    this.#changes.forget(recovered.all)
    return recovered
  }

  /** Its time to be recovered is over: all of its data goes. Nothing where it was recovered meanwhile. */
  async finish(id: string): Promise<void> {
    const { catalog, clock } = this.#parts
    await catalog.transaction(async trx => {
      const project = await projects.findAnyForUpdate(trx, id)
      if (!project?.deleted_at || !project.recoverable_until) return
      if (project.recoverable_until.getTime() > clock.now()) return
      await projects.setDeletion(trx, id, { deleted_at: project.deleted_at, recoverable_until: null })
      await enqueueLast(trx, await removalsOf(trx, id))
    })
  }
}

/**
 * Computes go, those too that a client wakes this very moment; so do the moments that somebody looks at, with their data.
 * What a restore kept is its own to remove.
 */
function closingOf(list: branches.Branch[]): NewOperation[] {
  return list.flatMap(({ id, project_id, kind, deleted_at }): NewOperation[] => {
    const about = { project_id, branch_id: id, endpoint_id: null }
    if (kind === 'ephemeral') return [{ ...about, action: 'delete_timeline' }]
    return kind === 'branch' && !deleted_at ? [{ ...about, action: 'timeline_mark_invisible' }] : []
  })
}

/** Everything that there is of it, children before parents. However much: they are the project's last operations. */
async function removalsOf(trx: Db, projectId: string): Promise<NewOperation[]> {
  const stored = await snapshots.listOfProject(trx, projectId)
  const list = await branches.listOfProject(trx, projectId)
  return [
    ...stored.map(removalOf),
    ...list.toReversed().map(({ id }) => ({
      ...{ project_id: projectId, branch_id: id, endpoint_id: null },
      action: 'delete_timeline' as const,
    })),
  ]
}
