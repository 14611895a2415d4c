import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { JwksTable } from './schema.ts'

export type Jwks = Selectable<JwksTable>

export async function insert(db: Db, jwks: Omit<Jwks, 'created_at' | 'updated_at'>): Promise<Jwks> {
  return await db.insertInto('jwks').values(jwks).returningAll().executeTakeFirstOrThrow()
}

/** Oldest first; those of branches that are deleted and can be recovered are left out. */
export async function listShown(db: Db, projectId: string): Promise<Jwks[]> {
  return await db
    .selectFrom('jwks')
    .leftJoin('branches', 'branches.id', 'jwks.branch_id')
    .selectAll('jwks')
    .where('jwks.project_id', '=', projectId)
    .where('branches.deleted_at', 'is', null)
    .orderBy('jwks.created_at')
    .orderBy('jwks.id')
    .execute()
}

/** The row that is gone; undefined: there is none. */
export async function remove(db: Db, projectId: string, id: string): Promise<Jwks | undefined> {
  return await db
    .deleteFrom('jwks')
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}
