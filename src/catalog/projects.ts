import { type Selectable, type SelectQueryBuilder, sql, type Updateable } from 'kysely'
import type { Db } from './catalog.ts'
import type {
  CatalogSchema,
  DefaultEndpointSettings,
  ProjectSettings,
  ProjectsTable,
  QuotaName,
} from './schema.ts'
import { containing } from './search-pattern.ts'

export type Project = Selectable<ProjectsTable>

export interface NewProject {
  id: string
  name: string
  region_id: string
  pg_version: number
  build: string
  history_retention_seconds: number
  store_passwords: boolean
  default_endpoint_settings: DefaultEndpointSettings
  provisioner?: Project['provisioner'] | undefined
  settings?: ProjectSettings | undefined
}

export async function insert(db: Db, project: NewProject): Promise<Project> {
  return await db
    .insertInto('projects')
    .values({
      ...project,
      default_endpoint_settings: JSON.stringify(project.default_endpoint_settings),
      settings: JSON.stringify(project.settings ?? {}),
      deleted_at: null,
      recoverable_until: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Deleted ones are not found. */
export async function find(db: Db, id: string): Promise<Project | undefined> {
  return await live(db, id).executeTakeFirst()
}

/**
 * As `find`, and holds the row until the transaction ends: changes to one project are admitted one at a time. Its key stays
 * free, which every row takes that refers to it: what a compute uses is counted by somebody who holds its endpoint, for
 * which a change of the project may be waiting.
 */
export async function findForUpdate(db: Db, id: string): Promise<Project | undefined> {
  return await live(db, id).forNoKeyUpdate().executeTakeFirst()
}

function live(db: Db, id: string) {
  return db.selectFrom('projects').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
}

/** Not deleted for good: those that can be recovered too. For work on data that is to be kept. */
export async function findKept(db: Db, id: string): Promise<Project | undefined> {
  return await db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where(eb => eb.or([eb('deleted_at', 'is', null), eb('recoverable_until', 'is not', null)]))
    .executeTakeFirst()
}

/** Whatever has become of it; holds the row. For the end of a deletion, and its taking back. */
export async function findAnyForUpdate(db: Db, id: string): Promise<Project | undefined> {
  return await db.selectFrom('projects').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** Which of them a list is of. kept: those that are not deleted, and those that can be recovered. */
export type ProjectsWanted = 'live' | 'recoverable' | 'kept'

export interface ProjectPosition {
  createdAt: string
  id: string
}

export interface ProjectPageWanted {
  limit: number
  /** The last one of the page before. */
  after?: ProjectPosition | undefined
  search?: string | undefined
  wanted?: ProjectsWanted | undefined
  /** Only of these. */
  ids?: string[] | undefined
  /** As of when they can be recovered. */
  at?: Date | undefined
}

/** Newest first. `created_text` is its time exactly as Postgres writes it: a Date is too coarse to go on behind. */
export async function list(db: Db, page: ProjectPageWanted): Promise<(Project & { created_text: string })[]> {
  let query = ofKind(db.selectFrom('projects'), page.wanted ?? 'live', page.at ?? new Date())
    .selectAll()
    .select(sql<string>`created_at::text`.as('created_text'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
  if (page.search) {
    const pattern = containing(page.search)
    query = query.where(eb => eb.or([eb('name', 'ilike', pattern), eb('id', 'ilike', pattern)]))
  }
  if (page.ids) query = query.where('id', 'in', page.ids)
  if (page.after) {
    const { createdAt, id } = page.after
    query = query.where(sql<boolean>`(created_at, id) < (${createdAt}::timestamptz, ${id})`)
  }
  return await query.execute()
}

function ofKind<Row>(
  query: SelectQueryBuilder<CatalogSchema, 'projects', Row>,
  wanted: ProjectsWanted,
  at: Date,
): SelectQueryBuilder<CatalogSchema, 'projects', Row> {
  if (wanted === 'live') return query.where('deleted_at', 'is', null)
  if (wanted === 'recoverable') return query.where('recoverable_until', '>', at)
  return query.where(eb => eb.or([eb('deleted_at', 'is', null), eb('recoverable_until', 'is not', null)]))
}

export interface ProjectChange {
  name?: string | undefined
  history_retention_seconds?: number | undefined
  default_endpoint_settings?: DefaultEndpointSettings | undefined
  settings?: ProjectSettings | undefined
}

export async function update(db: Db, id: string, change: ProjectChange): Promise<Project | undefined> {
  const { default_endpoint_settings, settings } = change
  return await db
    .updateTable('projects')
    .set({
      updated_at: new Date(),
      name: change.name,
      history_retention_seconds: change.history_retention_seconds,
      ...(default_endpoint_settings && {
        default_endpoint_settings: JSON.stringify(default_endpoint_settings),
      }),
      ...(settings && { settings: JSON.stringify(settings) }),
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** Undefined: it is deleted already, or there is none. */
export async function markDeleted(
  db: Db,
  id: string,
  at: Date,
  recoverableUntil: Date | null = null,
): Promise<Project | undefined> {
  return await db
    .updateTable('projects')
    .set({ deleted_at: at, recoverable_until: recoverableUntil, updated_at: at })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

export async function setDeletion(
  db: Db,
  id: string,
  deletion: Required<Pick<Updateable<ProjectsTable>, 'deleted_at' | 'recoverable_until'>>,
): Promise<Project> {
  return await db
    .updateTable('projects')
    .set({ ...deletion, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Deleted ones that cannot be recovered any more, as of `at`, and whose deletion is still to be finished. */
export async function listUnrecoverable(db: Db, at: Date): Promise<Project[]> {
  return await db.selectFrom('projects').selectAll().where('recoverable_until', '<=', at).execute()
}

/** The quota that is used up, and until when it holds; or null: none is. */
export async function setOverQuota(
  db: Db,
  id: string,
  quota: QuotaName | null,
  until: Date | null,
): Promise<void> {
  await db
    .updateTable('projects')
    .set({ over_quota: quota, over_quota_until: until })
    .where('id', '=', id)
    .execute()
}

export async function listOverQuota(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where('over_quota', 'is not', null)
    .where('deleted_at', 'is', null)
    .execute()
  return rows.map(row => row.id)
}
