import { randomUUID } from 'node:crypto'
import { type Selectable, sql, type Updateable } from 'kysely'
import type { OperationCause, OperationStep } from '../contract/operation-causes.ts'
import {
  hasEnded,
  type OperationAction,
  type OperationStatus,
  operationStatuses,
} from '../contract/operations.ts'
import type { Db } from './catalog.ts'
import type { ContentsChange, OperationDetails, OperationsTable } from './schema.ts'

const unfinished: OperationStatus[] = operationStatuses.filter(status => !hasEnded(status))

export type Operation = Selectable<OperationsTable>

export interface NewOperation {
  project_id: string
  branch_id: string | null
  endpoint_id: string | null
  action: OperationAction
  details?: OperationDetails | null
  cause?: OperationCause | null
}

/** The operations of one call, to be run one after the other. */
export async function insertChain(db: Db, chainId: string, list: NewOperation[]): Promise<Operation[]> {
  if (list.length === 0) return []
  return await db
    .insertInto('operations')
    .values(
      list.map((operation, position) => ({
        ...operation,
        details: operation.details ? JSON.stringify(operation.details) : null,
        cause: operation.cause ? JSON.stringify(operation.cause) : null,
        id: randomUUID(),
        status: 'scheduling' as const,
        chain_id: chainId,
        position,
        // Not that of the transaction: who waited for the project's lock has its turn behind whom it waited for.
        created_at: sql<Date>`clock_timestamp()`,
        error: null,
        started_at: null,
        finished_at: null,
      })),
    )
    .returningAll()
    .execute()
}

/** An operation that is carried out in line, without the queue: a wake on connect, a suspend for idleness. */
export async function insertRunning(db: Db, operation: NewOperation): Promise<Operation> {
  return await db
    .insertInto('operations')
    .values({
      ...operation,
      details: operation.details ? JSON.stringify(operation.details) : null,
      cause: operation.cause ? JSON.stringify(operation.cause) : null,
      id: randomUUID(),
      status: 'running',
      chain_id: null,
      error: null,
      started_at: new Date(),
      finished_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function listOfChain(db: Db, chainId: string): Promise<Operation[]> {
  return await db
    .selectFrom('operations')
    .selectAll()
    .where('chain_id', '=', chainId)
    .orderBy('position')
    .execute()
}

/** The oldest call of a project whose operations have not all ended. */
export async function nextChain(db: Db, projectId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('operations')
    .select('chain_id')
    .where('project_id', '=', projectId)
    .where('chain_id', 'is not', null)
    .where('status', 'in', unfinished)
    .orderBy('created_at')
    .orderBy('position')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.chain_id ?? undefined
}

export async function find(db: Db, projectId: string, id: string): Promise<Operation | undefined> {
  return await db
    .selectFrom('operations')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** The place of an operation in the list of a project's operations; the timestamp as Postgres writes it, whole. */
export interface OperationPlace {
  createdAt: string
  position: number
  id: string
}

/** Left out: of whatever kind. */
export interface OperationFilter {
  statuses?: OperationStatus[] | undefined
  actions?: OperationAction[] | undefined
  branchId?: string | undefined
}

/** Newest first, `after` the place of the last one of the page before. */
export async function listOfProject(
  db: Db,
  projectId: string,
  page: { limit: number; after?: OperationPlace | undefined },
  { statuses, actions, branchId }: OperationFilter = {},
): Promise<(Operation & { created_text: string })[]> {
  let query = db
    .selectFrom('operations')
    .selectAll()
    .select(sql<string>`created_at::text`.as('created_text'))
    .where('project_id', '=', projectId)
    .orderBy('created_at', 'desc')
    .orderBy('position', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
  if (statuses) query = query.where('status', 'in', statuses)
  if (actions) query = query.where('action', 'in', actions)
  if (branchId !== undefined) query = query.where('branch_id', '=', branchId)
  if (page.after !== undefined) {
    const { createdAt, position, id } = page.after
    query = query.where(
      sql<boolean>`(created_at, position, id) <
        (${createdAt}::timestamptz, ${position}::integer, ${id}::uuid)`,
    )
  }
  return await query.execute()
}

/** What is still to come true inside a branch's data, in the order in which it will. */
export async function listPendingContents(
  db: Db,
  branchId: string,
): Promise<{ id: string; contents: ContentsChange }[]> {
  const rows = await db
    .selectFrom('operations')
    .select(['id', 'details'])
    .where('branch_id', '=', branchId)
    .where('finished_at', 'is', null)
    .where(sql<boolean>`details ? 'contents'`)
    .orderBy('created_at')
    .orderBy('position')
    .execute()
  return rows.flatMap(({ id, details }) => (details?.contents ? [{ id, contents: details.contents }] : []))
}

export async function listBranchesWithPendingContents(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('operations')
    .select('branch_id')
    .distinct()
    .where('finished_at', 'is', null)
    .where('branch_id', 'is not', null)
    .where(sql<boolean>`details ? 'contents'`)
    .execute()
  return rows.flatMap(({ branch_id }) => branch_id ?? [])
}

/**
 * Forgets up to `limit` operations that ended before; of those that no call asked for (wakes and idle suspends), before
 * `inLineBefore`. A restore that failed is kept: what it could not put back is found by it.
 */
export async function removeEnded(
  db: Db,
  before: { before: Date; inLineBefore: Date; limit: number },
): Promise<number> {
  const result = await db
    .deleteFrom('operations')
    .where(({ eb, selectFrom }) =>
      eb(
        'id',
        'in',
        selectFrom('operations as old')
          .select('old.id')
          .where(({ eb, and, or }) =>
            or([
              eb('old.finished_at', '<', before.before),
              and([eb('old.finished_at', '<', before.inLineBefore), eb('old.chain_id', 'is', null)]),
            ]),
          )
          .where(sql<boolean>`not (old.status = 'failed' and coalesce(old.details ? 'restore', false))`)
          .limit(before.limit),
      ),
    )
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

export async function countUnfinished(db: Db, projectId: string): Promise<number> {
  const row = await db
    .selectFrom('operations')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('status', 'in', unfinished)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Whether the queue has something to do for this project. */
export async function isQueued(db: Db, projectId: string): Promise<boolean> {
  return (await nextChain(db, projectId)) !== undefined
}

/** In-line operations that are not written down to have ended, of those that began before then. */
export async function listInterrupted(db: Db, startedBefore?: Date): Promise<Operation[]> {
  let query = db
    .selectFrom('operations')
    .selectAll()
    .where('chain_id', 'is', null)
    .where('status', '=', 'running')
  if (startedBefore) query = query.where('started_at', '<', startedBefore)
  return await query.execute()
}

export async function markRunning(db: Db, id: string): Promise<void> {
  const now = new Date()
  await db
    .updateTable('operations')
    .set({ status: 'running', started_at: now, retry_at: null, updated_at: now })
    .where('id', '=', id)
    .execute()
}

/** How far it got, for people to see. */
export async function setSteps(db: Db, id: string, steps: OperationStep[]): Promise<void> {
  await db
    .updateTable('operations')
    .set({ steps: JSON.stringify(steps) })
    .where('id', '=', id)
    .execute()
}

export async function setDetails(db: Db, id: string, details: OperationDetails): Promise<void> {
  await db
    .updateTable('operations')
    .set({ details: JSON.stringify(details) })
    .where('id', '=', id)
    .execute()
}

/** Being undone: from here it can only end `failed`. */
export async function markCancelling(db: Db, id: string, error: string): Promise<void> {
  await db
    .updateTable('operations')
    .set({ status: 'cancelling', error, updated_at: new Date() })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute()
}

/** Restores that failed and whose kept data is still there: it could not be put back. */
export async function listUnfinishedRestores(db: Db): Promise<Operation[]> {
  return await db
    .selectFrom('operations')
    .innerJoin('branches', join =>
      join.on(sql<boolean>`branches.id = operations.details->'restore'->>'keep_as'`),
    )
    .selectAll('operations')
    .where('operations.status', '=', 'failed')
    .where('branches.state', '=', 'init')
    .where('branches.deleted_at', 'is', null)
    .execute()
}

/** Whether an export to this path is waiting or under way. */
export async function isExporting(db: Db, path: string): Promise<boolean> {
  const row = await db
    .selectFrom('operations')
    .select('id')
    .where('finished_at', 'is', null)
    .where(sql<boolean>`details->>'export_path' = ${path}`)
    .executeTakeFirst()
  return row !== undefined
}

/** What went wrong; its row in the table of errors, if it has one. */
export interface OperationError {
  text: string
  code: string | null
}

/** `retryAt`: when the step is tried again; null: not any more. */
export async function countFailure(
  db: Db,
  id: string,
  { text, code }: OperationError,
  retryAt: Date | null,
): Promise<void> {
  await db
    .updateTable('operations')
    .set(eb => ({
      failures_count: eb('failures_count', '+', 1),
      ...{ error: text, error_code: code, retry_at: retryAt, updated_at: new Date() },
    }))
    .where('id', '=', id)
    .execute()
}

/** The end of an operation; one that has ended keeps its first end. */
export async function end(
  db: Db,
  id: string,
  status: Extract<OperationStatus, 'finished' | 'failed' | 'cancelled' | 'skipped'>,
  error?: string,
  errorCode?: string | null,
): Promise<void> {
  const now = new Date()
  const change: Updateable<OperationsTable> = {
    ...{ status, updated_at: now, finished_at: now, retry_at: null },
    // What went wrong on the way is counted; an operation that ended well has no error.
    ...(status === 'finished' && { error: null, error_code: null }),
  }
  if (error !== undefined) change.error = error
  if (errorCode !== undefined) change.error_code = errorCode
  await db
    .updateTable('operations')
    .set(change)
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute()
}
