import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { AnnotationsTable } from './schema.ts'

/** What tools note beside a branch: the pull request it belongs to, say. */
export type Annotation = Selectable<AnnotationsTable>

export async function set(db: Db, branchId: string, value: Record<string, string>): Promise<Annotation> {
  const json = JSON.stringify(value)
  return await db
    .insertInto('annotations')
    .values({ branch_id: branchId, value: json })
    .onConflict(conflict => conflict.column('branch_id').doUpdateSet({ value: json, updated_at: new Date() }))
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** To the branch that takes another one's place. */
export async function move(db: Db, from: string, to: string): Promise<void> {
  await db.deleteFrom('annotations').where('branch_id', '=', to).execute()
  await db.updateTable('annotations').set({ branch_id: to }).where('branch_id', '=', from).execute()
}

export async function listOf(db: Db, branchIds: string[]): Promise<Annotation[]> {
  if (branchIds.length === 0) return []
  return await db.selectFrom('annotations').selectAll().where('branch_id', 'in', branchIds).execute()
}
