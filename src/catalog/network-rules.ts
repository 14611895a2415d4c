import type { Db } from './catalog.ts'
import type { ProjectSettings } from './schema.ts'

export interface NetworkRules {
  /** Of an endpoint's branch, or of the branch. */
  protected: boolean
  settings: ProjectSettings
}

/** From where clients may come to this endpoint, or to this branch by its own name. Undefined: there is none. */
export async function find(
  db: Db,
  place: { endpointId: string } | { branchId: string },
): Promise<NetworkRules | undefined> {
  const query = db
    .selectFrom('branches')
    .innerJoin('projects', 'projects.id', 'branches.project_id')
    .select(['branches.protected', 'projects.settings'])
  const one =
    'branchId' in place
      ? query.where('branches.id', '=', place.branchId)
      : query.where(eb =>
          eb(
            'branches.id',
            '=',
            eb
              .selectFrom('endpoints')
              .select('endpoints.branch_id')
              .where('endpoints.id', '=', place.endpointId),
          ),
        )
  return await one.executeTakeFirst()
}
