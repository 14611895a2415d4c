// When a compute was started and stopped, as its operations tell.

import { sql } from 'kysely'
import type { Db } from './catalog.ts'
import type { Operation } from './operations.ts'

export type Turn = Pick<
  Operation,
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

/** Of each of these computes its last wake and its last sleep, if they are remembered. */
export async function lastTurns(db: Db, endpointIds: string[]): Promise<Operation[]> {
  // One look at the index for each: a compute may have slept and woken thousands of times.
  const answer = await sql<Operation>`
    select last.*
      from unnest(${endpointIds}::text[]) as endpoint (id),
           unnest(array['start_compute', 'suspend_compute']) as turn (action),
           lateral (
             select * from operations
              where endpoint_id = endpoint.id and action = turn.action
                and status in ('running', 'finished', 'failed')
              order by created_at desc limit 1) as last`.execute(db)
  return answer.rows
}
