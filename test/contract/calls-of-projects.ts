// Projects, their operations, settings and what hangs on them.

import { answered, type Call, ifCopiesAreCheap } from './calls.ts'

export const callsOfProjects: Call[] = [
  [
    'createProject',
    201,
    async world => {
      const answer = await world.api.createProject({ project: { name: 'second' } })
      const { project, endpoints } = answer.data
      world.made.set('second', project.id).set('second endpoint', endpoints[0]!.id)
      await world.pilotlight.settle(project.id)
      return answer
    },
  ],
  ['listProjects', 200, ({ api }) => api.listProjects({ limit: 10, search: 'second' })],
  ['listSharedProjects', 200, ({ api }) => api.listSharedProjects({})],
  ['getProject', 200, ({ api, project }) => api.getProject(project.id)],
  [
    'updateProject',
    200,
    ({ api, project }) =>
      api.updateProject(project.id, { project: { name: 'renamed', history_retention_seconds: 3600 } }),
  ],
  [
    'listProjectOperations',
    200,
    async ({ api, project, made }) => {
      const answer = await api.listProjectOperations({ projectId: project.id, limit: 2 })
      made.set('operation', answer.data.operations[0]!.id)
      return answer
    },
  ],
  [
    'getProjectOperation',
    200,
    ({ api, project, the }) => api.getProjectOperation(project.id, the('operation')),
  ],
  [
    'getConnectionURI',
    200,
    ({ api, project: { id, database, role } }) =>
      api.getConnectionUri({ projectId: id, database_name: database, role_name: role, pooled: true }),
  ],
  ['getAvailablePreloadLibraries', 200, ({ api, project }) => api.getAvailablePreloadLibraries(project.id)],
  [
    'getProjectAdvisorSecurityIssues',
    200,
    ({ api, project }) => api.getProjectAdvisorSecurityIssues({ projectId: project.id }),
  ],
  [
    'addProjectJWKS',
    201,
    async ({ api, project, made, settle }) => {
      const answer = await api.addProjectJwks(project.id, {
        jwks_url: 'https://example.com/.well-known/jwks.json',
        provider_name: 'Example',
      })
      made.set('jwks', answer.data.jwks.id)
      await settle()
      return answer
    },
  ],
  ['getProjectJWKS', 200, ({ api, project }) => api.getProjectJwks(project.id)],
  ['deleteProjectJWKS', 200, ({ api, project, the }) => api.deleteProjectJwks(project.id, the('jwks'))],
]

/** After everything else that looks at the second project. */
export const lastCallsOfProjects: Call[] = [
  ['deleteProject', 200, ({ api, the }) => api.deleteProject(the('second'))],
  ['recoverProject', ifCopiesAreCheap, ({ api, the }) => answered(api.recoverProject(the('second')))],
  ['getProject', 404, ({ api }) => answered(api.getProject('no-such-project'))],
]
