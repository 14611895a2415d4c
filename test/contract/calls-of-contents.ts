// Roles and databases of a branch.

import type { Call } from './calls.ts'

export const callsOfContents: Call[] = [
  [
    'createProjectBranchRole',
    201,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.createProjectBranchRole(id, branchId, { role: { name: 'ada' } })
      await settle()
      return answer
    },
  ],
  [
    'listProjectBranchRoles',
    200,
    ({ api, project: { id, branchId } }) => api.listProjectBranchRoles(id, branchId),
  ],
  [
    'getProjectBranchRole',
    200,
    ({ api, project: { id, branchId } }) => api.getProjectBranchRole(id, branchId, 'ada'),
  ],
  [
    'getProjectBranchRolePassword',
    200,
    ({ api, project: { id, branchId } }) => api.getProjectBranchRolePassword(id, branchId, 'ada'),
  ],
  [
    'resetProjectBranchRolePassword',
    200,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.resetProjectBranchRolePassword(id, branchId, 'ada')
      await settle()
      return answer
    },
  ],
  [
    'createProjectBranchDatabase',
    201,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.createProjectBranchDatabase(id, branchId, {
        database: { name: 'books', owner_name: 'ada' },
      })
      await settle()
      return answer
    },
  ],
  [
    'listProjectBranchDatabases',
    200,
    ({ api, project: { id, branchId } }) => api.listProjectBranchDatabases(id, branchId),
  ],
  [
    'getProjectBranchDatabase',
    200,
    ({ api, project: { id, branchId } }) => api.getProjectBranchDatabase(id, branchId, 'books'),
  ],
  [
    'updateProjectBranchDatabase',
    200,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.updateProjectBranchDatabase(id, branchId, 'books', {
        database: { name: 'shelf' },
      })
      await settle()
      return answer
    },
  ],
  [
    'deleteProjectBranchDatabase',
    200,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.deleteProjectBranchDatabase(id, branchId, 'shelf')
      await settle()
      return answer
    },
  ],
  [
    'deleteProjectBranchDatabase',
    204,
    ({ api, project: { id, branchId } }) => api.deleteProjectBranchDatabase(id, branchId, 'never'),
  ],
  [
    'deleteProjectBranchRole',
    200,
    async ({ api, project: { id, branchId }, settle }) => {
      const answer = await api.deleteProjectBranchRole(id, branchId, 'ada')
      await settle()
      return answer
    },
  ],
  [
    'deleteProjectBranchRole',
    204,
    ({ api, project: { id, branchId } }) => api.deleteProjectBranchRole(id, branchId, 'never'),
  ],
]
