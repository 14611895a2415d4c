import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { branchErrors, branchParams } from './branches.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

const snapshotParams = projectParams.extend({ snapshot_id: shapes.pathText })
const snapshotErrors = ['project_not_found', 'snapshot_not_found'] as const

export const createSnapshot = route({
  operationId: 'createSnapshot',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/snapshot',
  summary: 'Keep a branch as it is, or was at a moment of its history',
  params: branchParams,
  query: z.object({
    lsn: shapes.lsn.optional(),
    timestamp: shapes.moment.optional(),
    name: shapes.displayName.optional(),
    expires_at: shapes.moment.optional(),
  }),
  reply: z.object({ snapshot: shapes.snapshot, operations: z.array(shapes.operation) }),
  errors: [
    ...branchErrors,
    'branch_not_ready',
    'moment_out_of_window',
    'moment_in_future',
    'snapshots_limit',
    'too_many_operations',
  ],
})

export const listSnapshots = route({
  operationId: 'listSnapshots',
  method: 'get',
  path: '/projects/{project_id}/snapshots',
  summary: 'List snapshots, newest first',
  params: projectParams,
  reply: z.object({ snapshots: z.array(shapes.snapshot) }),
  errors: ['project_not_found'],
})

export const updateSnapshot = route({
  operationId: 'updateSnapshot',
  method: 'patch',
  path: '/projects/{project_id}/snapshots/{snapshot_id}',
  summary: 'Rename a snapshot, or have it expire',
  params: snapshotParams,
  body: shapes.snapshotUpdateBody,
  reply: z.object({ snapshot: shapes.snapshot }),
  errors: [...snapshotErrors],
})

export const deleteSnapshot = route({
  operationId: 'deleteSnapshot',
  method: 'delete',
  path: '/projects/{project_id}/snapshots/{snapshot_id}',
  summary: 'Delete a snapshot',
  params: snapshotParams,
  status: 202,
  reply: z.object({ operations: z.array(shapes.operation) }),
  errors: [...snapshotErrors, 'too_many_operations'],
})

export const restoreSnapshot = route({
  operationId: 'restoreSnapshot',
  method: 'post',
  path: '/projects/{project_id}/snapshots/{snapshot_id}/restore',
  summary: 'Make a branch of a snapshot, beside the branch it was taken of or in its place',
  params: snapshotParams,
  query: z.object({ name: shapes.displayName.optional() }),
  body: shapes.snapshotRestoreBody,
  bodyOptional: true,
  reply: z.object({
    branch: shapes.branch,
    endpoints: z.array(shapes.endpoint).optional(),
    operations: z.array(shapes.operation),
  }),
  errors: [
    ...snapshotErrors,
    'snapshot_not_ready',
    'branch_not_found',
    'branch_exists',
    'branches_limit',
    'too_many_operations',
  ],
})

export const getBackupSchedule = route({
  operationId: 'getSnapshotSchedule',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/backup_schedule',
  summary: 'When snapshots of a branch are made',
  params: branchParams,
  reply: shapes.backupSchedule,
  errors: [...branchErrors],
})

export const setBackupSchedule = route({
  operationId: 'setSnapshotSchedule',
  method: 'put',
  path: '/projects/{project_id}/branches/{branch_id}/backup_schedule',
  summary: 'Have snapshots of a branch made',
  params: branchParams,
  body: shapes.backupSchedule,
  reply: z.object({}),
  errors: [...branchErrors],
})
