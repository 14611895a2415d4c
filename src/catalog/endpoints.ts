import { type Selectable, sql } from 'kysely'
import { type ComputeState, computeStates, mayMove } from '../contract/compute-states.ts'
import type { Db } from './catalog.ts'
import type {
  BranchContents,
  BranchState,
  EndpointSettings,
  EndpointsTable,
  ProjectSettings,
  QuotaName,
} from './schema.ts'

export type Endpoint = Selectable<EndpointsTable>

export interface NewEndpoint {
  id: string
  project_id: string
  branch_id: string
  suspend_timeout_seconds: number
  min_cu: number
  max_cu: number
  creation_source: string
  type?: Endpoint['type']
  name?: string | null
  disabled?: boolean
  settings?: EndpointSettings
  pooler_enabled?: boolean
  passwordless_access?: boolean
  provisioner?: string
  /** Not listed, not counted: for work of ours inside the data. */
  internal?: boolean
}

export async function insert(db: Db, endpoint: NewEndpoint): Promise<Endpoint> {
  const settings = JSON.stringify(endpoint.settings ?? {})
  return await db
    .insertInto('endpoints')
    .values({ type: 'read_write', name: null, deleted_at: null, ...endpoint, settings, state: 'suspended' })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function find(db: Db, projectId: string, id: string): Promise<Endpoint | undefined> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** As people see it: neither deleted, with its branch or alone, nor one of ours. */
export async function findShown(db: Db, projectId: string, id: string): Promise<Endpoint | undefined> {
  return await shown(db, projectId).where('endpoints.id', '=', id).executeTakeFirst()
}

export async function listShown(db: Db, projectId: string): Promise<Endpoint[]> {
  return await shown(db, projectId).orderBy('endpoints.created_at').orderBy('endpoints.id').execute()
}

function shown(db: Db, projectId: string) {
  return db
    .selectFrom('endpoints')
    .innerJoin('branches', 'branches.id', 'endpoints.branch_id')
    .selectAll('endpoints')
    .where('endpoints.project_id', '=', projectId)
    .where('endpoints.internal', '=', false)
    .where('endpoints.deleted_at', 'is', null)
    .where('branches.deleted_at', 'is', null)
}

/** All on this branch's data, deleted ones and our own too. */
export async function listOfBranch(db: Db, branchId: string): Promise<Endpoint[]> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where('branch_id', '=', branchId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** The one that may write, for clients. */
export async function findWriter(db: Db, branchId: string): Promise<Endpoint | undefined> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where('branch_id', '=', branchId)
    .where('type', '=', 'read_write')
    .where('internal', '=', false)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

export interface EndpointChange {
  name?: string | undefined
  disabled?: boolean | undefined
  suspend_timeout_seconds?: number | undefined
  min_cu?: number | undefined
  max_cu?: number | undefined
  settings?: EndpointSettings | undefined
  pooler_enabled?: boolean | undefined
  passwordless_access?: boolean | undefined
  provisioner?: string | undefined
  branch_id?: string | undefined
  internal?: boolean | undefined
  deleted_at?: Date | undefined
}

export async function update(db: Db, id: string, change: EndpointChange): Promise<Endpoint | undefined> {
  const { settings, ...rest } = change
  return await db
    .updateTable('endpoints')
    .set({ ...rest, ...(settings && { settings: JSON.stringify(settings) }), updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** Deleted ones whose compute is still to go, and our own for work that is over. */
export async function listLeftover(db: Db): Promise<Endpoint[]> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where(({ eb, or, and, not, exists, selectFrom }) =>
      or([
        eb('deleted_at', 'is not', null),
        and([
          eb('internal', '=', true),
          eb('type', '=', 'read_write'),
          not(
            exists(
              selectFrom('operations')
                .select('operations.id')
                .whereRef('operations.branch_id', '=', 'endpoints.branch_id')
                .where('operations.finished_at', 'is', null),
            ),
          ),
        ]),
      ]),
    )
    .execute()
}

export async function remove(db: Db, id: string): Promise<void> {
  await db.deleteFrom('endpoints').where('id', '=', id).execute()
}

/** Ours and deleted ones too. */
export async function listOfProject(db: Db, projectId: string): Promise<Endpoint[]> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** All whose compute may be up. Those of deleted projects included: they have to be stopped too. */
export async function listNotSuspended(db: Db): Promise<Endpoint[]> {
  return await db
    .selectFrom('endpoints')
    .selectAll()
    .where('state', '<>', 'suspended')
    .orderBy('id')
    .execute()
}

/** Which of these there are. */
export async function findMany(db: Db, ids: string[]): Promise<Endpoint[]> {
  if (ids.length === 0) return []
  return await db.selectFrom('endpoints').selectAll().where('id', 'in', ids).execute()
}

/** With what its project wants of every compute. */
export interface EndpointWithProject extends Endpoint {
  project_settings: ProjectSettings
  /** Its branch holds more than it may: it begins read-only. */
  over_size: boolean
}

const projectSettings = sql<ProjectSettings>`(
  select projects.settings from projects where projects.id = endpoints.project_id
)`

const overSize = sql<boolean>`(
  select branches.over_size from branches where branches.id = endpoints.branch_id
)`

/** What a wake has to know, in one query. */
export interface EndpointWithBranch extends EndpointWithProject {
  branch_state: BranchState
  branch_contents: BranchContents
  /** It, its branch or its project. */
  gone: boolean
  /** Whether a role has a new password that the compute has not been given yet. */
  roles_pending: boolean
  /** The quota of its project that is used up. */
  over_quota: QuotaName | null
}

const rolesPending = sql<boolean>`exists (
  select from roles where roles.branch_id = endpoints.branch_id and roles.next_verifier is not null
)`

export async function findWithBranch(db: Db, id: string): Promise<EndpointWithBranch | undefined> {
  return await db
    .selectFrom('endpoints')
    .innerJoin('branches', 'branches.id', 'endpoints.branch_id')
    .innerJoin('projects', 'projects.id', 'endpoints.project_id')
    .selectAll('endpoints')
    .select([
      'branches.state as branch_state',
      'branches.contents as branch_contents',
      sql<boolean>`coalesce(endpoints.deleted_at, branches.deleted_at, projects.deleted_at) is not null`.as(
        'gone',
      ),
      rolesPending.as('roles_pending'),
      'projects.settings as project_settings',
      'branches.over_size',
      sql<QuotaName | null>`case when projects.over_quota_until > ${new Date()} then projects.over_quota end`.as(
        'over_quota',
      ),
    ])
    .where('endpoints.id', '=', id)
    .executeTakeFirst()
}

/** The states from which `computeMoves` leads to `to`. */
function statesBefore(to: ComputeState): ComputeState[] {
  return computeStates.filter(from => mayMove(from, to))
}

/**
 * The one place where a compute's state changes: a compare-and-set along `computeMoves`, which also hands out the next
 * fencing token. Undefined: the endpoint is gone, or its state does not lead there.
 */
export async function moveState(
  db: Db,
  id: string,
  to: ComputeState,
  now = new Date(),
): Promise<EndpointWithProject | undefined> {
  return await db
    .updateTable('endpoints')
    .set(eb => ({
      state: to,
      gen: eb('gen', '+', 1),
      updated_at: now,
      ...(to === 'running' && { started_at: now, last_active_at: now }),
      ...(to === 'suspended' && { suspended_at: now }),
    }))
    .where('id', '=', id)
    .where('state', 'in', statesBefore(to))
    .returningAll()
    .returning([projectSettings.as('project_settings'), overSize.as('over_size')])
    .executeTakeFirst()
}

/**
 * `moveState` to `starting`, with all that a wake has to know, in one round trip: a client is waiting. Undefined: it is
 * not asleep, or may not be woken now; `findWithBranch` tells why.
 */
export async function startIfAsleep(db: Db, id: string): Promise<EndpointWithBranch | undefined> {
  const now = new Date()
  return await db
    .updateTable('endpoints')
    .from(['branches', 'projects'])
    .set(eb => ({ state: 'starting', gen: eb('endpoints.gen', '+', 1), updated_at: now }))
    .where('endpoints.id', '=', id)
    .where('endpoints.state', 'in', statesBefore('starting'))
    .where('endpoints.disabled', '=', false)
    .where('endpoints.deleted_at', 'is', null)
    .whereRef('branches.id', '=', 'endpoints.branch_id')
    .where('branches.state', '=', 'ready')
    .where('branches.deleted_at', 'is', null)
    .whereRef('projects.id', '=', 'endpoints.project_id')
    .where('projects.deleted_at', 'is', null)
    .where(eb =>
      eb.or([eb('projects.over_quota_until', 'is', null), eb('projects.over_quota_until', '<=', now)]),
    )
    .returningAll('endpoints')
    .returning([
      'branches.state as branch_state',
      'branches.contents as branch_contents',
      sql<boolean>`false`.as('gone'),
      rolesPending.as('roles_pending'),
      'projects.settings as project_settings',
      'branches.over_size',
      sql<null>`null`.as('over_quota'),
    ])
    .executeTakeFirst()
}

/** After a crash the engine may have seen a higher fence than the catalog, whose last commits need not be on disk. */
export async function raiseGen(db: Db, id: string, gen: number): Promise<void> {
  await db.updateTable('endpoints').set({ gen }).where('id', '=', id).where('gen', '<', gen).execute()
}

export async function markActive(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable('endpoints').set({ last_active_at: at }).where('id', '=', id).execute()
}

/**
 * When something last happened in these projects, as far as it is written down, and which of their computes run: of those
 * more is known in memory. One row a project in which anything ever did.
 */
export async function listActivity(
  db: Db,
  projectIds: string[],
): Promise<{ project_id: string; last_active_at: Date; running: string[] }[]> {
  if (projectIds.length === 0) return []
  return await db
    .selectFrom('endpoints')
    .select(eb => [
      'project_id',
      eb.fn.max('last_active_at').$castTo<Date>().as('last_active_at'),
      sql<string[]>`coalesce(array_agg(id) filter (where state = 'running'), '{}')`.as('running'),
    ])
    .where('project_id', 'in', projectIds)
    .where('internal', '=', false)
    .where('last_active_at', 'is not', null)
    .groupBy('project_id')
    .execute()
}
