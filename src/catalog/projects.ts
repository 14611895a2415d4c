import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { DefaultEndpointSettings, ProjectsTable } from './schema.ts'

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
}

export async function insert(db: Db, project: NewProject): Promise<Project> {
  return await db
    .insertInto('projects')
    .values({
      ...project,
      default_endpoint_settings: JSON.stringify(project.default_endpoint_settings),
      deleted_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Deleted ones are not found. */
export async function find(db: Db, id: string): Promise<Project | undefined> {
  return await db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

/** As `find`, and holds the row until the transaction ends: changes to one project are admitted one at a time. */
export async function findForUpdate(db: Db, id: string): Promise<Project | undefined> {
  return await db
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

/** Newest first; `after` is the id of the last one of the page before. */
export async function list(
  db: Db,
  page: { limit: number; after?: string | undefined; search?: string | undefined },
): Promise<Project[]> {
  let query = db
    .selectFrom('projects')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
  if (page.search) {
    const pattern = `%${page.search.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where(eb => eb.or([eb('name', 'ilike', pattern), eb('id', 'ilike', pattern)]))
  }
  if (page.after !== undefined) {
    const after = page.after
    query = query.where(eb =>
      eb(
        eb.refTuple('created_at', 'id'),
        '<',
        eb
          .selectFrom('projects as last')
          .select(['last.created_at', 'last.id'])
          .where('last.id', '=', after)
          .$asTuple('created_at', 'id'),
      ),
    )
  }
  return await query.execute()
}

export interface ProjectChange {
  name?: string | undefined
  history_retention_seconds?: number | undefined
  default_endpoint_settings?: DefaultEndpointSettings | undefined
}

export async function update(db: Db, id: string, change: ProjectChange): Promise<Project | undefined> {
  return await db
    .updateTable('projects')
    .set({
      updated_at: new Date(),
      ...(change.name !== undefined && { name: change.name }),
      ...(change.history_retention_seconds !== undefined && {
        history_retention_seconds: change.history_retention_seconds,
      }),
      ...(change.default_endpoint_settings && {
        default_endpoint_settings: JSON.stringify(change.default_endpoint_settings),
      }),
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

export async function markDeleted(db: Db, id: string, at: Date): Promise<Project | undefined> {
  return await db
    .updateTable('projects')
    .set({ deleted_at: at, updated_at: at })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}
