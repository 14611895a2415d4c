// What keeps a compute awake however quiet it is: what `isBusy` (computes/compute-sql.ts) goes by, told apart.

import type pg from 'pg'
import type { ComputeInside } from '../../contract/console-computes.ts'

interface Counts {
  statements: string
  transactions: string
  since: Date | null
  senders: string
  subscriptions: string
  vacuums: string
}

/** Sessions of our own count for nothing. Errors: those of Postgres. */
export async function readInside(client: pg.Client): Promise<ComputeInside> {
  const answer = await client.query<Counts>(
    `select count(*) filter (where is_client and state = 'active') as statements,
            count(*) filter (where is_client and state like 'idle in transaction%') as transactions,
            min(case when is_client then case state
                  when 'active' then query_start
                  when 'idle' then null
                  else xact_start end end) as since,
            count(*) filter (where backend_type = 'walsender') as senders,
            count(*) filter (where backend_type = 'autovacuum worker') as vacuums,
            (select count(*) from pg_stat_subscription where pid is not null) as subscriptions
       from (select *, backend_type = 'client backend' and usename <> 'cloud_admin' as is_client
               from pg_stat_activity) as activity`,
  )
  const [counts] = answer.rows
  if (!counts) throw new Error('pg_stat_activity counted nothing')
  return {
    running_statements: Number(counts.statements),
    open_transactions: Number(counts.transactions),
    busy_since: counts.since?.toISOString() ?? null,
    replication_senders: Number(counts.senders),
    subscriptions: Number(counts.subscriptions),
    vacuums: Number(counts.vacuums),
  }
}
