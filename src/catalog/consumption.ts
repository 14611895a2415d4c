// What is used, added up. Every use is added to its hour, its day and its month in one statement, so that sums of hours
// are days and sums of days are months, whatever is killed when; nothing is ever rolled up later.

import { sql } from 'kysely'
import { dayMs, frameStart, type Grain, grains, hourMs } from '../lib/time-frames.ts'
import type { Db } from './catalog.ts'

/** What adds up. Bytes times milliseconds go beyond 2^53. */
export interface Uses {
  active_ms?: bigint
  compute_ms?: bigint
  written_bytes?: bigint
  transfer_bytes?: bigint
  logical_byte_ms?: bigint
  root_byte_ms?: bigint
  child_byte_ms?: bigint
  history_byte_ms?: bigint
  snapshot_byte_ms?: bigint
}

/** The largest that was seen. */
export interface Peaks {
  logical_bytes_max?: bigint
  storage_bytes_max?: bigint
}

export interface HourOfUse extends Uses, Peaks {
  /** Its beginning, in milliseconds since the epoch. */
  start: number
}

const useNames = [
  'active_ms',
  'compute_ms',
  'written_bytes',
  'transfer_bytes',
  'logical_byte_ms',
  'root_byte_ms',
  'child_byte_ms',
  'history_byte_ms',
  'snapshot_byte_ms',
] as const satisfies (keyof Uses)[]
const peakNames = ['logical_bytes_max', 'storage_bytes_max'] as const satisfies (keyof Peaks)[]
const counterNames = [...useNames, ...peakNames]

/** The frames that begin no earlier are kept: what the API answers for, and the frame that is under way. */
export function keptFrom(grain: Grain, now: number): number {
  if (grain === 'hour') return frameStart('hour', now - 168 * hourMs)
  if (grain === 'day') return frameStart('day', now - 60 * dayMs)
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), 1)
}

/** Adds `hours` of use. Once only for each use: whoever calls moves a mark of what is counted in the same transaction. */
export async function add(
  trx: Db,
  of: { projectId: string; dataId: string },
  hours: HourOfUse[],
  now: number,
): Promise<void> {
  const rows = grains.flatMap(grain => {
    const first = keptFrom(grain, now)
    return [...framesOf(grain, hours)]
      .filter(([start]) => start >= first)
      .map(([start, uses]) => ({
        ...{ project_id: of.projectId, data_id: of.dataId, grain, starts_at: new Date(start) },
        ...Object.fromEntries(counterNames.map(name => [name, String(uses[name] ?? 0n)])),
      }))
  })
  if (rows.length === 0) return
  const sum = (name: string) =>
    sql<string>`${sql.ref(`consumption.${name}`)} + ${sql.ref(`excluded.${name}`)}`
  const most = (name: string) =>
    sql<string>`greatest(${sql.ref(`consumption.${name}`)}, ${sql.ref(`excluded.${name}`)})`
  await trx
    .insertInto('consumption')
    .values(rows)
    .onConflict(oc =>
      oc.columns(['project_id', 'grain', 'starts_at', 'data_id']).doUpdateSet({
        ...Object.fromEntries(useNames.map(name => [name, sum(name)])),
        ...Object.fromEntries(peakNames.map(name => [name, most(name)])),
      }),
    )
    .execute()
}

function framesOf(grain: Grain, hours: HourOfUse[]): Map<number, Uses & Peaks> {
  const frames = new Map<number, Uses & Peaks>()
  for (const hour of hours) {
    const start = frameStart(grain, hour.start)
    const frame = frames.get(start) ?? {}
    for (const name of useNames) frame[name] = (frame[name] ?? 0n) + (hour[name] ?? 0n)
    for (const name of peakNames) frame[name] = larger(frame[name] ?? 0n, hour[name] ?? 0n)
    frames.set(start, frame)
  }
  return frames
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other)

/** In numbers that are good enough to show. */
export type Amounts = Record<keyof Uses | keyof Peaks, number>

export const noAmounts: Amounts = {
  ...{ active_ms: 0, compute_ms: 0, written_bytes: 0, transfer_bytes: 0, logical_byte_ms: 0 },
  ...{ root_byte_ms: 0, child_byte_ms: 0, history_byte_ms: 0, snapshot_byte_ms: 0 },
  ...{ logical_bytes_max: 0, storage_bytes_max: 0 },
}

/** Peaks of several data are added: together they took no more than that. */
const summed = counterNames.map(name => sql`coalesce(sum(${sql.ref(name)}), 0)::float8 as ${sql.ref(name)}`)

export interface FrameOfUse extends Amounts {
  project_id: string
  /** Empty where it is of the whole project. */
  data_id: string
  starts_at: Date
}

/** By time. Per branch or snapshot where `each`; otherwise per project. */
export async function history(
  db: Db,
  wanted: { projectIds: string[]; grain: Grain; from: Date; to: Date; each: boolean },
): Promise<FrameOfUse[]> {
  if (wanted.projectIds.length === 0) return []
  const dataId = wanted.each ? sql`data_id` : sql`''::text`
  const { rows } = await sql<FrameOfUse>`
    select project_id, ${dataId} as data_id, starts_at, ${sql.join(summed)}
      from consumption
     where project_id = any(${wanted.projectIds}) and grain = ${wanted.grain}
       and starts_at >= ${wanted.from} and starts_at < ${wanted.to}
     group by 1, 2, 3
     order by 3`.execute(db)
  return rows
}

export interface ProjectAmounts extends Amounts {
  project_id: string
}

/** Of each of these projects in the month that begins then. One that has used nothing is left out. */
export async function ofProjects(db: Db, projectIds: string[], month: Date): Promise<ProjectAmounts[]> {
  if (projectIds.length === 0) return []
  const { rows } = await sql<ProjectAmounts>`
    select project_id, ${sql.join(summed)} from consumption
     where project_id = any(${projectIds}) and grain = 'month' and starts_at = ${month}
     group by project_id`.execute(db)
  return rows
}

export interface DataAmounts extends Amounts {
  data_id: string
}

export async function ofBranches(
  db: Db,
  branchIds: string[],
  projectId: string,
  month: Date,
): Promise<DataAmounts[]> {
  if (branchIds.length === 0) return []
  const { rows } = await sql<DataAmounts>`
    select data_id, ${sql.join(summed)} from consumption
     where project_id = ${projectId} and grain = 'month' and starts_at = ${month}
       and data_id = any(${branchIds})
     group by data_id`.execute(db)
  return rows
}

export interface BranchPage {
  projectIds: string[]
  branchIds?: string[] | undefined
  limit: number
  /** The last one of the page before. */
  after?: { projectId: string; id: string } | undefined
}

/** Those that people see, and those that they can recover. By project, then by id. */
export async function pageOfBranches(
  db: Db,
  page: BranchPage,
): Promise<{ id: string; project_id: string; created_at: Date }[]> {
  let query = db
    .selectFrom('branches')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .select(['branches.id', 'branches.project_id', 'branches.created_at'])
    .where('branches.project_id', 'in', page.projectIds)
    .where('projects.deleted_at', 'is', null)
    .where('branches.kind', '=', 'branch')
    .where(eb =>
      eb.or([eb('branches.deleted_at', 'is', null), eb('branches.recoverable_until', 'is not', null)]),
    )
    .orderBy('branches.project_id')
    .orderBy('branches.id')
    .limit(page.limit)
  if (page.branchIds?.length) query = query.where('branches.id', 'in', page.branchIds)
  if (page.after) {
    const { projectId, id } = page.after
    query = query.where(sql<boolean>`(branches.project_id, branches.id) > (${projectId}, ${id})`)
  }
  return await query.execute()
}

/** What is older than anybody may ask for. */
export async function prune(db: Db, now: number): Promise<void> {
  for (const grain of grains) {
    await db
      .deleteFrom('consumption')
      .where('grain', '=', grain)
      .where('starts_at', '<', new Date(keptFrom(grain, now)))
      .execute()
  }
}
