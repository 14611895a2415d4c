import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

export const branchParams = projectParams.extend({ branch_id: shapes.pathText })
export const branchErrors = ['project_not_found', 'branch_not_found'] as const
const branchWithOperations = z.object({ branch: shapes.branch, operations: z.array(shapes.operation) })
const momentErrors = ['moment_out_of_window', 'moment_in_future', 'branch_not_ready'] as const

const branchSortFields = ['name', 'created_at', 'updated_at'] as const

export const listBranches = route({
  operationId: 'listProjectBranches',
  method: 'get',
  path: '/projects/{project_id}/branches',
  summary: 'List branches',
  params: projectParams,
  query: z.object({
    search: shapes.pathText.max(limits.projectNameChars).optional(),
    sort_by: z.enum(branchSortFields).optional(),
    sort_order: z.enum(['asc', 'desc']).optional(),
    limit: z.coerce.number().int().min(1).max(limits.branchListMax).optional(),
    cursor: shapes.pathText.max(1000).optional(),
    include_deleted: shapes.flag.optional(),
  }),
  reply: z.object({
    branches: z.array(shapes.branch),
    annotations: z.record(z.string(), shapes.annotation),
    pagination: shapes.cursorPagination.optional(),
  }),
  errors: ['project_not_found'],
})

export const countBranches = route({
  operationId: 'countProjectBranches',
  method: 'get',
  path: '/projects/{project_id}/branches/count',
  summary: 'How many branches there are',
  params: projectParams,
  query: z.object({ search: shapes.pathText.max(limits.projectNameChars).optional() }),
  reply: z.object({ count: z.number().int() }),
  errors: ['project_not_found'],
})

export const createBranch = route({
  operationId: 'createProjectBranch',
  method: 'post',
  path: '/projects/{project_id}/branches',
  summary: 'Branch off another branch, from now or from a moment of its history',
  params: projectParams,
  body: shapes.branchCreateBody,
  bodyOptional: true,
  status: 201,
  reply: z.object({
    branch: shapes.branch,
    endpoints: z.array(shapes.endpoint),
    operations: z.array(shapes.operation),
    roles: z.array(shapes.role),
    databases: z.array(shapes.database),
    connection_uris: z.array(shapes.connectionDetails).optional(),
  }),
  errors: [
    ...branchErrors,
    ...momentErrors,
    'branch_exists',
    'branches_limit',
    'endpoint_exists',
    'endpoint_read_only_unsupported',
    'setting_forbidden',
    'too_many_operations',
  ],
})

export const getBranch = route({
  operationId: 'getProjectBranch',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}',
  summary: 'Get a branch',
  params: branchParams,
  reply: z.object({ branch: shapes.branch, annotation: shapes.annotation }),
  errors: [...branchErrors],
})

export const updateBranch = route({
  operationId: 'updateProjectBranch',
  method: 'patch',
  path: '/projects/{project_id}/branches/{branch_id}',
  summary: 'Rename a branch, protect it, or have it expire',
  params: branchParams,
  body: shapes.branchUpdateBody,
  reply: branchWithOperations,
  errors: [...branchErrors, 'branch_exists'],
})

export const deleteBranch = route({
  operationId: 'deleteProjectBranch',
  method: 'delete',
  path: '/projects/{project_id}/branches/{branch_id}',
  summary: 'Delete a branch; where bytes are shared it can be recovered for seven days',
  params: branchParams,
  query: z.object({ hard_delete: shapes.flag.optional() }),
  mayBeMissing: true,
  reply: branchWithOperations,
  errors: [
    'project_not_found',
    'branch_protected',
    'branch_is_default',
    'branch_has_children',
    'too_many_operations',
  ],
})

export const recoverBranch = route({
  operationId: 'recoverProjectBranch',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/recover',
  summary: 'Take the deletion of a branch back',
  params: branchParams,
  reply: z.object({ branch: shapes.branch, endpoints: z.array(shapes.endpoint).optional() }),
  errors: [...branchErrors, 'branch_not_deleted', 'branch_not_recoverable', 'branch_exists'],
})

export const restoreBranch = route({
  operationId: 'restoreProjectBranch',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/restore',
  summary: 'Give a branch the data of a moment of its own or of another branch; its endpoints stay',
  params: branchParams,
  body: shapes.branchRestoreBody,
  reply: branchWithOperations,
  errors: [
    ...branchErrors,
    ...momentErrors,
    'branch_protected',
    'branch_exists',
    'preserve_name_missing',
    'restore_moment_missing',
    'too_many_operations',
  ],
})

export const finalizeRestore = route({
  operationId: 'finalizeRestoreBranch',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/finalize_restore',
  summary: 'Put a branch that was restored from a snapshot in the place of the one it was meant for',
  params: branchParams,
  body: shapes.finalizeRestoreBody,
  bodyOptional: true,
  reply: z.object({ operations: z.array(shapes.operation) }),
  errors: [
    ...branchErrors,
    'branch_not_restored',
    'branch_not_ready',
    'branch_exists',
    'too_many_operations',
  ],
})

export const setDefaultBranch = route({
  operationId: 'setDefaultProjectBranch',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/set_as_default',
  summary: 'Make a branch the default one',
  params: branchParams,
  reply: branchWithOperations,
  errors: [...branchErrors],
})

export const exportBranch = route({
  operationId: 'exportBranch',
  method: 'post',
  path: '/pilotlight/projects/{project_id}/branches/{branch_id}/export',
  summary: 'Write a branch out as a plain data directory (no path of Neon’s)',
  params: branchParams,
  body: shapes.branchExportBody,
  bodyOptional: true,
  reply: z.object({ path: z.string(), operations: z.array(shapes.operation) }),
  errors: [...branchErrors, 'branch_not_ready', 'export_exists', 'too_many_operations'],
})

export const getBranchHistory = route({
  operationId: 'getBranchHistory',
  method: 'get',
  path: '/pilotlight/projects/{project_id}/branches/{branch_id}/history',
  summary: 'Since when moments of a branch can be opened (no path of Neon’s)',
  params: branchParams,
  reply: z.object({
    history_retention_seconds: z.number().int(),
    /** Left out: its newest state only. */
    from: z.string().meta({ format: 'date-time' }).optional(),
    /** The end of its WAL. */
    lsn: z.string().optional(),
  }),
  errors: [...branchErrors],
})

export const listBranchEndpoints = route({
  operationId: 'listProjectBranchEndpoints',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/endpoints',
  summary: 'List the endpoints of a branch',
  params: branchParams,
  reply: z.object({ endpoints: z.array(shapes.endpoint) }),
  errors: [...branchErrors],
})
