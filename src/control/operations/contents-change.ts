// How each change to roles and databases is carried out, and called off. The catalog says since the call what is to be;
// where it cannot be, it says again what was before.

import * as databases from '../../catalog/databases.ts'
import * as operations from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { ContentsChange } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { endUnfinishedChange } from '../computes/change-sql.ts'
import { withCompute } from '../computes/compute-sql.ts'
import * as databaseSql from '../databases/database-sql.ts'
import type { Parts } from '../parts.ts'
import * as roleSql from '../roles/role-sql.ts'

/** The operation's, as it was noted last. */
export async function changeOf(
  { catalog }: Parts,
  op: operations.Operation,
): Promise<ContentsChange | undefined> {
  return (await operations.find(catalog.db, op.project_id, op.id))?.details?.contents
}

/** Throws role_exists, database_exists, role_owns_databases, role_not_found, and errors of Postgres. */
export async function makeTrue(
  parts: Parts,
  op: operations.Operation,
  branchId: string,
  login: AdminLogin,
): Promise<void> {
  const { db } = parts.catalog
  const change = await changeOf(parts, op)
  if (change) await endUnfinishedChange(login)
  switch (change?.kind) {
    case 'database_create':
      await begin(parts, op, change, login)
      return await databaseSql.createDatabase(login, change)
    case 'database_update':
      if (change.name !== change.to_name) {
        await databaseSql.renameDatabase(login, change.name, change.to_name)
      }
      if (change.owner !== change.to_owner) {
        await databaseSql.changeOwner(login, change.to_name, change.to_owner)
      }
      return
    case 'database_drop':
      await databaseSql.dropDatabase(login, change.name)
      return await databases.removeDropping(db, branchId, change.name)
    case 'role_create': {
      await begin(parts, op, change, login)
      // It may be about to be dropped by a later call: one after the other.
      const role = (await roles.listAll(db, branchId)).find(({ name }) => name === change.name)
      // A restore has brought the catalog's roles of another time.
      if (!role) throw new PilotlightError('role_not_found')
      return await roleSql.createRole(login, role)
    }
    case 'role_drop':
      await roleSql.dropRole(login, change.name)
      return await roles.removeDropping(db, branchId, change.name)
  }
}

/** Whoever made one of the same name in SQL meanwhile keeps it. */
async function begin(
  { catalog }: Parts,
  op: operations.Operation,
  change: Extract<ContentsChange, { begun?: boolean }>,
  login: AdminLogin,
): Promise<void> {
  if (change.begun) return
  const { kind, name } = change
  const exists = await withCompute(login, async client =>
    kind === 'role_create'
      ? await roleSql.roleExists(client, name)
      : (await databaseSql.ownerOf(client, name)) !== undefined,
  )
  if (exists) throw new PilotlightError(kind === 'role_create' ? 'role_exists' : 'database_exists', { name })
  await operations.setDetails(catalog.db, op.id, { ...op.details, contents: { ...change, begun: true } })
}

/** The catalog says again what it said before. */
export async function takeBack({ catalog }: Parts, change: ContentsChange, branchId: string): Promise<void> {
  const { name } = change
  await catalog.transaction(async trx => {
    switch (change.kind) {
      case 'database_create':
        return await databases.remove(trx, branchId, [name])
      case 'database_update': {
        const current = await databases.find(trx, branchId, change.to_name)
        const isFree = change.to_name === name || !(await databases.find(trx, branchId, name))
        if (!current || !isFree) return
        // One that a later call asked for stays, until that has had its turn.
        const owner = current.owner_name === change.to_owner ? change.owner : current.owner_name
        await databases.update(trx, branchId, change.to_name, { name, owner_name: owner })
        return
      }
      case 'database_drop':
        return void (await databases.setDropping(trx, branchId, name, false))
      case 'role_create':
        return await roles.remove(trx, branchId, [name])
      case 'role_drop':
        return void (await roles.setDropping(trx, branchId, name, false))
    }
  })
}

/** What it has half done inside; not what was there before it. */
export async function undoInside(change: ContentsChange, login: AdminLogin): Promise<void> {
  await endUnfinishedChange(login)
  switch (change.kind) {
    case 'database_create':
      if (change.begun) await databaseSql.dropFreshDatabase(login, change.name)
      return
    case 'role_create':
      if (change.begun) await roleSql.dropFreshRole(login, change.name)
      return
    case 'database_update': {
      const { name, to_name, owner, to_owner } = change
      const ownerOf = (database: string) =>
        withCompute(login, client => databaseSql.ownerOf(client, database))
      const isRenamed = name !== to_name && (await ownerOf(name)) === undefined
      if (isRenamed && (await ownerOf(to_name)) !== undefined) {
        await databaseSql.renameDatabase(login, to_name, name)
      }
      if (owner !== to_owner && (await ownerOf(name)) === to_owner) {
        await databaseSql.changeOwner(login, name, owner)
      }
    }
  }
}
