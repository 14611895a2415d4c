import { createHash } from 'node:crypto'
import type { Db } from './catalog.ts'

/** A token has 280 bits of its own, so a plain hash is enough: there is nothing to guess. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface ApiKey {
  id: number
  name: string
}

export async function insert(db: Db, name: string, token: string): Promise<void> {
  await db
    .insertInto('api_keys')
    .values({ name, token_hash: hashToken(token) })
    .execute()
}

export async function findByToken(db: Db, token: string): Promise<ApiKey | undefined> {
  return await db
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst()
}

export async function markUsed(db: Db, id: number, at: Date): Promise<void> {
  await db.updateTable('api_keys').set({ last_used_at: at }).where('id', '=', id).execute()
}
