import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db } from './catalog.ts'
import type { BranchContents, BranchesTable, BranchState, DataOrigin } from './schema.ts'
import { containing } from './search-pattern.ts'

export type Branch = Selectable<BranchesTable>

/** Neither restored from a snapshot nor deleted: that comes later, or never. */
export type NewBranch = Pick<Branch, 'id' | 'project_id' | 'parent_id' | 'name' | 'creation_source'> &
  Partial<Omit<Insertable<BranchesTable>, 'origin' | 'state' | 'gen'>> & {
    is_default: boolean
    /** Left out: a fresh clone of the template cluster. */
    origin?: DataOrigin
  }

export async function insert(db: Db, branch: NewBranch): Promise<Branch> {
  return await db
    .insertInto('branches')
    .values({
      protected: false,
      parent_lsn: null,
      parent_timestamp: null,
      expires_at: null,
      ttl_interval_seconds: null,
      last_reset_at: null,
      restore_status: null,
      restored_from: null,
      restored_as: null,
      deleted_at: null,
      deletion_method: null,
      recoverable_until: null,
      ...branch,
      origin: JSON.stringify(branch.origin ?? { from: 'empty' }),
      state: 'init',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Of any kind, deleted ones too: for work on its data. */
export async function find(db: Db, id: string): Promise<Branch | undefined> {
  return await db.selectFrom('branches').selectAll().where('id', '=', id).executeTakeFirst()
}

/** As people see it: neither deleted nor one of ours. */
export async function findShown(db: Db, projectId: string, id: string): Promise<Branch | undefined> {
  return await shown(db, projectId).selectAll().where('id', '=', id).executeTakeFirst()
}

export async function findByName(db: Db, projectId: string, name: string): Promise<Branch | undefined> {
  return await shown(db, projectId).selectAll().where('name', '=', name).executeTakeFirst()
}

export async function findDefault(db: Db, projectId: string): Promise<Branch | undefined> {
  return await shown(db, projectId).selectAll().where('is_default', '=', true).executeTakeFirst()
}

function shown(db: Db, projectId: string) {
  return db
    .selectFrom('branches')
    .where('project_id', '=', projectId)
    .where('kind', '=', 'branch')
    .where('deleted_at', 'is', null)
}

/** Which of these there are. */
export async function whichExist(db: Db, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('branches').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

/** All of them, of any kind and deleted ones too, oldest first. */
export async function listOfProject(db: Db, projectId: string): Promise<Branch[]> {
  return await db
    .selectFrom('branches')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export async function listChildren(db: Db, projectId: string, id: string): Promise<Branch[]> {
  return await shown(db, projectId).selectAll().where('parent_id', '=', id).orderBy('created_at').execute()
}

export async function count(db: Db, projectId: string, search?: string): Promise<number> {
  let query = shown(db, projectId)
  if (search) query = query.where('name', 'ilike', containing(search))
  const row = await query.select(eb => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return Number(row.count)
}

export interface BranchPage {
  search?: string | undefined
  sortBy: 'name' | 'created_at' | 'updated_at'
  order: 'asc' | 'desc'
  limit: number
  /** The last one of the page before. */
  after?: { value: string; id: string } | undefined
  includeDeleted: boolean
}

/** `sort_value`: what it was sorted by, exactly as Postgres writes it. */
export async function page(
  db: Db,
  projectId: string,
  wanted: BranchPage,
): Promise<(Branch & { sort_value: string })[]> {
  const { search, sortBy, order, limit, after, includeDeleted } = wanted
  let query = db
    .selectFrom('branches')
    .selectAll()
    .select(sql<string>`${sql.ref(sortBy)}::text`.as('sort_value'))
    .where('project_id', '=', projectId)
    .where('kind', '=', 'branch')
    .where(eb =>
      includeDeleted
        ? eb.or([eb('deleted_at', 'is', null), eb('recoverable_until', 'is not', null)])
        : eb('deleted_at', 'is', null),
    )
    .orderBy(sortBy, order)
    .orderBy('id', order)
    .limit(limit)
  if (search) {
    const pattern = containing(search)
    query = query.where(eb => eb.or([eb('name', 'ilike', pattern), eb('id', 'ilike', pattern)]))
  }
  if (after) {
    const type = sql.raw(sortBy === 'name' ? 'text' : 'timestamptz')
    query = query.where(
      sql<boolean>`(${sql.ref(sortBy)}, id) ${sql.raw(order === 'asc' ? '>' : '<')}
        (${after.value}::${type}, ${after.id})`,
    )
  }
  return await query.execute()
}

export async function update(
  db: Db,
  id: string,
  change: Omit<Updateable<BranchesTable>, 'origin' | 'gen' | 'state'> & { origin?: DataOrigin },
): Promise<Branch | undefined> {
  const { origin, ...rest } = change
  return await db
    .updateTable('branches')
    .set({ updated_at: new Date(), ...rest, ...(origin && { origin: JSON.stringify(origin) }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** One branch of a project is the default. */
export async function makeDefault(db: Db, projectId: string, id: string): Promise<void> {
  await db
    .updateTable('branches')
    .set({ is_default: false, updated_at: new Date() })
    .where('project_id', '=', projectId)
    .where('is_default', '=', true)
    .where('id', '<>', id)
    .execute()
  await db
    .updateTable('branches')
    .set({ is_default: true, updated_at: new Date() })
    .where('id', '=', id)
    .where('is_default', '=', false)
    .execute()
}

/** The children of `from`, those that can be recovered too, have another parent now; but not those made since. */
export async function reparent(db: Db, from: string, to: string, madeBefore?: Date): Promise<void> {
  let query = db
    .updateTable('branches')
    .set({ parent_id: to, updated_at: new Date() })
    .where('parent_id', '=', from)
    .where('id', '<>', to)
  if (madeBefore) query = query.where('created_at', '<', madeBefore)
  await query.execute()
}

/** Whose time is over. Protected and default ones are never taken, and parents only once they have no children. */
export async function listExpired(db: Db, at: Date): Promise<Branch[]> {
  return await db
    .selectFrom('branches')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .selectAll('branches')
    .where('projects.deleted_at', 'is', null)
    .where('branches.kind', '=', 'branch')
    .where('branches.deleted_at', 'is', null)
    .where('branches.expires_at', '<=', at)
    .where('branches.protected', '=', false)
    .where('branches.is_default', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('branches as child')
            .select('child.id')
            .whereRef('child.parent_id', '=', 'branches.id')
            .where('child.kind', '=', 'branch')
            .where('child.deleted_at', 'is', null),
        ),
      ),
    )
    .orderBy('branches.expires_at')
    .execute()
}

/** Deleted ones that cannot be recovered any more, as of `at`. */
export async function listUnrecoverable(db: Db, at: Date): Promise<Branch[]> {
  return await db
    .selectFrom('branches')
    .selectAll()
    .where('deleted_at', 'is not', null)
    .where('recoverable_until', '<=', at)
    .execute()
}

/**
 * What was deleted and no operation is about to remove: an earlier one failed. Those of projects deleted for
 * good, those deleted for good themselves, and what a restore kept that is over and has succeeded. `triedBefore`: not those that were tried since.
 */
export async function listLeftover(
  db: Db,
  triedBefore?: Date,
): Promise<Pick<Branch, 'id' | 'project_id' | 'kind'>[]> {
  return await db
    .selectFrom('branches')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .select(['branches.id', 'branches.project_id', 'branches.kind'])
    .where(({ eb, or, and, exists, selectFrom }) =>
      or([
        and([eb('projects.deleted_at', 'is not', null), eb('projects.recoverable_until', 'is', null)]),
        and([eb('branches.deleted_at', 'is not', null), eb('branches.recoverable_until', 'is', null)]),
        and([
          eb('branches.kind', '=', 'kept'),
          exists(
            selectFrom('operations')
              .select('operations.id')
              .where('operations.status', '=', 'finished')
              .where(sql<boolean>`operations.details->'restore'->>'keep_as' = branches.id`),
          ),
        ]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('operations')
            .select('operations.id')
            .whereRef('operations.branch_id', '=', 'branches.id')
            .where('operations.action', '=', 'delete_timeline')
            .where(eb =>
              eb.or([
                eb('operations.finished_at', 'is', null),
                ...(triedBefore ? [eb('operations.finished_at', '>', triedBefore)] : []),
              ]),
            ),
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

/** Whether it holds more than it may. True: that is news. */
export async function setOverSize(db: Db, id: string, overSize: boolean): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('branches')
    .set({ over_size: overSize })
    .where('id', '=', id)
    .where('over_size', '<>', overSize)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
