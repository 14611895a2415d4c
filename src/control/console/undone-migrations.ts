// Which migrations a restore would undo: what tools for migrations have recorded on the branch as it is, and not in the
// data that would take its place.

import type {
  DatabaseMigrations,
  UndoneMigrations as Told,
} from '../../contract/console-undone-migrations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { PastMoment } from '../../contract/moment.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import type { Branches } from '../branches/branches.ts'
import { isMissingDatabase, readContents, withCompute } from '../computes/compute-sql.ts'
import { type InspectionNeeds, inspect } from '../time-travel/inspection.ts'
import { migrationChanges } from './migration-changes.ts'
import { type ReadMigrations, readMigrations } from './migration-records.ts'

export interface UndoneMigrationsNeeds extends InspectionNeeds {
  branches: Branches
}

export interface UndoneMigrationsRequest {
  branchId: string
  source: { branchId: string; moment: PastMoment | null }
  /** Undefined: all. */
  database: string | undefined
}

/** Somebody waits for the answer, and databases may be many: those that are not read by then are told as such. */
const readTimeoutMs = 20_000

/** By database; a text: why it was not read. */
type Side = Map<string, ReadMigrations | string>

export class UndoneMigrations {
  readonly #needs: UndoneMigrationsNeeds
  /** One at a time a project: each holds two computes. */
  readonly #lock = new KeyedLock()
  #asked = 0

  constructor(needs: UndoneMigrationsNeeds) {
    this.#needs = needs
  }

  /**
   * Throws project_not_found, branch_not_found, database_not_found, too_many_requests, moment_in_future,
   * moment_out_of_window, and what waking a compute or opening a moment does.
   */
  async find(projectId: string, { branchId, source, database }: UndoneMigrationsRequest): Promise<Told> {
    const branch = await this.#needs.branches.get(projectId, branchId)
    const other = await this.#needs.branches.get(projectId, source.branchId)
    if (this.#asked >= limits.consoleMigrationReads) {
      throw new PilotlightError('too_many_requests', {
        limit: `more than ${limits.consoleMigrationReads} comparisons of migrations at once`,
      })
    }
    this.#asked++
    try {
      return await this.#lock.run(projectId, async () => {
        const field = source.moment && 'lsn' in source.moment ? 'source.lsn' : 'source.timestamp'
        // First what may be refused: a moment that is out of reach wakes nothing.
        const there = await this.#read(other, { moment: source.moment, field }, database)
        const now = await this.#read(branch, { moment: null, field }, database)
        if (there.size === 0 && now.size === 0 && database !== undefined) {
          throw new PilotlightError('database_not_found')
        }
        return { databases: tell(now, there) }
      })
    } finally {
      this.#asked--
    }
  }

  async #read(
    branch: Parameters<typeof inspect>[1],
    at: { moment: PastMoment | null; field: string },
    wanted: string | undefined,
  ): Promise<Side> {
    return await inspect(this.#needs, branch, at, async login => {
      const { clock } = this.#needs.parts
      const deadline = clock.now() + readTimeoutMs
      const side: Side = new Map()
      for (const database of await databasesOf(login, wanted)) {
        side.set(
          database,
          clock.now() < deadline ? await this.#readOne(login, database) : 'it was not read in time',
        )
      }
      return side
    })
  }

  /** One database that is odd does not hide the others. */
  async #readOne(login: AdminLogin, database: string): Promise<ReadMigrations | string> {
    try {
      return await readMigrations(login, database)
    } catch (error) {
      if (isMissingDatabase(error)) return 'it is gone'
      this.#needs.parts.logger.warn({ err: error }, 'migrations of a database not read')
      return 'it could not be read'
    }
  }
}

async function databasesOf(login: AdminLogin, wanted: string | undefined): Promise<string[]> {
  const { databases } = await withCompute(login, readContents)
  const names = databases.map(({ name }) => name)
  return wanted === undefined ? names : names.filter(name => name === wanted)
}

function tell(now: Side, there: Side): DatabaseMigrations[] {
  return [...new Set([...now.keys(), ...there.keys()])].sort().map(database => {
    const [before, after] = [now.get(database) ?? null, there.get(database) ?? null]
    const unread = [before, after].find(side => typeof side === 'string')
    if (typeof unread === 'string') {
      const presence = before === null ? 'gained' : after === null ? 'lost' : 'both'
      return { database, presence, tables: 0, changes: [], problems: [unread] }
    }
    return migrationChanges(database, before as ReadMigrations | null, after as ReadMigrations | null)
  })
}
