// API keys: by whom made, what they reach, when and from where they were last used. A revoked key's row is gone at once.

import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { ApiKeyKind, ApiKeysTable } from './schema.ts'

/** A token has 280 bits of its own, so a plain hash is enough: there is nothing to guess. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export type ApiKey = Omit<Selectable<ApiKeysTable>, 'token_hash'>

const columns = [
  'id',
  'name',
  'kind',
  'org_id',
  'project_id',
  'created_by',
  'created_at',
  'last_used_at',
  'last_used_from',
  'is_session',
  'expires_at',
  'opened_by',
] as const

/** What a key reaches; each kind has just the ids that it needs. */
export type ApiKeyScope =
  | { kind: 'personal' }
  | { kind: 'organization'; orgId: string }
  | { kind: 'project'; orgId: string; projectId: string }

export interface NewApiKey {
  name: string
  token: string
  createdBy: string
  scope: ApiKeyScope
}

export async function insert(db: Db, { name, token, createdBy, scope }: NewApiKey): Promise<ApiKey> {
  return await db
    .insertInto('api_keys')
    .values({
      name,
      token_hash: hashToken(token),
      kind: scope.kind,
      org_id: scope.kind === 'personal' ? null : scope.orgId,
      project_id: scope.kind === 'project' ? scope.projectId : null,
      created_by: createdBy,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export async function findByToken(db: Db, token: string): Promise<ApiKey | undefined> {
  return await db
    .selectFrom('api_keys')
    .select(columns)
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst()
}

export async function find(db: Db, id: number): Promise<ApiKey | undefined> {
  return await db.selectFrom('api_keys').select(columns).where('id', '=', id).executeTakeFirst()
}

/** Which of these are there, and have not run out. */
export async function whichHold(db: Db, ids: number[], now: Date): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where('id', 'in', ids)
    .where(eb => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

export type ApiKeyOwner = { orgId: string } | { userId: string }

/** Whether a key that is listed is the user's own, or the organization's with its projects'. */
const kindsOf = (owner: ApiKeyOwner): ApiKeyKind[] =>
  'orgId' in owner ? ['organization', 'project'] : ['personal']

const ownedBy = (owner: ApiKeyOwner) =>
  'orgId' in owner
    ? ({ column: 'org_id', value: owner.orgId } as const)
    : ({ column: 'created_by', value: owner.userId } as const)

/** Oldest first. */
export async function list(db: Db, owner: ApiKeyOwner): Promise<ApiKey[]> {
  const { column, value } = ownedBy(owner)
  return await db
    .selectFrom('api_keys')
    .select(columns)
    .where('kind', 'in', kindsOf(owner))
    .where(column, '=', value)
    .where('is_session', '=', false)
    .orderBy('id')
    .execute()
}

export async function count(db: Db): Promise<number> {
  const { keys } = await db
    .selectFrom('api_keys')
    .select(eb => eb.fn.countAll<number>().as('keys'))
    .where('is_session', '=', false)
    .executeTakeFirstOrThrow()
  return keys
}

/** The key that was; undefined if the owner has none of this id. */
export async function remove(db: Db, owner: ApiKeyOwner, id: number): Promise<ApiKey | undefined> {
  const { column, value } = ownedBy(owner)
  return await db
    .deleteFrom('api_keys')
    .where('id', '=', id)
    .where('kind', 'in', kindsOf(owner))
    .where(column, '=', value)
    .where('is_session', '=', false)
    .returning(columns)
    .executeTakeFirst()
}

export async function markUsed(db: Db, id: number, at: Date, from: string | undefined): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: at, ...(from !== undefined && { last_used_from: from }) })
    .where('id', '=', id)
    .execute()
}
