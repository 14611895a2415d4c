// What awake computes were found doing: a row a minute each, for a week.

import { type Insertable, type Selectable, sql } from 'kysely'
import type { Db } from './catalog.ts'
import type { SamplesTable } from './schema.ts'

export type Sample = Selectable<SamplesTable>

/** One whose endpoint is gone meanwhile is left out. */
export async function insert(db: Db, samples: Insertable<SamplesTable>[]): Promise<void> {
  if (samples.length === 0) return
  const rows = JSON.stringify(samples)
  await sql`
    insert into samples
    select sample.* from jsonb_populate_recordset(null::samples, ${rows}::jsonb) as sample
      join endpoints on endpoints.id = sample.endpoint_id
    on conflict do nothing`.execute(db)
}

/** The mean of those that are in the step, at the time of its last; of levels the highest. Steps without any are left out. */
export async function history(
  db: Db,
  endpointId: string,
  range: { from: Date; to: Date; stepMs: number },
): Promise<Sample[]> {
  const step = `${range.stepMs} milliseconds`
  const { rows } = await sql<Sample>`
    select endpoint_id, max(at) as at,
           max(active) as active, max(idle) as idle, max(idle_in_transaction) as idle_in_transaction,
           max(connections_max) as connections_max, max(locks_waiting) as locks_waiting,
           max(longest_transaction_ms) as longest_transaction_ms, sum(deadlocks)::integer as deadlocks,
           avg(commits) as commits, avg(rollbacks) as rollbacks, avg(rows_fetched) as rows_fetched,
           avg(rows_inserted) as rows_inserted, avg(rows_updated) as rows_updated,
           avg(rows_deleted) as rows_deleted, avg(pages_hit) as pages_hit, avg(pages_read) as pages_read,
           avg(cpu) as cpu, max(cpus) as cpus, max(memory_bytes) as memory_bytes,
           max(memory_max_bytes) as memory_max_bytes, max(size_bytes) as size_bytes
      from samples
     where endpoint_id = ${endpointId} and at >= ${range.from} and at <= ${range.to}
     group by endpoint_id, date_bin(${step}::interval, at, 'epoch'::timestamptz)
     order by 2`.execute(db)
  return rows
}

export async function prune(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('samples').where('at', '<', before).execute()
}
