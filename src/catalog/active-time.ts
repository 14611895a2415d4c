// For how long computes ran. The rows of endpoints say from when to when; `counted_until` says how much of that is in
// `consumption`, so that counting twice adds nothing and nothing is forgotten by a crash.

import { sql } from 'kysely'
import { hourPieces } from '../lib/time-frames.ts'
import type { Db } from './catalog.ts'
import * as consumption from './consumption.ts'
import type { ProjectQuota } from './schema.ts'

export interface CountedEndpoint {
  id: string
  project_id: string
  branch_id: string
  type: 'read_write' | 'read_only'
  /** Of its branch. */
  parent_id: string | null
  quota: ProjectQuota | null
}

/**
 * Counts the time that the endpoint's compute has run up to `now`, or up to its end. In a transaction. Undefined: there
 * is no such endpoint any more.
 */
export async function count(trx: Db, endpointId: string, now: number): Promise<CountedEndpoint | undefined> {
  const endpoint = await trx
    .selectFrom('endpoints')
    .innerJoin('branches', 'branches.id', 'endpoints.branch_id')
    .innerJoin('projects', 'projects.id', 'endpoints.project_id')
    .select(['endpoints.id', 'endpoints.project_id', 'endpoints.branch_id', 'endpoints.type'])
    .select(['endpoints.state', 'endpoints.min_cu', 'started_at', 'suspended_at', 'counted_until'])
    .select(['branches.parent_id', sql<ProjectQuota | null>`projects.settings -> 'quota'`.as('quota')])
    .where('endpoints.id', '=', endpointId)
    .forUpdate('endpoints')
    .executeTakeFirst()
  if (!endpoint) return undefined
  const { state, started_at, suspended_at, counted_until } = endpoint
  const runs = state === 'running' || state === 'stopping'
  const from = Math.max(started_at?.getTime() ?? now, counted_until?.getTime() ?? 0)
  const to = runs ? now : (suspended_at?.getTime() ?? from)
  if (to > from) {
    await setCountedUntil(trx, endpointId, new Date(to))
    const hours = hourPieces(from, to).map(({ start, ms }) => ({
      start,
      active_ms: BigInt(ms),
      compute_ms: BigInt(Math.round(ms * endpoint.min_cu)),
    }))
    await consumption.add(trx, { projectId: endpoint.project_id, dataId: endpoint.branch_id }, hours, now)
  }
  return endpoint
}

/**
 * What was not counted by `at` never is: the compute ended while nobody looked, and when is not known. To be called
 * before its end is written down.
 */
export async function giveUp(db: Db, endpointId: string, at: Date): Promise<void> {
  await setCountedUntil(db, endpointId, at)
}

async function setCountedUntil(db: Db, endpointId: string, at: Date): Promise<void> {
  await db.updateTable('endpoints').set({ counted_until: at }).where('id', '=', endpointId).execute()
}

/** Computes whose end is written down, but not counted: control was killed in between. */
export async function listUncounted(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('endpoints')
    .select('id')
    .where('state', '=', 'suspended')
    .where(sql<boolean>`suspended_at > greatest(started_at, counted_until)`)
    .execute()
  return rows.map(row => row.id)
}
