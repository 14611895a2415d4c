// When snapshots of a branch are made without anybody asking. A slot is a moment at which one is due; what was missed
// while nothing ran is made up for by one snapshot, not by many.

import * as backupSchedules from '../../catalog/backup-schedules.ts'
import * as branches from '../../catalog/branches.ts'
import type { BackupScheduleItem } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { Audit } from '../account/audit.ts'
import { lockProject } from '../branches/branch-creation.ts'
import type { Branches } from '../branches/branches.ts'
import type { Parts } from '../parts.ts'
import { enterSnapshot } from './snapshots.ts'

export class BackupSchedules {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #audit: Audit

  constructor(parts: Parts, all: Branches) {
    this.#parts = parts
    this.#branches = all
    this.#audit = new Audit(parts)
  }

  /** Throws project_not_found, branch_not_found. */
  async get(projectId: string, branchId: string): Promise<BackupScheduleItem[]> {
    await this.#branches.get(projectId, branchId)
    return (await backupSchedules.find(this.#parts.catalog.db, branchId))?.schedule ?? []
  }

  /** Throws project_not_found, branch_not_found. */
  async set(projectId: string, branchId: string, schedule: BackupScheduleItem[]): Promise<void> {
    await this.#branches.get(projectId, branchId)
    const since = new Date(this.#parts.clock.now())
    await backupSchedules.set(this.#parts.catalog.db, branchId, schedule, since)
  }

  /** Enters the snapshots that are due. */
  async run(): Promise<void> {
    const { catalog, clock, logger } = this.#parts
    const now = new Date(clock.now())
    for (const row of await backupSchedules.listLive(catalog.db)) {
      for (const item of row.schedule) {
        if (dueSlot(item, row, now) === undefined) continue
        await this.#audit
          .bySystem('createSnapshot', () => this.#take(row.project_id, row.branch_id, item.frequency))
          .catch(error => logger.error({ branch: row.branch_id, err: error }, 'scheduled snapshot not made'))
      }
    }
  }

  /**
   * The slot and its snapshot are entered together: whatever ends control, neither is without the other. The ids of what
   * was made; undefined: nothing.
   */
  async #take(
    projectId: string,
    branchId: string,
    frequency: string,
  ): Promise<Record<string, string> | undefined> {
    const { catalog, clock } = this.#parts
    const now = new Date(clock.now())
    return await catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      const branch = await branches.findShown(trx, projectId, branchId)
      const row = await backupSchedules.find(trx, branchId)
      const item = row?.schedule.find(candidate => candidate.frequency === frequency)
      const slot = row && item && dueSlot(item, row, now)
      if (!branch || !row || !item || !slot) return undefined
      await backupSchedules.setSlots(trx, branchId, { ...row.last_slots, [frequency]: slot.toISOString() })
      try {
        const { snapshot } = await enterSnapshot(trx, branch, {
          moment: null,
          name: `${branch.name} ${frequency} ${slot.toISOString().replace(/\.\d+Z$/, 'Z')}`,
          expiresAt:
            item.retention_seconds === undefined
              ? null
              : new Date(now.getTime() + item.retention_seconds * 1000),
          manual: false,
        })
        return { project_id: projectId, branch_id: branchId, snapshot_id: snapshot.id }
      } catch (error) {
        // The limit is met: trying again each round would not help. The next slot tries.
        if (!(error instanceof PilotlightError) || error.code !== 'snapshots_limit') throw error
        this.#parts.logger.warn({ branch: branchId, frequency }, 'scheduled snapshot left out: too many')
        return undefined
      }
    })
  }
}

/** The newest slot up to now, if it has not been served and is not older than the schedule. */
export function dueSlot(
  item: BackupScheduleItem,
  row: Pick<backupSchedules.BackupSchedule, 'since' | 'last_slots'>,
  now: Date,
): Date | undefined {
  const slot = newestSlot(item, now)
  const served = row.last_slots[item.frequency]
  if (slot <= row.since || (served !== undefined && slot <= new Date(served))) return undefined
  return slot
}

/** The last moment up to `now` that the item names, in UTC. A day that a month has not is its last one. */
export function newestSlot(item: BackupScheduleItem, now: Date): Date {
  const hour = item.hour ?? 0
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  const at = (y: number, m: number, d: number) => new Date(Date.UTC(y, m, d, hour))
  const onDay = (y: number, m: number, wanted: number) => {
    const longest = new Date(Date.UTC(y, m + 1, 0)).getUTCDate()
    return at(y, m, Math.min(wanted, longest))
  }
  const lastOf = (candidates: Date[]) => candidates.find(candidate => candidate <= now)!
  switch (item.frequency) {
    case 'hourly':
      return new Date(Date.UTC(year, month, day, now.getUTCHours()))
    case 'daily':
      return lastOf([at(year, month, day), at(year, month, day - 1)])
    case 'weekly': {
      // 1 is Monday, 7 Sunday.
      const back = (now.getUTCDay() + 7 - ((item.day ?? 1) % 7)) % 7
      return lastOf([at(year, month, day - back), at(year, month, day - back - 7)])
    }
    case 'monthly':
      return lastOf([onDay(year, month, item.day ?? 1), onDay(year, month - 1, item.day ?? 1)])
    case 'yearly': {
      const wanted = (item.month ?? 1) - 1
      return lastOf([onDay(year, wanted, item.day ?? 1), onDay(year - 1, wanted, item.day ?? 1)])
    }
    default:
      throw new Error(`no such frequency: ${item.frequency}`)
  }
}
