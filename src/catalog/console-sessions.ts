// Sessions of the console: personal keys behind a cookie, listed nowhere, each with an end of its own.

import type { ApiKey } from './api-keys.ts'
import { hashToken } from './api-keys.ts'
import type { Db } from './catalog.ts'

export interface NewSession {
  token: string
  createdBy: string
  expiresAt: Date
}

export async function insert(
  db: Db,
  { token, createdBy, expiresAt }: NewSession,
): Promise<Pick<ApiKey, 'id'>> {
  return await db
    .insertInto('api_keys')
    .values({
      name: 'console',
      token_hash: hashToken(token),
      created_by: createdBy,
      is_session: true,
      expires_at: expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
}

export async function remove(db: Db, token: string): Promise<void> {
  await db
    .deleteFrom('api_keys')
    .where('token_hash', '=', hashToken(token))
    .where('is_session', '=', true)
    .execute()
}

export async function prune(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('api_keys').where('expires_at', '<=', now).execute()
}

/** The oldest of more than `most` are signed out. */
export async function keepNewest(db: Db, most: number): Promise<void> {
  await db
    .deleteFrom('api_keys')
    .where('is_session', '=', true)
    .where('id', 'not in', query =>
      query
        .selectFrom('api_keys')
        .select('id')
        .where('is_session', '=', true)
        .orderBy('id', 'desc')
        .limit(most),
    )
    .execute()
}
