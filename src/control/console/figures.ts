// What a running compute says of itself, as cloud_admin: one statement, which reads counters and the list of sessions.

import type pg from 'pg'
import type { Figures, MetricCounters } from '../../contract/console-monitoring.ts'

/**
 * Of the databases of the project, and of its sessions: `postgres`, where ours are, is not theirs. A standby, and versions
 * before 16, have no reserved_connections.
 */
const statement = `
  select
    (select json_build_object(
       'active', count(*) filter (where state = 'active'),
       'idle', count(*) filter (where state = 'idle'),
       'idle_in_transaction', count(*) filter (where state like 'idle in transaction%'),
       'locks_waiting', count(*) filter (where wait_event_type = 'Lock'),
       'longest_transaction_ms',
         coalesce(max(extract(epoch from clock_timestamp() - xact_start)) * 1000, 0)::bigint)
       from pg_catalog.pg_stat_activity
      where backend_type = 'client backend' and usename is distinct from 'cloud_admin') as sessions,
    (select json_build_object(
       'commits', coalesce(sum(xact_commit), 0),
       'rollbacks', coalesce(sum(xact_rollback), 0),
       'deadlocks', coalesce(sum(deadlocks), 0),
       'rows_fetched', coalesce(sum(tup_fetched), 0),
       'rows_inserted', coalesce(sum(tup_inserted), 0),
       'rows_updated', coalesce(sum(tup_updated), 0),
       'rows_deleted', coalesce(sum(tup_deleted), 0),
       'pages_hit', coalesce(sum(blks_hit), 0),
       'pages_read', coalesce(sum(blks_read), 0))
       from pg_catalog.pg_stat_database join pg_catalog.pg_database on pg_database.oid = datid
      where not datistemplate and pg_database.datname <> 'postgres') as counters,
    current_setting('max_connections')::integer
      - current_setting('superuser_reserved_connections')::integer
      - coalesce(current_setting('reserved_connections', true), '0')::integer as connections_max`

interface Row {
  sessions: {
    active: number
    idle: number
    idle_in_transaction: number
    locks_waiting: number
    longest_transaction_ms: number
  }
  counters: MetricCounters
  connections_max: number
}

export async function readFigures(client: pg.Client): Promise<Figures> {
  const { rows } = await client.query<Row>(statement)
  const { sessions, counters, connections_max } = rows[0]!
  const { active, idle, idle_in_transaction, locks_waiting, longest_transaction_ms } = sessions
  return {
    connections: { active, idle, idle_in_transaction, max: connections_max },
    ...{ locks_waiting, longest_transaction_ms, counters },
  }
}

/** What happened between two looks, per second. Null: the statistics, or the processes, began anew in between. */
export function ratesBetween(
  before: { atMs: number; counters: MetricCounters },
  now: { atMs: number; counters: MetricCounters },
): MetricCounters | null {
  const seconds = (now.atMs - before.atMs) / 1000
  if (seconds <= 0) return null
  const names = Object.keys(now.counters) as (keyof MetricCounters)[]
  const rates = { ...now.counters }
  for (const name of names) {
    const difference = now.counters[name] - before.counters[name]
    if (difference < 0) return null
    rates[name] = difference / seconds
  }
  return rates
}
