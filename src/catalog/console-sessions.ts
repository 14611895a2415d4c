// Sessions of the console: personal keys behind a cookie, listed nowhere. Each ends by itself, and with the key that opened it.

import { hashToken } from './api-keys.ts'
import type { Db } from './catalog.ts'

export interface NewSession {
  token: string
  createdBy: string
  openedBy: number
  expiresAt: Date
}

export async function insert(db: Db, { token, createdBy, openedBy, expiresAt }: NewSession): Promise<void> {
  await db
    .insertInto('api_keys')
    .values({
      ...{ name: 'console', token_hash: hashToken(token), created_by: createdBy },
      ...{ is_session: true, opened_by: openedBy, expires_at: expiresAt },
    })
    .execute()
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
