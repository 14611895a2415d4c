import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { branchErrors, branchParams } from './branches.ts'
import { route } from './route.ts'

const roleParams = branchParams.extend({ role_name: shapes.pathText })
const databaseParams = branchParams.extend({ database_name: shapes.pathText })

const roleWithOperations = z.object({ role: shapes.role, operations: z.array(shapes.operation) })
const databaseWithOperations = z.object({ database: shapes.database, operations: z.array(shapes.operation) })
const changeErrors = [...branchErrors, 'branch_not_ready', 'too_many_operations'] as const

export const listRoles = route({
  operationId: 'listProjectBranchRoles',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/roles',
  summary: 'List roles',
  params: branchParams,
  reply: z.object({ roles: z.array(shapes.role) }),
  errors: [...branchErrors],
})

export const createRole = route({
  operationId: 'createProjectBranchRole',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/roles',
  summary: 'Create a role; it can log in once the operations have finished',
  params: branchParams,
  body: shapes.roleCreateBody,
  status: 201,
  reply: roleWithOperations,
  errors: [...changeErrors, 'role_exists', 'roles_limit'],
})

export const getRole = route({
  operationId: 'getProjectBranchRole',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/roles/{role_name}',
  summary: 'Get a role',
  params: roleParams,
  reply: z.object({ role: shapes.role }),
  errors: [...branchErrors, 'role_not_found'],
})

export const deleteRole = route({
  operationId: 'deleteProjectBranchRole',
  method: 'delete',
  path: '/projects/{project_id}/branches/{branch_id}/roles/{role_name}',
  summary: 'Delete a role; what it owns goes to the owners of the databases',
  params: roleParams,
  mayBeMissing: true,
  reply: roleWithOperations,
  errors: [...changeErrors, 'role_reserved', 'role_owns_databases'],
})

export const revealPassword = route({
  operationId: 'getProjectBranchRolePassword',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reveal_password',
  summary: 'The password of a role',
  params: roleParams,
  reply: z.object({ password: z.string() }),
  errors: [...branchErrors, 'role_not_found', 'password_not_stored'],
})

export const resetPassword = route({
  operationId: 'resetProjectBranchRolePassword',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password',
  summary: 'Give a role a new password; the old one is valid until the operations have finished',
  params: roleParams,
  reply: roleWithOperations,
  errors: [...changeErrors, 'role_not_found', 'role_reserved', 'role_cannot_login'],
})

export const listDatabases = route({
  operationId: 'listProjectBranchDatabases',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/databases',
  summary: 'List databases',
  params: branchParams,
  reply: z.object({ databases: z.array(shapes.database) }),
  errors: [...branchErrors],
})

export const createDatabase = route({
  operationId: 'createProjectBranchDatabase',
  method: 'post',
  path: '/projects/{project_id}/branches/{branch_id}/databases',
  summary: 'Create a database; it can be connected to once the operations have finished',
  params: branchParams,
  body: shapes.databaseCreateBody,
  status: 201,
  reply: databaseWithOperations,
  errors: [...changeErrors, 'role_not_found', 'database_exists', 'databases_limit'],
})

export const getDatabase = route({
  operationId: 'getProjectBranchDatabase',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/databases/{database_name}',
  summary: 'Get a database',
  params: databaseParams,
  reply: z.object({ database: shapes.database }),
  errors: [...branchErrors, 'database_not_found'],
})

export const updateDatabase = route({
  operationId: 'updateProjectBranchDatabase',
  method: 'patch',
  path: '/projects/{project_id}/branches/{branch_id}/databases/{database_name}',
  summary: 'Rename a database, which ends its sessions, or give it to another role',
  params: databaseParams,
  body: shapes.databaseUpdateBody,
  reply: databaseWithOperations,
  errors: [...changeErrors, 'database_not_found', 'database_reserved', 'database_exists', 'role_not_found'],
})

export const deleteDatabase = route({
  operationId: 'deleteProjectBranchDatabase',
  method: 'delete',
  path: '/projects/{project_id}/branches/{branch_id}/databases/{database_name}',
  summary: 'Delete a database; open sessions in it end',
  params: databaseParams,
  mayBeMissing: true,
  reply: databaseWithOperations,
  errors: [...changeErrors, 'database_reserved'],
})
