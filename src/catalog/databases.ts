import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { DatabasesTable } from './schema.ts'

export type Database = Selectable<DatabasesTable>

export async function insert(
  db: Db,
  database: { branch_id: string; name: string; owner_name: string },
): Promise<Database> {
  return await db.insertInto('databases').values(database).returningAll().executeTakeFirstOrThrow()
}

export async function listOfBranch(db: Db, branchId: string): Promise<Database[]> {
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
        .orderBy('id'),
    )
    .execute()
}

export async function remove(db: Db, branchId: string, names: string[]): Promise<void> {
  if (names.length === 0) return
  await db.deleteFrom('databases').where('branch_id', '=', branchId).where('name', 'in', names).execute()
}
