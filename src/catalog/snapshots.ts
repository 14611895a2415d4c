import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { BranchState, DataOrigin, SnapshotDatabase, SnapshotRole, SnapshotsTable } from './schema.ts'

export type Snapshot = Selectable<SnapshotsTable>

export interface NewSnapshot {
  id: string
  project_id: string
  source_branch_id: string
  name: string
  origin: DataOrigin
  manual: boolean
  roles: SnapshotRole[]
  databases: SnapshotDatabase[]
  expires_at: Date | null
}

export async function insert(db: Db, snapshot: NewSnapshot): Promise<Snapshot> {
  return await db
    .insertInto('snapshots')
    .values({
      ...snapshot,
      origin: JSON.stringify(snapshot.origin),
      roles: JSON.stringify(snapshot.roles),
      databases: JSON.stringify(snapshot.databases),
      state: 'init',
      lsn: null,
      taken_at: null,
      deleted_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Deleted ones too: for work on its data. */
export async function find(db: Db, id: string): Promise<Snapshot | undefined> {
  return await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function findShown(db: Db, projectId: string, id: string): Promise<Snapshot | undefined> {
  return await db
    .selectFrom('snapshots')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Newest first. */
export async function listShown(db: Db, projectId: string): Promise<Snapshot[]> {
  return await db
    .selectFrom('snapshots')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
}

/** Deleted ones too. */
export async function listOfProject(db: Db, projectId: string): Promise<Snapshot[]> {
  return await db.selectFrom('snapshots').selectAll().where('project_id', '=', projectId).execute()
}

/** Which of these there are. */
export async function whichExist(db: Db, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('snapshots').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

export async function count(db: Db, projectId: string): Promise<number> {
  const row = await db
    .selectFrom('snapshots')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Those of deleted projects go with them, or expire once they are recovered. */
export async function listExpired(db: Db, at: Date): Promise<Snapshot[]> {
  return await db
    .selectFrom('snapshots')
    .innerJoin('projects', 'projects.id', 'snapshots.project_id')
    .selectAll('snapshots')
    .where('projects.deleted_at', 'is', null)
    .where('snapshots.expires_at', '<=', at)
    .where('snapshots.deleted_at', 'is', null)
    .execute()
}

/** Deleted, or their project is for good, and no operation is about to remove them. `triedBefore`: not those that were tried since. */
export async function listLeftover(db: Db, triedBefore?: Date): Promise<Snapshot[]> {
  return await db
    .selectFrom('snapshots')
    .innerJoin('projects', 'projects.id', 'snapshots.project_id')
    .selectAll('snapshots')
    .where(({ eb, or, and }) =>
      or([
        eb('snapshots.deleted_at', 'is not', null),
        and([eb('projects.deleted_at', 'is not', null), eb('projects.recoverable_until', 'is', null)]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('operations')
            .select('operations.id')
            .whereRef('operations.project_id', '=', 'snapshots.project_id')
            .where('operations.action', '=', 'delete_timeline')
            .where(eb =>
              eb(eb.ref('operations.details', '->>').key('snapshot_id'), '=', eb.ref('snapshots.id')),
            )
            .where(eb =>
              eb.or([
                eb('operations.finished_at', 'is', null),
                ...(triedBefore ? [eb('operations.finished_at', '>', triedBefore)] : []),
              ]),
            ),
        ),
      ),
    )
    .execute()
}

export async function update(
  db: Db,
  id: string,
  change: { name?: string | undefined; expires_at?: Date | null | undefined },
): Promise<Snapshot | undefined> {
  return await db
    .updateTable('snapshots')
    .set({
      updated_at: new Date(),
      ...(change.name !== undefined && { name: change.name }),
      ...(change.expires_at !== undefined && { expires_at: change.expires_at }),
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** What it holds, once its data is there. */
export async function setBegin(
  db: Db,
  id: string,
  begin: { lsn: string; time: string } | undefined,
): Promise<void> {
  if (!begin) return
  await db
    .updateTable('snapshots')
    .set({ lsn: begin.lsn, taken_at: new Date(begin.time) })
    .where('id', '=', id)
    .execute()
}

export async function moveState(db: Db, id: string, to: BranchState): Promise<void> {
  await db.updateTable('snapshots').set({ state: to, updated_at: new Date() }).where('id', '=', id).execute()
}

export async function markDeleted(db: Db, id: string, at: Date): Promise<Snapshot | undefined> {
  return await db
    .updateTable('snapshots')
    .set({ deleted_at: at, updated_at: at })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

export async function nextGen(db: Db, id: string): Promise<number | undefined> {
  const row = await db
    .updateTable('snapshots')
    .set(eb => ({ gen: eb('gen', '+', 1) }))
    .where('id', '=', id)
    .returning('gen')
    .executeTakeFirst()
  return row?.gen
}

export async function remove(db: Db, id: string): Promise<void> {
  await db.deleteFrom('snapshots').where('id', '=', id).execute()
}
