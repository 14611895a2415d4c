// What data takes on disk, by project, branch and snapshot.

import * as branches from '../catalog/branches.ts'
import * as projects from '../catalog/projects.ts'
import * as snapshots from '../catalog/snapshots.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { Usage } from '../engine/engine.ts'
import { dataRef } from './branches/origin.ts'
import type { Parts } from './parts.ts'

/** `deleted`: can still be recovered, by itself or with its project. `kept`: what a branch was before a restore. */
export type DataKind = 'branch' | 'deleted' | 'kept' | 'ephemeral' | 'snapshot'

export interface DataUsage extends Omit<Usage, 'ref'> {
  id: string
  name: string
  kind: DataKind
}

export interface ProjectUsage {
  project: projects.Project
  data: DataUsage[]
}

/** The engine reads each file's extents, and other calls want to be answered in between. */
const batchSize = 20
const pageSize = 100

export class Storage {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Of one project or of all, newest first. Throws project_not_found. */
  async usage(projectId?: string): Promise<ProjectUsage[]> {
    if (projectId !== undefined) {
      const project = await projects.findKept(this.#parts.catalog.db, projectId)
      if (!project) throw new PilotlightError('project_not_found')
      return [await this.#usageOf(project)]
    }
    const found: ProjectUsage[] = []
    // Those that can be recovered take their room, too.
    for (let after: projects.ProjectPosition | undefined; ; ) {
      const page = await projects.list(this.#parts.catalog.db, { limit: pageSize, after, wanted: 'kept' })
      for (const project of page) found.push(await this.#usageOf(project))
      const last = page.at(-1)
      if (!last || page.length < pageSize) return found
      after = { createdAt: last.created_text, id: last.id }
    }
  }

  async #usageOf(project: projects.Project): Promise<ProjectUsage> {
    const { catalog, engine, settings } = this.#parts
    const [ofBranches, ofSnapshots] = await Promise.all([
      branches.listOfProject(catalog.db, project.id),
      snapshots.listOfProject(catalog.db, project.id),
    ])
    const all = [
      ...ofBranches.map(({ id, name, kind, deleted_at }) => {
        const isDeleted = kind === 'branch' && (deleted_at !== null || project.deleted_at !== null)
        return { id, name, kind: isDeleted ? ('deleted' as const) : kind }
      }),
      ...ofSnapshots.map(({ id, name }) => ({ id, name, kind: 'snapshot' as const })),
    ]
    const data: DataUsage[] = []
    for (let at = 0; at < all.length; at += batchSize) {
      const some = all.slice(at, at + batchSize)
      const usages = await engine.usage(some.map(({ id }) => dataRef(settings.cell, id)))
      some.forEach((each, index) => {
        const { bytes, exclusiveBytes, historyBytes } = usages[index]!
        data.push({ ...each, bytes, exclusiveBytes, historyBytes })
      })
    }
    return { project, data }
  }
}
