import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const projectParams = z.object({ project_id: shapes.pathText })
const tag = 'projects'

/** Accepted, as the document has it; a list is one query, which takes no time worth bounding. */
const timeout = z.coerce.number().int().min(100).max(30_000).optional()

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limits.projectListMax).optional(),
  cursor: shapes.pathText.max(200).optional(),
  search: shapes.pathText.max(limits.projectNameChars).optional(),
  timeout,
})

const list = z.object({
  projects: z.array(shapes.projectListItem),
  unavailable_project_ids: shapes.unavailableProjectIds.optional(),
  pagination: shapes.pagination.optional(),
})

export const listProjects = route({
  operationId: 'listProjects',
  method: 'get',
  path: `/${tag}`,
  summary: 'List projects, newest first; with recoverable=true those that were deleted and can be recovered',
  query: listQuery.extend({
    org_id: z.string().max(60).optional(),
    recoverable: shapes.flag.optional(),
  }),
  reply: list.extend({
    /** None are known here. */
    applications: z.record(z.string(), z.array(z.never())),
    integrations: z.record(z.string(), z.array(z.never())),
  }),
})

export const listSharedProjects = route({
  operationId: 'listSharedProjects',
  method: 'get',
  path: `/${tag}/shared`,
  summary: 'Projects that others share with this account: none, there is one account',
  query: listQuery,
  reply: list,
})

export const createProject = route({
  operationId: 'createProject',
  method: 'post',
  path: `/${tag}`,
  summary: 'Create a project with its branch, endpoint, role and database',
  body: shapes.projectCreateBody,
  status: 201,
  reply: z.object({
    project: shapes.project,
    connection_uris: z.array(shapes.connectionDetails),
    roles: z.array(shapes.role),
    databases: z.array(shapes.database),
    operations: z.array(shapes.operation),
    branch: shapes.branch,
    endpoints: z.array(shapes.endpoint),
  }),
  errors: ['postgres_build_missing', 'import_not_found', 'setting_forbidden'],
})

export const getProject = route({
  operationId: 'getProject',
  method: 'get',
  path: `/${tag}/{project_id}`,
  summary: 'Get a project',
  params: projectParams,
  reply: z.object({ project: shapes.project }),
  errors: ['project_not_found'],
})

export const updateProject = route({
  operationId: 'updateProject',
  method: 'patch',
  path: `/${tag}/{project_id}`,
  summary: 'Rename a project, or change its settings',
  params: projectParams,
  body: shapes.projectUpdateBody,
  reply: z.object({ project: shapes.project, operations: z.array(shapes.operation) }),
  errors: ['project_not_found', 'setting_forbidden', 'too_many_operations'],
})

export const deleteProject = route({
  operationId: 'deleteProject',
  method: 'delete',
  path: `/${tag}/{project_id}`,
  summary: 'Delete a project; where bytes are shared it can be recovered for seven days',
  params: projectParams,
  reply: z.object({ project: shapes.project }),
  errors: ['project_not_found', 'project_has_protected_branch'],
})

export const recoverProject = route({
  operationId: 'recoverProject',
  method: 'post',
  path: `/${tag}/{project_id}/recover`,
  summary: 'Take the deletion of a project back, with all that is in it',
  params: projectParams,
  reply: shapes.recoveredProject,
  errors: ['project_not_found', 'project_not_deleted'],
})

export const getConnectionUri = route({
  operationId: 'getConnectionURI',
  method: 'get',
  path: `/${tag}/{project_id}/connection_uri`,
  summary: 'The connection string of a database and role',
  params: projectParams,
  query: z.object({
    database_name: shapes.pathText.max(limits.identifierBytes),
    role_name: shapes.pathText.max(limits.identifierBytes),
    branch_id: shapes.pathText.optional(),
    endpoint_id: shapes.pathText.optional(),
    pooled: shapes.flag.optional(),
  }),
  reply: z.object({ uri: z.string() }),
  errors: [
    'project_not_found',
    'branch_not_found',
    'endpoint_not_found',
    'database_not_found',
    'role_not_found',
  ],
})
