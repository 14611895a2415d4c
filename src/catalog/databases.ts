import { type Selectable, sql } from 'kysely'
import type { Db } from './catalog.ts'
import type { DatabasesTable } from './schema.ts'

export type Database = Selectable<DatabasesTable>

export async function insert(
  db: Db,
  database: { branch_id: string; name: string; owner_name: string },
): Promise<Database> {
  return await db.insertInto('databases').values(database).returningAll().executeTakeFirstOrThrow()
}

/** As `insert`; one that is about to be dropped gives its place. Undefined: there is such a database. */
export async function insertNew(
  db: Db,
  database: { branch_id: string; name: string; owner_name: string },
): Promise<Database | undefined> {
  const now = new Date()
  return await db
    .insertInto('databases')
    .values(database)
    .onConflict(conflict =>
      conflict
        .columns(['branch_id', 'name'])
        .doUpdateSet({
          // Another database, by another id.
          id: sql`default`,
          ...{ owner_name: database.owner_name, dropping: false, created_at: now, updated_at: now },
        })
        .where('databases.dropping', '=', true),
    )
    .returningAll()
    .executeTakeFirst()
}

/** As people see it: not one that is about to be dropped. */
export async function find(db: Db, branchId: string, name: string): Promise<Database | undefined> {
  return (await listOfBranch(db, branchId)).find(database => database.name === name)
}

/** Renamed, or given to another owner. Undefined: there is no such database. */
export async function update(
  db: Db,
  branchId: string,
  name: string,
  change: { name?: string; owner_name?: string },
): Promise<Database | undefined> {
  return await db
    .updateTable('databases')
    .set({ ...change, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', false)
    .returningAll()
    .executeTakeFirst()
}

/** It is to be dropped, or, where that failed, not. Undefined: there is no such database. */
export async function setDropping(
  db: Db,
  branchId: string,
  name: string,
  dropping: boolean,
): Promise<Database | undefined> {
  return await db
    .updateTable('databases')
    .set({ dropping, updated_at: new Date() })
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', !dropping)
    .returningAll()
    .executeTakeFirst()
}

/** It is dropped; one that was made in its place meanwhile stays. */
export async function removeDropping(db: Db, branchId: string, name: string): Promise<void> {
  await db
    .deleteFrom('databases')
    .where('branch_id', '=', branchId)
    .where('name', '=', name)
    .where('dropping', '=', true)
    .execute()
}

export async function listOfBranch(db: Db, branchId: string): Promise<Database[]> {
  return (await listAll(db, branchId)).filter(database => !database.dropping)
}

/** Those about to be dropped too. */
export async function listAll(db: Db, branchId: string): Promise<Database[]> {
  return await db
    .selectFrom('databases')
    .selectAll()
    .where('branch_id', '=', branchId)
    .orderBy('id')
    .execute()
}

/** A database as it stands in the compute: made there in SQL, or given to another owner. */
export async function learn(db: Db, branchId: string, name: string, ownerName: string): Promise<void> {
  await db
    .insertInto('databases')
    .values({ branch_id: branchId, name, owner_name: ownerName })
    .onConflict(conflict =>
      conflict
        .columns(['branch_id', 'name'])
        .doUpdateSet({ owner_name: ownerName, updated_at: new Date() })
        .where('databases.owner_name', '<>', ownerName),
    )
    .execute()
}

/** `to` has what `from` has, and nothing else. */
export async function replaceAll(db: Db, from: string, to: string): Promise<void> {
  await db.deleteFrom('databases').where('branch_id', '=', to).execute()
  await db
    .insertInto('databases')
    .columns(['name', 'owner_name', 'branch_id'])
    .expression(eb =>
      eb
        .selectFrom('databases')
        .select(['name', 'owner_name', eb.val(to).as('branch_id')])
        .where('branch_id', '=', from)
        .where('dropping', '=', false)
        .orderBy('id'),
    )
    .execute()
}

export async function remove(db: Db, branchId: string, names: string[]): Promise<void> {
  if (names.length === 0) return
  await db.deleteFrom('databases').where('branch_id', '=', branchId).where('name', 'in', names).execute()
}
