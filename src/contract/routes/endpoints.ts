import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { projectParams } from './projects.ts'
import { route } from './route.ts'

const endpointParams = projectParams.extend({ endpoint_id: shapes.pathText })
const endpointErrors = ['project_not_found', 'endpoint_not_found'] as const
const endpointWithOperations = z.object({ endpoint: shapes.endpoint, operations: z.array(shapes.operation) })
const actionErrors = [
  ...endpointErrors,
  'endpoint_in_transition',
  'endpoint_disabled',
  'too_many_operations',
] as const

export const listEndpoints = route({
  operationId: 'listProjectEndpoints',
  method: 'get',
  path: '/projects/{project_id}/endpoints',
  summary: 'List endpoints',
  params: projectParams,
  reply: z.object({ endpoints: z.array(shapes.endpoint) }),
  errors: ['project_not_found'],
})

export const createEndpoint = route({
  operationId: 'createProjectEndpoint',
  method: 'post',
  path: '/projects/{project_id}/endpoints',
  summary: 'Give a branch an endpoint',
  params: projectParams,
  body: shapes.endpointCreateBody,
  status: 201,
  reply: endpointWithOperations,
  errors: [
    'project_not_found',
    'branch_not_found',
    'endpoint_exists',
    'endpoints_limit',
    'endpoint_read_only_unsupported',
    'setting_forbidden',
    'too_many_operations',
  ],
})

export const updateEndpoint = route({
  operationId: 'updateProjectEndpoint',
  method: 'patch',
  path: '/projects/{project_id}/endpoints/{endpoint_id}',
  summary: 'Change the settings of an endpoint',
  params: endpointParams,
  body: shapes.endpointUpdateBody,
  reply: endpointWithOperations,
  errors: [...endpointErrors, 'setting_forbidden', 'too_many_operations'],
})

export const deleteEndpoint = route({
  operationId: 'deleteProjectEndpoint',
  method: 'delete',
  path: '/projects/{project_id}/endpoints/{endpoint_id}',
  summary: 'Delete an endpoint; open sessions end',
  params: endpointParams,
  mayBeMissing: true,
  reply: endpointWithOperations,
  errors: ['project_not_found', 'endpoint_protected', 'too_many_operations'],
})

export const getEndpoint = route({
  operationId: 'getProjectEndpoint',
  method: 'get',
  path: '/projects/{project_id}/endpoints/{endpoint_id}',
  summary: 'Get an endpoint',
  params: endpointParams,
  reply: z.object({ endpoint: shapes.endpoint }),
  errors: [...endpointErrors],
})

export const startEndpoint = route({
  operationId: 'startProjectEndpoint',
  method: 'post',
  path: '/projects/{project_id}/endpoints/{endpoint_id}/start',
  summary: 'Start the compute',
  params: endpointParams,
  reply: endpointWithOperations,
  errors: [...actionErrors],
})

export const suspendEndpoint = route({
  operationId: 'suspendProjectEndpoint',
  method: 'post',
  path: '/projects/{project_id}/endpoints/{endpoint_id}/suspend',
  summary: 'Suspend the compute; open sessions end',
  params: endpointParams,
  reply: endpointWithOperations,
  errors: [...actionErrors],
})

export const restartEndpoint = route({
  operationId: 'restartProjectEndpoint',
  method: 'post',
  path: '/projects/{project_id}/endpoints/{endpoint_id}/restart',
  summary: 'Suspend and start the compute',
  params: endpointParams,
  reply: endpointWithOperations,
  errors: [...actionErrors],
})
