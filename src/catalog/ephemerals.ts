import type { Db } from './catalog.ts'
import type { BranchState, DataOrigin } from './schema.ts'

/** A branch of kind `ephemeral` with the one endpoint on it. */
export interface Ephemeral {
  project_id: string
  branch_id: string
  state: BranchState
  origin: DataOrigin
  /** Null: a dead control was about to remove the rest. */
  endpoint_id: string | null
  /** Whether its compute runs, as far as the catalog knows. */
  running: boolean
}

export async function list(db: Db): Promise<Ephemeral[]> {
  const rows = await db
    .selectFrom('branches')
    .leftJoin('endpoints', 'endpoints.branch_id', 'branches.id')
    .select(['branches.project_id', 'branches.id as branch_id', 'branches.state', 'branches.origin'])
    .select(['endpoints.id as endpoint_id', 'endpoints.state as endpoint_state'])
    .where('branches.kind', '=', 'ephemeral')
    .orderBy('branches.created_at')
    .execute()
  return rows.map(({ endpoint_state, ...row }) => ({ ...row, running: endpoint_state === 'running' }))
}

export async function count(db: Db, projectId: string): Promise<number> {
  const row = await db
    .selectFrom('branches')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    .where('kind', '=', 'ephemeral')
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
