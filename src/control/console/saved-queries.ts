// Queries that people keep: a project's, for all who work on it. SQL may have secrets in it, so that it lies sealed.

import * as rows from '../../catalog/saved-queries.ts'
import type { SavedQuery } from '../../contract/console-saved-queries.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { lockProject } from '../branches/branch-creation.ts'
import type { Parts } from '../parts.ts'
import type { Projects } from '../projects.ts'

export class SavedQueries {
  readonly #parts: Parts
  readonly #projects: Projects

  constructor(parts: Parts, projects: Projects) {
    this.#parts = parts
    this.#projects = projects
  }

  /** By name. Throws project_not_found. */
  async list(projectId: string): Promise<SavedQuery[]> {
    const { catalog, secretBox } = this.#parts
    await this.#projects.get(projectId)
    const saved = await rows.list(catalog.db, projectId)
    return saved.map(({ name, sql_sealed, updated_at }) => ({
      ...{ name, sql: secretBox.open(sql_sealed), updated_at: updated_at.toISOString() },
    }))
  }

  /** Throws project_not_found, saved_query_exists unless it `replaces`, saved_query_limit. */
  async save(
    projectId: string,
    { name, sql, replaces }: { name: string; sql: string; replaces: boolean },
  ): Promise<void> {
    const { catalog, secretBox, clock } = this.#parts
    await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const { others, isThere } = await rows.count(trx, projectId, name)
      if (isThere && !replaces) throw new PilotlightError('saved_query_exists', { name })
      const limit = limits.savedQueriesPerProject
      if (!isThere && others >= limit) throw new PilotlightError('saved_query_limit', { limit })
      await rows.put(trx, {
        ...{ project_id: projectId, name, sql_sealed: secretBox.seal(sql) },
        updated_at: new Date(clock.now()),
      })
    })
  }

  /** Throws project_not_found, saved_query_not_found. */
  async delete(projectId: string, name: string): Promise<void> {
    await this.#projects.get(projectId)
    const isGone = await rows.remove(this.#parts.catalog.db, projectId, name)
    if (!isGone) throw new PilotlightError('saved_query_not_found')
  }
}
