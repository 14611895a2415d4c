import { z } from 'zod'
import { limits } from '../limits.ts'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

export const listOperations = route({
  operationId: 'listProjectOperations',
  method: 'get',
  path: '/projects/{project_id}/operations',
  summary: 'List operations, newest first',
  params: projectParams,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(limits.operationListMax).optional(),
    cursor: shapes.pathText.optional(),
  }),
  reply: z.object({
    operations: z.array(shapes.operation),
    pagination: shapes.pagination.optional(),
  }),
  errors: ['project_not_found'],
})

export const getOperation = route({
  operationId: 'getProjectOperation',
  method: 'get',
  path: '/projects/{project_id}/operations/{operation_id}',
  summary: 'Get an operation',
  params: projectParams.extend({ operation_id: z.uuid('operation_id is not a UUID') }),
  reply: z.object({ operation: shapes.operation }),
  errors: ['project_not_found', 'operation_not_found'],
})
