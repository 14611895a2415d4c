import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

export const listJwks = route({
  operationId: 'getProjectJWKS',
  method: 'get',
  path: '/projects/{project_id}/jwks',
  summary: 'List the JWKS URLs of a project',
  params: projectParams,
  reply: z.object({ jwks: z.array(shapes.jwks) }),
  errors: ['project_not_found'],
})

export const addJwks = route({
  operationId: 'addProjectJWKS',
  method: 'post',
  path: '/projects/{project_id}/jwks',
  summary: 'Add a JWKS URL',
  params: projectParams,
  body: shapes.jwksCreateBody,
  status: 201,
  reply: z.object({ jwks: shapes.jwks, operations: z.array(shapes.operation) }),
  errors: ['project_not_found', 'branch_not_found', 'jwks_exists', 'jwks_limit'],
})

export const deleteJwks = route({
  operationId: 'deleteProjectJWKS',
  method: 'delete',
  path: '/projects/{project_id}/jwks/{jwks_id}',
  summary: 'Delete a JWKS URL',
  params: projectParams.extend({ jwks_id: shapes.pathText }),
  reply: shapes.jwks,
  errors: ['project_not_found', 'jwks_not_found'],
})
