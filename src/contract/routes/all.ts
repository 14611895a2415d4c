// All routes that are served, and what of Neon's some of them leave out. docs/api.md is written from it.

import * as routes from './index.ts'

const isRoute = (value: unknown): value is routes.Route =>
  typeof value === 'object' && value !== null && 'operationId' in value && 'errorReply' in value

/** Ours below /pilotlight, too. */
export const served: readonly routes.Route[] = Object.values<unknown>(routes).filter(isRoute)

/** By operationId: what is not as at Neon, in a sentence or two. */
export const partly: Readonly<Record<string, string>> = {
  createProject:
    '`region_id` is the one of this installation. Roles and databases of an import are learnt later.',
  deleteProject: 'Where branches are full copies it cannot be recovered.',
  deleteProjectBranch: 'Where branches are full copies it cannot be recovered.',
  createOrganizationInvitations: 'Refused: there is one user, and no mail.',
  transferProjectsFromOrgToOrg: 'There is one organization, which keeps them.',
  transferProjectsFromUserToOrg: 'There is one organization, which has them.',
  addProjectJWKS: 'Kept and shown. JWTs are not verified yet, and no roles are made.',
  createProjectEndpoint: '`read_only` endpoints are refused until there are read replicas.',
  createProjectBranch:
    '`read_only` endpoints are refused until there are read replicas. Nothing is ever archived.',
  getConnectionURI: '`pooled` gives the pooled host name, which is served without a pool.',
}
