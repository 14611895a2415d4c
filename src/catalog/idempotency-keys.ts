// The answers of POSTs that carried an Idempotency-Key, each entered in the transaction of what it tells of.

import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { IdempotencyKeysTable } from './schema.ts'

export type IdempotencyKey = Selectable<IdempotencyKeysTable>

export interface IdempotencyPlace {
  apiKeyId: number
  key: string
}

/** Not what was answered before `since`: that is forgotten, if it is not removed yet. */
export async function find(
  db: Db,
  { apiKeyId, key }: IdempotencyPlace,
  since: Date,
): Promise<IdempotencyKey | undefined> {
  return await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('api_key_id', '=', apiKeyId)
    .where('key', '=', key)
    .where('created_at', '>=', since)
    .executeTakeFirst()
}

/** Takes the place of one that is forgotten. */
export async function insert(db: Db, row: IdempotencyKey): Promise<void> {
  await db
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict(conflict => conflict.columns(['api_key_id', 'key']).doUpdateSet(row))
    .execute()
}

export async function prune(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', before).execute()
}
