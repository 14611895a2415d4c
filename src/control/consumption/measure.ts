// What a running compute is asked about its data, as cloud_admin.

import type pg from 'pg'

/** Of all that can be connected to: what Neon calls the logical size. It reads the directory of each database. */
export async function logicalBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select coalesce(sum(pg_database_size(oid)), 0)::text as bytes from pg_database where datallowconn`,
  )
  return Number(rows[0]?.bytes ?? 0)
}

/** Up to where its WAL is written; null on a standby, which writes none. */
export async function walEnd(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ lsn: string | null }>(
    `select case when not pg_is_in_recovery() then pg_current_wal_insert_lsn() end::text as lsn`,
  )
  return rows[0]?.lsn ?? null
}
