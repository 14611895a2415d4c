import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { branchErrors, branchParams } from './branches.ts'
import { route } from './route.ts'

const roleParams = branchParams.extend({ role_name: shapes.pathText })

export const listRoles = route({
  operationId: 'listProjectBranchRoles',
  method: 'get',
  path: '/projects/{project_id}/branches/{branch_id}/roles',
  summary: 'List roles',
  params: branchParams,
  reply: z.object({ roles: z.array(shapes.role) }),
  errors: [...branchErrors],
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
  reply: z.object({ role: shapes.role, operations: z.array(shapes.operation) }),
  errors: [...branchErrors, 'role_not_found', 'too_many_operations'],
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
