import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { BackupScheduleItem, BackupSchedulesTable } from './schema.ts'

export type BackupSchedule = Selectable<BackupSchedulesTable>

/** A new schedule starts afresh: what lies before `since` is not made up for. */
export async function set(
  db: Db,
  branchId: string,
  schedule: BackupScheduleItem[],
  since: Date,
): Promise<void> {
  const row = { schedule: JSON.stringify(schedule), last_slots: '{}', since }
  await db
    .insertInto('backup_schedules')
    .values({ branch_id: branchId, ...row })
    .onConflict(conflict => conflict.column('branch_id').doUpdateSet(row))
    .execute()
}

export async function find(db: Db, branchId: string): Promise<BackupSchedule | undefined> {
  return await db
    .selectFrom('backup_schedules')
    .selectAll()
    .where('branch_id', '=', branchId)
    .executeTakeFirst()
}

/** Of branches that are there and ready. */
export async function listLive(db: Db): Promise<(BackupSchedule & { project_id: string })[]> {
  return await db
    .selectFrom('backup_schedules')
    .innerJoin('branches', 'branches.id', 'backup_schedules.branch_id')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .selectAll('backup_schedules')
    .select('branches.project_id')
    .where('projects.deleted_at', 'is', null)
    .where('branches.deleted_at', 'is', null)
    .where('branches.state', '=', 'ready')
    .execute()
}

/** The snapshot of this slot was entered; with the snapshot, in one transaction. */
export async function setSlots(db: Db, branchId: string, slots: Record<string, string>): Promise<void> {
  await db
    .updateTable('backup_schedules')
    .set({ last_slots: JSON.stringify(slots) })
    .where('branch_id', '=', branchId)
    .execute()
}

/** To the branch that takes another one's place. */
export async function move(db: Db, from: string, to: string): Promise<void> {
  await db.deleteFrom('backup_schedules').where('branch_id', '=', to).execute()
  await db.updateTable('backup_schedules').set({ branch_id: to }).where('branch_id', '=', from).execute()
}
