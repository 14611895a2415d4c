// Looks at a database for what is insecure or slow: each check is a query in its running compute, which is woken for it.

import pg from 'pg'
import type { Branch } from '../../catalog/branches.ts'
import * as databases from '../../catalog/databases.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { Branches } from '../branches/branches.ts'
import { withCompute } from '../computes/compute-sql.ts'
import { type InspectionNeeds, inspect } from '../time-travel/inspection.ts'
import type { Category, Level, Lint } from './lint.ts'
import { performanceLints } from './performance-lints.ts'
import { securityLints } from './security-lints.ts'

export interface Issue {
  lint: Lint
  detail: string
  /** Names what it is about, within its lint. */
  key: string
  metadata: Record<string, unknown>
}

export interface AdvisorRequest {
  /** Left out: the default branch. */
  branchId?: string | undefined
  /** Left out: the only one. */
  database?: string | undefined
  category?: Category | undefined
  minLevel?: Level | undefined
}

export interface AdvisorNeeds extends InspectionNeeds {
  branches: Branches
}

/** They read the system catalog only; ten thousand tables take tenths of a second. */
const lintTimeoutMs = 10_000

export const lints: Lint[] = [...securityLints, ...performanceLints]

const order: readonly Level[] = ['INFO', 'WARN', 'ERROR']

export class Advisors {
  readonly #needs: AdvisorNeeds

  constructor(needs: AdvisorNeeds) {
    this.#needs = needs
  }

  /**
   * The worst first. Throws project_not_found, branch_not_found, database_not_found, advisors_database_missing, and what
   * waking a compute does.
   */
  async issues(projectId: string, request: AdvisorRequest): Promise<Issue[]> {
    const { branches } = this.#needs
    const branch =
      request.branchId === undefined
        ? await branches.defaultOf(projectId)
        : await branches.get(projectId, request.branchId)
    const database = await this.#databaseOf(branch, request.database)
    const wanted = lints.filter(
      ({ category, level }) =>
        (!request.category || category === request.category) &&
        order.indexOf(level) >= order.indexOf(request.minLevel ?? 'INFO'),
    )
    const options = { database, statementTimeoutMs: lintTimeoutMs }
    return await inspect(this.#needs, branch, { moment: null, field: 'timestamp' }, login =>
      withCompute(login, client => this.#run(client, wanted), options),
    )
  }

  /** One that was made in SQL and not been learnt yet can be named, too. */
  async #databaseOf(branch: Branch, name: string | undefined): Promise<string> {
    if (name !== undefined) return name
    const [only, ...others] = await databases.listOfBranch(this.#needs.parts.catalog.db, branch.id)
    if (!only) throw new PilotlightError('database_not_found')
    if (others.length === 0) return only.name
    const names = [only, ...others].map(database => database.name).join(', ')
    throw new PilotlightError('advisors_database_missing', { databases: names })
  }

  async #run(client: pg.Client, wanted: Lint[]): Promise<Issue[]> {
    const found: Issue[] = []
    for (const lint of wanted.toSorted((a, b) => order.indexOf(b.level) - order.indexOf(a.level))) {
      const room = limits.advisorIssues - found.length
      if (room <= 0) break
      found.push(...(await this.#try(client, lint, Math.min(room, limits.advisorIssuesPerLint))))
    }
    return found
  }

  /** One that takes too long, or meets a system catalog that it does not know, is left out: the others have their say. */
  async #try(client: pg.Client, lint: Lint, most: number): Promise<Issue[]> {
    try {
      await client.query('begin read only')
      const { rows } = await client.query<Omit<Issue, 'lint'>>(
        `select key, detail, metadata from (${lint.sql}) as found order by key limit ${most}`,
      )
      return rows.map(row => ({ lint, ...row }))
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error
      this.#needs.parts.logger.warn({ lint: lint.name, err: error }, 'advisor left out')
      return []
    } finally {
      await client.query('rollback')
    }
  }
}
