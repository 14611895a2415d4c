import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { SavedQueriesTable } from './schema.ts'

export type SavedQueryRow = Selectable<SavedQueriesTable>

/** By name. */
export async function list(db: Db, projectId: string): Promise<SavedQueryRow[]> {
  return await db
    .selectFrom('saved_queries')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('name')
    .execute()
}

/** How many there are beside the one of this name, and whether that is there. */
export async function count(
  db: Db,
  projectId: string,
  name: string,
): Promise<{ others: number; isThere: boolean }> {
  const names = await db
    .selectFrom('saved_queries')
    .select('name')
    .where('project_id', '=', projectId)
    .execute()
  const isThere = names.some(row => row.name === name)
  return { others: names.length - (isThere ? 1 : 0), isThere }
}

/** In the place of the one that has the name, if there is one. */
export async function put(db: Db, row: SavedQueryRow): Promise<void> {
  const { sql_sealed, updated_at } = row
  await db
    .insertInto('saved_queries')
    .values(row)
    .onConflict(conflict => conflict.columns(['project_id', 'name']).doUpdateSet({ sql_sealed, updated_at }))
    .execute()
}

/** Whether it was there. */
export async function remove(db: Db, projectId: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_queries')
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
