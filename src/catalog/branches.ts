import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { BranchContents, BranchesTable, BranchKind, BranchState, DataOrigin } from './schema.ts'

export type Branch = Selectable<BranchesTable>

export interface NewBranch {
  id: string
  project_id: string
  parent_id: string | null
  name: string
  is_default: boolean
  creation_source: string
  kind?: BranchKind
  contents?: BranchContents
  /** Left out: a fresh clone of the template cluster. */
  origin?: DataOrigin
  protected?: boolean
  init_source?: Branch['init_source']
  expires_at?: Date | null
  ttl_interval_seconds?: number | null
  restore_status?: Branch['restore_status']
  restored_from?: string | null
  restored_as?: string | null
}

export async function insert(db: Db, branch: NewBranch): Promise<Branch> {
  return await db
    .insertInto('branches')
    .values({
      protected: false,
      ...branch,
      origin: JSON.stringify(branch.origin ?? { from: 'empty' }),
      state: 'init',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function find(db: Db, id: string): Promise<Branch | undefined> {
  return await db.selectFrom('branches').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Which of these there are. */
export async function whichExist(db: Db, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('branches').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

export async function listOfProject(db: Db, projectId: string): Promise<Branch[]> {
  return await db
    .selectFrom('branches')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** Branches of deleted projects that no operation is about to remove: an earlier one failed. */
export async function listLeftover(db: Db): Promise<Pick<Branch, 'id' | 'project_id'>[]> {
  return await db
    .selectFrom('branches')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .select(['branches.id', 'branches.project_id'])
    .where('projects.deleted_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('operations')
            .select('operations.id')
            .whereRef('operations.branch_id', '=', 'branches.id')
            .where('operations.action', '=', 'delete_timeline')
            .where('operations.finished_at', 'is', null),
        ),
      ),
    )
    .orderBy('branches.created_at', 'desc')
    .execute()
}

export async function moveState(db: Db, id: string, to: BranchState): Promise<void> {
  const now = new Date()
  await db
    .updateTable('branches')
    .set({ state: to, state_changed_at: now, updated_at: now })
    .where('id', '=', id)
    .where('state', '<>', to)
    .execute()
}

export async function setContents(db: Db, id: string, contents: BranchContents): Promise<void> {
  await db.updateTable('branches').set({ contents }).where('id', '=', id).execute()
}

/** The next fencing token for the engine's calls on this branch's data; undefined: no such branch. */
export async function nextGen(db: Db, id: string): Promise<number | undefined> {
  const row = await db
    .updateTable('branches')
    .set(eb => ({ gen: eb('gen', '+', 1) }))
    .where('id', '=', id)
    .returning('gen')
    .executeTakeFirst()
  return row?.gen
}

/** The moment of its parent at which its data began. */
export async function setBegin(
  db: Db,
  id: string,
  begin: { lsn: string; time: string } | undefined,
): Promise<void> {
  if (!begin) return
  await db
    .updateTable('branches')
    .set({ parent_lsn: begin.lsn, parent_timestamp: new Date(begin.time) })
    .where('id', '=', id)
    .execute()
}

/** Takes its endpoints, roles and databases with it. */
export async function remove(db: Db, id: string): Promise<void> {
  await db.deleteFrom('branches').where('id', '=', id).execute()
}
