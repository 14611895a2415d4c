// What was changed, by whom, when, from where. A row is entered before the change is tried, and completed after.

import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Db } from './catalog.ts'
import type { AuditLogTable } from './schema.ts'

export type AuditEntry = Selectable<AuditLogTable>

export type NewAuditEntry = Pick<AuditEntry, 'at' | 'actor' | 'operation_id' | 'ids'> &
  Partial<Omit<AuditEntry, 'id'>>

export async function insert(db: Db, entry: NewAuditEntry): Promise<number> {
  const { id } = await db
    .insertInto('audit_log')
    .values({
      ...{ key_id: null, key_name: null, method: null, path: null, status: null },
      ...{ remote_address: null, request_id: null },
      ...entry,
      project_id: entry.project_id ?? entry.ids.project_id ?? null,
      ids: JSON.stringify(entry.ids),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** What came of it; `ids`: of what it made. */
export async function complete(
  db: Db,
  id: number,
  outcome: { status: number; ids: Record<string, string> },
): Promise<void> {
  const more = JSON.stringify(outcome.ids)
  await db
    .updateTable('audit_log')
    .set({
      status: outcome.status,
      ids: sql`ids || ${more}::jsonb`,
      ...(outcome.ids.project_id !== undefined && { project_id: outcome.ids.project_id }),
    })
    .where('id', '=', id)
    .execute()
}

export interface AuditFilter {
  projectId?: string | undefined
  keyId?: number | undefined
  operationId?: string | undefined
  /** `system`, or one of the kinds of keys. */
  actor?: AuditEntry['actor'] | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** True: what was refused or failed; false: what was done. */
  failed?: boolean | undefined
}

/** Newest first. `before`: the id of the last entry of the page before. */
export async function list(
  db: Db,
  filter: AuditFilter,
  page: { limit: number; before?: number | undefined },
): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit_log').selectAll().orderBy('id', 'desc').limit(page.limit)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  if (filter.projectId !== undefined) query = query.where('project_id', '=', filter.projectId)
  if (filter.keyId !== undefined) query = query.where('key_id', '=', filter.keyId)
  if (filter.operationId !== undefined) query = query.where('operation_id', '=', filter.operationId)
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor)
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('at', '<', filter.until)
  if (filter.failed === true) query = query.where('status', '>=', 400)
  if (filter.failed === false) {
    query = query.where(eb => eb.or([eb('status', 'is', null), eb('status', '<', 400)]))
  }
  return await query.execute()
}

/** Of rows removed at a time: a backlog is worked off in rounds. */
const removedAtOnce = 10_000

export interface AuditKept {
  /** What is older goes. */
  since: Date
  /** What is more than that goes, oldest first. */
  rows: number
  /** Of those, by actor `anonymous`. */
  strangerRows: number
}

/** How many were removed. A backlog is worked off in rounds. */
export async function prune(db: Db, kept: AuditKept): Promise<number> {
  const all = () => db.selectFrom('audit_log').select('id').limit(removedAtOnce)
  const strangers = all().where('actor', '=', 'anonymous')
  const firstSurplus = strangers.orderBy('id', 'desc').offset(kept.strangerRows).limit(1)
  let removed = 0
  for (const ids of [
    all().where('at', '<', kept.since),
    // Ids are given in order, a few are skipped: so many behind the newest is at most so many rows.
    all().where('id', '<=', eb =>
      eb.selectFrom('audit_log').select(sql<number>`max(id) - ${kept.rows}::bigint`.as('id')),
    ),
    strangers.where('id', '<=', firstSurplus),
  ]) {
    const { numDeletedRows } = await db.deleteFrom('audit_log').where('id', 'in', ids).executeTakeFirst()
    removed += Number(numDeletedRows)
  }
  return removed
}
