import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const projectParams = z.object({ project_id: shapes.pathText })
const tag = 'projects'

export const listProjects = route({
  operationId: 'listProjects',
  method: 'get',
  path: `/${tag}`,
  summary: 'List projects, newest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(limits.projectListMax).optional(),
    cursor: shapes.pathText.max(100).optional(),
    search: shapes.pathText.max(limits.projectNameChars).optional(),
    org_id: z.string().optional(),
  }),
  reply: z.object({
    projects: z.array(shapes.projectListItem),
    pagination: z.object({ cursor: z.string() }).optional(),
    applications: z.object({}),
    integrations: z.object({}),
  }),
})

export const listSharedProjects = route({
  operationId: 'listSharedProjects',
  method: 'get',
  path: `/${tag}/shared`,
  summary: 'Projects that others share with this account: none, there is one account',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(limits.projectListMax).optional(),
    cursor: shapes.pathText.max(100).optional(),
    search: shapes.pathText.max(limits.projectNameChars).optional(),
  }),
  reply: z.object({ projects: z.array(shapes.projectListItem) }),
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
  errors: ['postgres_build_missing', 'import_not_found'],
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
  errors: ['project_not_found', 'too_many_operations'],
})

export const deleteProject = route({
  operationId: 'deleteProject',
  method: 'delete',
  path: `/${tag}/{project_id}`,
  summary: 'Delete a project with all of its data',
  params: projectParams,
  reply: z.object({ project: shapes.project }),
  errors: ['project_not_found', 'project_has_protected_branch'],
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
    pooled: z.enum(['true', 'false']).optional(),
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

export const listOperations = route({
  operationId: 'listProjectOperations',
  method: 'get',
  path: `/${tag}/{project_id}/operations`,
  summary: 'List operations, newest first',
  params: projectParams,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(limits.operationListMax).optional(),
    cursor: z.uuid('cursor is not one that this list gave out').optional(),
  }),
  reply: z.object({
    operations: z.array(shapes.operation),
    pagination: z.object({ cursor: z.string() }).optional(),
  }),
  errors: ['project_not_found'],
})

export const getOperation = route({
  operationId: 'getProjectOperation',
  method: 'get',
  path: `/${tag}/{project_id}/operations/{operation_id}`,
  summary: 'Get an operation',
  params: projectParams.extend({ operation_id: z.uuid('operation_id is not a UUID') }),
  reply: z.object({ operation: shapes.operation }),
  errors: ['project_not_found', 'operation_not_found'],
})
