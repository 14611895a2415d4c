// Branches with their endpoints, schemas and snapshots.

import { EndpointType } from '@neondatabase/api-client'
import { answered, type Call, ifCopiesAreCheap } from './calls.ts'

export const callsOfBranches: Call[] = [
  [
    'createProjectBranch',
    201,
    async ({ api, project, made, settle }) => {
      const answer = await api.createProjectBranch(project.id, {
        branch: { name: 'child' },
        endpoints: [{ type: EndpointType.ReadWrite }],
        annotation_value: { ticket: '1' },
      })
      made.set('branch', answer.data.branch.id).set('branch endpoint', answer.data.endpoints[0]!.id)
      await settle()
      return answer
    },
  ],
  [
    'listProjectBranches',
    200,
    ({ api, project }) => api.listProjectBranches({ projectId: project.id, limit: 1 }),
  ],
  ['countProjectBranches', 200, ({ api, project }) => api.countProjectBranches({ projectId: project.id })],
  ['getProjectBranch', 200, ({ api, project, the }) => api.getProjectBranch(project.id, the('branch'))],
  [
    'updateProjectBranch',
    200,
    ({ api, project, the }) =>
      api.updateProjectBranch(project.id, the('branch'), {
        branch: { name: 'kid', expires_at: new Date(Date.now() + 86_400_000).toISOString() },
      }),
  ],
  [
    'setDefaultProjectBranch',
    200,
    async ({ api, project, the, settle }) => {
      // A branch that expires cannot be the default.
      await api.updateProjectBranch(project.id, the('branch'), {
        branch: { expires_at: null as unknown as string },
      })
      const answer = await api.setDefaultProjectBranch(project.id, the('branch'))
      await settle()
      await api.setDefaultProjectBranch(project.id, project.branchId)
      await settle()
      return answer
    },
  ],
  [
    'restoreProjectBranch',
    200,
    async ({ api, project, the, settle }) => {
      const answer = await api.restoreProjectBranch(project.id, the('branch'), {
        source_branch_id: project.branchId,
      })
      await settle()
      return answer
    },
  ],
  [
    'getProjectBranchSchema',
    200,
    ({ api, project }) =>
      api.getProjectBranchSchema({
        projectId: project.id,
        branchId: project.branchId,
        db_name: project.database,
      }),
  ],
  [
    'getProjectBranchSchema',
    200,
    ({ api, project }) =>
      api.getProjectBranchSchema({
        projectId: project.id,
        branchId: project.branchId,
        db_name: project.database,
        format: 'json',
      }),
  ],
  [
    'getProjectBranchSchemaComparison',
    200,
    ({ api, project, the }) =>
      api.getProjectBranchSchemaComparison({
        projectId: project.id,
        branchId: the('branch'),
        db_name: project.database,
      }),
  ],
  [
    'listProjectBranchEndpoints',
    200,
    ({ api, project, the }) => api.listProjectBranchEndpoints(project.id, the('branch')),
  ],
  [
    'deleteProjectEndpoint',
    200,
    async ({ api, project, the, settle }) => {
      const answer = await api.deleteProjectEndpoint(project.id, the('branch endpoint'))
      await settle()
      return answer
    },
  ],
  [
    'deleteProjectEndpoint',
    204,
    ({ api, project }) => api.deleteProjectEndpoint(project.id, 'ep-none-none-12345678'),
  ],
  [
    'createProjectEndpoint',
    201,
    async ({ api, project, the, made, settle }) => {
      const answer = await api.createProjectEndpoint(project.id, {
        endpoint: { branch_id: the('branch'), type: EndpointType.ReadWrite },
      })
      made.set('endpoint', answer.data.endpoint.id)
      await settle()
      return answer
    },
  ],
  ['listProjectEndpoints', 200, ({ api, project }) => api.listProjectEndpoints(project.id)],
  ['getProjectEndpoint', 200, ({ api, project, the }) => api.getProjectEndpoint(project.id, the('endpoint'))],
  [
    'updateProjectEndpoint',
    200,
    async ({ api, project, the, settle }) => {
      const answer = await api.updateProjectEndpoint(project.id, the('endpoint'), {
        endpoint: { suspend_timeout_seconds: 600 },
      })
      await settle()
      return answer
    },
  ],
  ...(['start', 'restart', 'suspend'] as const).map(
    (action): Call => [
      `${action}ProjectEndpoint`,
      200,
      async ({ api, project, the, settle }) => {
        const answer = await api[`${action}ProjectEndpoint`](project.id, the('endpoint'))
        await settle()
        return answer
      },
    ],
  ),
  [
    'createSnapshot',
    200,
    async ({ api, project, made, settle }) => {
      const answer = await api.createSnapshot({
        projectId: project.id,
        branchId: project.branchId,
        name: 'kept',
      })
      made.set('snapshot', answer.data.snapshot.id)
      await settle()
      return answer
    },
  ],
  ['listSnapshots', 200, ({ api, project }) => api.listSnapshots(project.id)],
  [
    'updateSnapshot',
    200,
    ({ api, project, the }) =>
      api.updateSnapshot(project.id, the('snapshot'), { snapshot: { name: 'held' } }),
  ],
  [
    'restoreSnapshot',
    200,
    async ({ api, project, the, made, settle }) => {
      const answer = await api.restoreSnapshot(
        { projectId: project.id, snapshotId: the('snapshot') },
        { name: 'again' },
      )
      made.set('restored', answer.data.branch.id)
      await settle()
      return answer
    },
  ],
  [
    'finalizeRestoreBranch',
    200,
    async ({ api, project, the, settle }) => {
      const answer = await api.finalizeRestoreBranch(project.id, the('restored'), { name: 'before' })
      await settle()
      return answer
    },
  ],
  [
    'deleteSnapshot',
    202,
    async ({ api, project, the, settle }) => {
      const answer = await api.deleteSnapshot(project.id, the('snapshot'))
      await settle()
      return answer
    },
  ],
  [
    'setSnapshotSchedule',
    200,
    ({ api, project, the }) =>
      api.setSnapshotSchedule(project.id, the('branch'), {
        schedule: [{ frequency: 'daily', hour: 3, retention_seconds: 86_400 }],
      }),
  ],
  ['getSnapshotSchedule', 200, ({ api, project, the }) => api.getSnapshotSchedule(project.id, the('branch'))],
]

/** After all that uses the branch. */
export const lastCallsOfBranches: Call[] = [
  [
    'deleteProjectBranch',
    200,
    async ({ api, project, the, settle }) => {
      const answer = await api.deleteProjectBranch({ projectId: project.id, branchId: the('branch') })
      await settle()
      return answer
    },
  ],
  [
    'deleteProjectBranch',
    204,
    ({ api, project }) => api.deleteProjectBranch({ projectId: project.id, branchId: 'br-no-such-12345678' }),
  ],
  [
    'recoverProjectBranch',
    ifCopiesAreCheap,
    async ({ api, project, the, settle }) => {
      const answer = await answered(api.recoverProjectBranch(project.id, the('branch')))
      await settle()
      return answer
    },
  ],
]
