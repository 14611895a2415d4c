// When a compute was started and stopped, as its operations tell.

import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { OperationsTable } from './schema.ts'

export type Turn = Pick<
  Selectable<OperationsTable>,
  'id' | 'action' | 'status' | 'error' | 'cause' | 'created_at' | 'started_at' | 'finished_at'
>

/** Those that have ended since, newest first. */
export async function listTurns(
  db: Db,
  endpointId: string,
  page: { since: Date; limit: number },
): Promise<Turn[]> {
  return await db
    .selectFrom('operations')
    .select(['id', 'action', 'status', 'error', 'cause', 'created_at', 'started_at', 'finished_at'])
    .where('endpoint_id', '=', endpointId)
    .where('action', 'in', ['start_compute', 'suspend_compute'])
    .where('status', 'in', ['finished', 'failed', 'error'])
    .where('created_at', '>=', page.since)
    .orderBy('created_at', 'desc')
    .limit(page.limit)
    .execute()
}
