// Branches, and what lives on them, as the API shows them.

import * as annotations from '../../catalog/annotations.ts'
import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { foreignCursor, isCursorTime, readCursor, writeCursor } from '../cursors.ts'
import type { Parts } from '../parts.ts'
import type { Projects } from '../projects.ts'
import { dataRef } from './origin.ts'

export interface BranchQuery {
  search?: string | undefined
  sortBy?: 'name' | 'created_at' | 'updated_at' | undefined
  order?: 'asc' | 'desc' | undefined
  limit?: number | undefined
  cursor?: string | undefined
  includeDeleted?: boolean | undefined
}

export interface BranchList {
  branches: branches.Branch[]
  annotations: annotations.Annotation[]
  /** Undefined: there are no more. */
  next: string | undefined
  sortBy: 'name' | 'created_at' | 'updated_at'
  order: 'asc' | 'desc'
}

export class Branches {
  readonly #parts: Parts
  readonly #projects: Projects

  constructor(parts: Parts, projects: Projects) {
    this.#parts = parts
    this.#projects = projects
  }

  /** Throws project_not_found, branch_not_found. */
  async get(projectId: string, branchId: string, db: Db = this.#parts.catalog.db): Promise<branches.Branch> {
    await this.#projects.get(projectId, db)
    const branch = await branches.findShown(db, projectId, branchId)
    if (!branch) throw new PilotlightError('branch_not_found')
    return branch
  }

  /** Throws project_not_found, invalid_request for a cursor that no list gave out. */
  async list(projectId: string, query: BranchQuery = {}): Promise<BranchList> {
    const { db } = this.#parts.catalog
    await this.#projects.get(projectId)
    const sortBy = query.sortBy ?? 'updated_at'
    const order = query.order ?? 'desc'
    const limit = query.limit ?? limits.branchListMax
    const rows = await branches.page(db, projectId, {
      ...{ sortBy, order, search: query.search, includeDeleted: query.includeDeleted ?? false },
      // One more tells whether there are more.
      limit: limit + 1,
      after: query.cursor === undefined ? undefined : pageBegin(query.cursor, sortBy, order),
    })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      branches: shown,
      annotations: await annotations.listOf(
        db,
        shown.map(({ id }) => id),
      ),
      next: last && writeCursor(sortBy, order, last.sort_value, last.id),
      sortBy,
      order,
    }
  }

  async count(projectId: string, search?: string): Promise<number> {
    await this.#projects.get(projectId)
    return await branches.count(this.#parts.catalog.db, projectId, search)
  }

  async defaultOf(projectId: string): Promise<branches.Branch> {
    await this.#projects.get(projectId)
    const branch = await branches.findDefault(this.#parts.catalog.db, projectId)
    if (!branch) throw new PilotlightError('branch_not_found')
    return branch
  }

  async annotation(branchId: string): Promise<annotations.Annotation | undefined> {
    return (await annotations.listOf(this.#parts.catalog.db, [branchId]))[0]
  }

  /** Since when moments of it can be opened, RFC 3339; undefined: its newest state only. */
  async history(
    projectId: string,
    branchId: string,
  ): Promise<{ windowSeconds: number; from: string | undefined; lsn: string | undefined }> {
    const { engine, settings } = this.#parts
    const branch = await this.get(projectId, branchId)
    const project = await this.#projects.get(projectId)
    const { history, lsn } = await engine.observe(dataRef(settings.cell, branch.id))
    return { windowSeconds: project.history_retention_seconds, from: history?.from, lsn }
  }

  async databases(projectId: string, branchId: string): Promise<databases.Database[]> {
    await this.get(projectId, branchId)
    return await databases.listOfBranch(this.#parts.catalog.db, branchId)
  }
}

/** How it is sorted, and behind which row the next page begins. */
function pageBegin(cursor: string, sortBy: string, order: string): { value: string; id: string } {
  const [by, direction, value, id] = readCursor(cursor, 4) as [string, string, string, string]
  if (by !== sortBy || direction !== order) throw foreignCursor()
  if (sortBy !== 'name' && !isCursorTime(value)) throw foreignCursor()
  return { value, id }
}
