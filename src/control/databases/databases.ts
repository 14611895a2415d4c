// Databases as the API sees them: listed as they are inside, made, renamed, given to another owner, dropped. The work is
// operations/roles-apply.ts.

import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import type { Operation } from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { ContentsHold } from '../computes/contents-hold.ts'
import type { ReadBack } from '../computes/read-back.ts'
import { admitBranch, enqueueApply } from '../operations/contents-request.ts'
import type { Parts } from '../parts.ts'
import { findRole } from '../roles/roles.ts'

export interface DatabaseResult {
  database: databases.Database
  operations: Operation[]
}

/** Postgres's own; nobody's to change. */
const reserved = new Set(['postgres', 'template0', 'template1'])

export class Databases {
  readonly #parts: Parts
  readonly #readBack: ReadBack
  readonly #hold: ContentsHold

  constructor(parts: Parts, readBack: ReadBack, hold: ContentsHold) {
    this.#parts = parts
    this.#readBack = readBack
    this.#hold = hold
  }

  /** Throws project_not_found, branch_not_found. */
  async list(projectId: string, branchId: string): Promise<databases.Database[]> {
    await this.#readBack.freshen(projectId, branchId)
    return await databases.listOfBranch(this.#parts.catalog.db, branchId)
  }

  /** Throws project_not_found, branch_not_found, database_not_found. */
  async get(projectId: string, branchId: string, name: string): Promise<databases.Database> {
    await this.#readBack.freshen(projectId, branchId)
    return await find(this.#parts.catalog.db, branchId, name)
  }

  /**
   * Shown from the answer on; it can be connected to once the operations have finished. Throws project_not_found,
   * branch_not_found, branch_not_ready, role_not_found, database_exists, databases_limit, too_many_operations.
   */
  async create(
    projectId: string,
    branchId: string,
    { name, owner }: { name: string; owner: string },
  ): Promise<DatabaseResult> {
    await this.#readBack.freshen(projectId, branchId)
    const result = await this.#parts.catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      await findRole(trx, branchId, owner)
      if ((await databases.listOfBranch(trx, branchId)).length >= limits.databasesPerBranch) {
        throw new PilotlightError('databases_limit', { limit: limits.databasesPerBranch })
      }
      const database = await databases.insertNew(trx, { branch_id: branchId, name, owner_name: owner })
      if (!database) throw new PilotlightError('database_exists', { name })
      const change = { kind: 'database_create', name, owner } as const
      return { database, operations: await enqueueApply(trx, branch, change) }
    })
    await this.#hold.accepted(branchId)
    return result
  }

  /**
   * Sessions in a database that is renamed end. Throws project_not_found, branch_not_found, branch_not_ready,
   * database_not_found, database_reserved, database_exists, role_not_found, too_many_operations.
   */
  async update(
    projectId: string,
    branchId: string,
    name: string,
    wanted: { name?: string | undefined; owner?: string | undefined },
  ): Promise<DatabaseResult> {
    await this.#readBack.freshen(projectId, branchId)
    refuseReserved(name, 'update')
    const result = await this.#parts.catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      const before = await find(trx, branchId, name)
      const [toName, toOwner] = [wanted.name ?? name, wanted.owner ?? before.owner_name]
      if (toName === name && toOwner === before.owner_name) return { database: before, operations: [] }
      if (toOwner !== before.owner_name) await findRole(trx, branchId, toOwner)
      const taken = (await databases.listAll(trx, branchId)).some(database => database.name === toName)
      if (toName !== name && taken) throw new PilotlightError('database_exists', { name: toName })
      const database = await databases.update(trx, branchId, name, { name: toName, owner_name: toOwner })
      const operations = await enqueueApply(trx, branch, {
        ...{ kind: 'database_update', name, owner: before.owner_name },
        ...{ to_name: toName, to_owner: toOwner },
      })
      return { database: database!, operations }
    })
    await this.#hold.accepted(branchId)
    return result
  }

  /**
   * Its sessions end behind the answer. Undefined: there is no such database. Throws project_not_found, branch_not_found,
   * branch_not_ready, database_reserved, too_many_operations.
   */
  async delete(projectId: string, branchId: string, name: string): Promise<DatabaseResult | undefined> {
    await this.#readBack.freshen(projectId, branchId)
    refuseReserved(name, 'delete')
    const result = await this.#parts.catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      const database = await databases.setDropping(trx, branchId, name, true)
      if (!database) return undefined
      return { database, operations: await enqueueApply(trx, branch, { kind: 'database_drop', name }) }
    })
    await this.#hold.accepted(branchId)
    return result
  }
}

async function find(db: Db, branchId: string, name: string): Promise<databases.Database> {
  const database = await databases.find(db, branchId, name)
  if (!database) throw new PilotlightError('database_not_found')
  return database
}

function refuseReserved(database: string, action: string): void {
  if (reserved.has(database)) throw new PilotlightError('database_reserved', { database, action })
}
