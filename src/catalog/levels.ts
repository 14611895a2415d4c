// How much data there is: of each branch and snapshot what was measured last, up to where that is counted, and how far
// its WAL is.

import { type Selectable, sql } from 'kysely'
import { frameStart, hourPieces } from '../lib/time-frames.ts'
import type { Db } from './catalog.ts'
import * as consumption from './consumption.ts'
import type { LevelsTable } from './schema.ts'

export type Level = Selectable<LevelsTable>

export interface Measured {
  logical_bytes?: number
  own_bytes?: number
  history_bytes?: number
}

/** A branch without a parent is charged for what is in it, one with a parent for what it does not share. */
export function bytesOf(level: Pick<Level, 'kind' | 'logical_bytes' | 'own_bytes'>): number {
  const { kind, logical_bytes: logical, own_bytes: own } = level
  if (kind === 'snapshot') return own
  if (kind === 'root') return logical ?? own
  return logical === null ? own : Math.min(logical, own)
}

/** What a level has come to between two moments. Also for one that is still open. */
export function accrued(level: Level, from: number, to: number): consumption.HourOfUse[] {
  const bytes = BigInt(bytesOf(level))
  const logical = BigInt(level.logical_bytes ?? 0)
  const history = BigInt(level.history_bytes)
  const isBranch = level.kind !== 'snapshot'
  return hourPieces(from, to).map(({ start, ms }) => ({
    start,
    [`${level.kind}_byte_ms`]: bytes * BigInt(ms),
    logical_byte_ms: logical * BigInt(ms),
    history_byte_ms: history * BigInt(ms),
    logical_bytes_max: logical,
    storage_bytes_max: isBranch ? bytes + history : 0n,
  }))
}

/** As of now it is so much; what it was until now is counted. In a transaction. */
export async function measure(
  trx: Db,
  of: { dataId: string; projectId: string; kind: Level['kind'] },
  measured: Measured,
  now: number,
): Promise<Level> {
  const level = await open(trx, of, now)
  await count(trx, level, now)
  const storage = measured.own_bytes !== undefined ? { storage_at: new Date(now) } : {}
  const measuredLevel = await trx
    .updateTable('levels')
    .set({ ...measured, ...storage, kind: of.kind, counted_until: latest(level, now) })
    .where('data_id', '=', of.dataId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await consumption.add(trx, of, [peakOf(measuredLevel, now)], now)
  return measuredLevel
}

/** So that the hour under way shows it at once. */
function peakOf(level: Level, now: number): consumption.HourOfUse {
  const bytes = level.kind === 'snapshot' ? 0 : bytesOf(level) + level.history_bytes
  const logical = BigInt(level.logical_bytes ?? 0)
  return { start: frameStart('hour', now), logical_bytes_max: logical, storage_bytes_max: BigInt(bytes) }
}

/** The data is gone: what it was until now is counted, and it is forgotten. In a transaction. */
export async function close(trx: Db, dataId: string, now: number): Promise<void> {
  const level = await locked(trx, dataId)
  if (!level) return
  await count(trx, level, now)
  await trx.deleteFrom('levels').where('data_id', '=', dataId).execute()
}

export interface WalEnd {
  /** Names the data, which may be other data than before. */
  walOf: string
  lsn: string
  /** Where that data's own WAL begins. */
  begin: string
}

/** Counts the WAL up to `lsn`; of data that is new to us, from its beginning. What lies behind is old news. In a transaction; returns the bytes. */
export async function countWal(
  trx: Db,
  of: { dataId: string; projectId: string; kind: Level['kind'] },
  wal: WalEnd,
  now: number,
): Promise<number> {
  await open(trx, of, now)
  const { rows } = await sql<{ written: number }>`
    with before as (select data_id, wal_of, wal_lsn from levels where data_id = ${of.dataId} for update)
    update levels
       set wal_of = ${wal.walOf},
           wal_lsn = case when before.wal_of = ${wal.walOf} then greatest(before.wal_lsn, ${wal.lsn}::pg_lsn)
                          else ${wal.lsn}::pg_lsn end
      from before
     where levels.data_id = before.data_id
    returning case when before.wal_of = ${wal.walOf} then greatest(${wal.lsn}::pg_lsn - before.wal_lsn, 0)
                   else greatest(${wal.lsn}::pg_lsn - ${wal.begin}::pg_lsn, 0) end::bigint as written`.execute(
    trx,
  )
  return rows[0]?.written ?? 0
}

async function open(
  trx: Db,
  of: { dataId: string; projectId: string; kind: Level['kind'] },
  now: number,
): Promise<Level> {
  await trx
    .insertInto('levels')
    .values({
      ...{ data_id: of.dataId, project_id: of.projectId, kind: of.kind, counted_until: new Date(now) },
      ...{ logical_bytes: null, storage_at: null, wal_of: null, wal_lsn: null },
    })
    .onConflict(oc => oc.column('data_id').doNothing())
    .execute()
  const level = await locked(trx, of.dataId)
  if (!level) throw new Error(`level of ${of.dataId} vanished`)
  return level
}

async function locked(trx: Db, dataId: string): Promise<Level | undefined> {
  return await trx
    .selectFrom('levels')
    .selectAll()
    .where('data_id', '=', dataId)
    .forUpdate()
    .executeTakeFirst()
}

async function count(trx: Db, level: Level, now: number): Promise<void> {
  const hours = accrued(level, level.counted_until.getTime(), now)
  await consumption.add(trx, { projectId: level.project_id, dataId: level.data_id }, hours, now)
}

/** The machine's clock may have been set back: what is counted stays counted. */
function latest(level: Level, now: number): Date {
  return new Date(Math.max(now, level.counted_until.getTime()))
}

export async function ofProjects(db: Db, projectIds: string[]): Promise<Level[]> {
  if (projectIds.length === 0) return []
  return await db.selectFrom('levels').selectAll().where('project_id', 'in', projectIds).execute()
}

export async function ofData(db: Db, dataIds: string[]): Promise<Level[]> {
  if (dataIds.length === 0) return []
  return await db.selectFrom('levels').selectAll().where('data_id', 'in', dataIds).execute()
}

/** Whose branch and snapshot are no longer in the catalog. */
export async function listOrphans(db: Db): Promise<string[]> {
  const { rows } = await sql<{ data_id: string }>`
    select data_id from levels
     where not exists (select from branches where branches.id = data_id)
       and not exists (select from snapshots where snapshots.id = data_id)`.execute(db)
  return rows.map(row => row.data_id)
}

export interface ToMeasure {
  data_id: string
  project_id: string
  kind: Level['kind']
}

/**
 * Data whose bytes on disk are to be looked at: never measured, used since, or measured before `olderThan`. The oldest
 * first.
 */
export async function listToMeasure(db: Db, olderThan: Date, limit: number): Promise<ToMeasure[]> {
  const { rows } = await sql<ToMeasure>`
    select data.id as data_id, data.project_id, data.kind
      from (select id, project_id, case when parent_id is null then 'root' else 'child' end as kind,
                   (select max(greatest(started_at, suspended_at, last_active_at)) from endpoints
                     where branch_id = branches.id) as used_at
              from branches where state = 'ready'
             union all
            select id, project_id, 'snapshot', null from snapshots where state = 'ready') as data
      left join levels on levels.data_id = data.id
     where levels.storage_at is null or levels.storage_at < ${olderThan} or levels.storage_at < data.used_at
     order by levels.storage_at nulls first
     limit ${limit}`.execute(db)
  return rows
}
