// Removes every row from data that is to keep its schema alone: of user tables, of what Postgres derived from them
// (statistics hold sample values), large objects, and whatever would carry rows in or out again.

import pg from 'pg'
import type { AdminLogin } from '../engine/engine.ts'
import { withCompute } from './computes/compute-sql.ts'

const { escapeIdentifier, escapeLiteral } = pg

/** Safe to repeat. Errors: those of Postgres. */
export async function removeAllRows(login: AdminLogin): Promise<void> {
  const databases = await withCompute(login, async client => {
    await dropSlots(client)
    const answer = await client.query<{ name: string }>(
      'select datname as name from pg_database where datallowconn order by datname',
    )
    return answer.rows.map(({ name }) => name)
  })
  for (const database of databases) {
    await withCompute(login, client => emptyDatabase(client), { database, statementTimeoutMs: 0 })
  }
  await withCompute(
    login,
    async client => {
      // The segment that came along has the parent's last rows in it: behind the checkpoint it is needed no more.
      await client.query('select pg_switch_wal()')
      await client.query('checkpoint')
    },
    { statementTimeoutMs: 0 },
  )
}

/** Of what the parent sends to others this branch sends nothing. */
async function dropSlots(client: pg.Client): Promise<void> {
  await client.query(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active and not temporary`,
  )
}

async function emptyDatabase(client: pg.Client): Promise<void> {
  await disableSubscriptions(client)
  await client.query(`set session_replication_role = 'replica'`)
  await client.query(`set lock_timeout = '60s'`)
  await truncate(client, await names(client, tablesQuery))
  for (const sequence of await names(client, sequencesQuery)) {
    await client.query(`alter sequence ${sequence} restart`)
  }
  for (const view of await names(client, matviewsQuery)) {
    await client.query(`refresh materialized view ${view} with no data`)
  }
  await unlinkLargeObjects(client)
  await emptyStatistics(client)
}

async function truncate(client: pg.Client, tables: string[]): Promise<void> {
  if (tables.length === 0) return
  const { rows: triggers } = await client.query<{ table: string; trigger: string; fires: string }>(
    truncateTriggersQuery,
  )
  await client.query('begin')
  for (const { table, trigger } of triggers)
    await client.query(`alter table only ${table} disable trigger ${trigger}`)
  // One statement: foreign keys between them are then no obstacle. ONLY: a table that has foreign tables below it would
  // have them emptied where they live.
  await client.query(`truncate ${tables.map(table => `only ${table}`).join(', ')} restart identity cascade`)
  for (const { table, trigger, fires } of triggers)
    await client.query(`alter table only ${table} enable ${fires} trigger ${trigger}`)
  await client.query('commit')
}

/** Each takes a lock until its transaction ends. */
const largeObjectsAtOnce = 1000

async function unlinkLargeObjects(client: pg.Client): Promise<void> {
  for (;;) {
    const answer = await client.query(
      `select lo_unlink(oid) from (select oid from pg_largeobject_metadata limit ${largeObjectsAtOnce}) as batch`,
    )
    if ((answer.rowCount ?? 0) < largeObjectsAtOnce) return
  }
}

/** Postgres keeps most common values and histogram bounds of every column: rows by another name. */
async function emptyStatistics(client: pg.Client): Promise<void> {
  // Only a superuser may, and only so: they are Postgres's own tables. Dead rows would still be in the file.
  await client.query('set allow_system_table_mods = on')
  await client.query('delete from pg_statistic')
  await client.query('delete from pg_statistic_ext_data')
  for (const table of [
    'pg_statistic',
    'pg_statistic_ext_data',
    'pg_largeobject',
    'pg_largeobject_metadata',
  ]) {
    await client.query(`vacuum (full) pg_catalog.${table}`)
  }
}

/** A subscription of the parent's would fill the branch again, and take the parent's place at the publisher. */
async function disableSubscriptions(client: pg.Client): Promise<void> {
  const answer = await client.query<{ name: string }>(
    `select subname as name from pg_subscription
      where subdbid = (select oid from pg_database where datname = current_database())`,
  )
  for (const { name } of answer.rows) {
    const subscription = escapeIdentifier(name)
    await client.query(`alter subscription ${subscription} disable`)
    await client.query(`alter subscription ${subscription} set (slot_name = none)`)
  }
}

/** What an extension brought belongs to its schema: its tables of units, codes or spatial systems stay. */
const notOfExtension = (catalog: string) =>
  `not exists (select from pg_depend d
                where d.classid = ${escapeLiteral(catalog)}::regclass and d.objid = c.oid and d.deptype = 'e')`

const ofUsers = `n.nspname <> 'information_schema' and n.nspname !~ '^pg_'`

/** A partitioned table has no rows of its own; its partitions stand here themselves. */
const tablesQuery = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and c.relpersistence <> 't'
     and ${ofUsers} and ${notOfExtension('pg_class')}`

/** Those that fire all the same: as "replica" only those do that were told to. */
const truncateTriggersQuery = `
  select format('%I.%I', n.nspname, c.relname) as table, format('%I', t.tgname) as trigger,
         case t.tgenabled when 'A' then 'always' else 'replica' end as fires
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where not t.tgisinternal and t.tgtype & 32 <> 0 and t.tgenabled in ('A', 'R')
     and c.relkind in ('r', 'p') and c.relpersistence <> 't'`

const sequencesQuery = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'S' and c.relpersistence <> 't'
     and ${ofUsers} and ${notOfExtension('pg_class')}`

const matviewsQuery = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'm' and ${ofUsers} and ${notOfExtension('pg_class')}`

async function names(client: pg.Client, query: string): Promise<string[]> {
  return (await client.query<{ name: string }>(query)).rows.map(({ name }) => name)
}
