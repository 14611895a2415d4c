import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { organizationParams } from './organizations.ts'
import { route } from './route.ts'

const keyId = z.coerce.number('key_id is not a number').int().min(1).max(Number.MAX_SAFE_INTEGER)

export const listApiKeys = route({
  operationId: 'listApiKeys',
  method: 'get',
  path: '/api_keys',
  summary: 'List personal API keys',
  reply: z.array(shapes.apiKeyListItem),
  errors: ['not_for_organization_keys'],
})

export const createApiKey = route({
  operationId: 'createApiKey',
  method: 'post',
  path: '/api_keys',
  summary: 'Create a personal API key; it is shown once',
  body: z.object({ key_name: shapes.apiKeyName }),
  reply: shapes.createdApiKey,
  errors: ['not_for_organization_keys', 'api_keys_limit'],
})

export const revokeApiKey = route({
  operationId: 'revokeApiKey',
  method: 'delete',
  path: '/api_keys/{key_id}',
  summary: 'Revoke a personal API key, at once and for good',
  params: z.object({ key_id: keyId }),
  reply: shapes.revokedApiKey,
  errors: ['not_for_organization_keys', 'api_key_not_found'],
})

export const listOrgApiKeys = route({
  operationId: 'listOrgApiKeys',
  method: 'get',
  path: '/organizations/{org_id}/api_keys',
  summary: 'List the API keys of an organization and of its projects',
  params: organizationParams,
  reply: z.array(shapes.orgApiKeyListItem),
  errors: ['organization_not_found'],
})

export const createOrgApiKey = route({
  operationId: 'createOrgApiKey',
  method: 'post',
  path: '/organizations/{org_id}/api_keys',
  summary: 'Create an API key of an organization, or of one of its projects; it is shown once',
  params: organizationParams,
  body: z.object({ key_name: shapes.apiKeyName, project_id: shapes.pathText.optional() }),
  reply: shapes.createdOrgApiKey,
  errors: ['not_for_organization_keys', 'organization_not_found', 'project_not_found', 'api_keys_limit'],
})

export const revokeOrgApiKey = route({
  operationId: 'revokeOrgApiKey',
  method: 'delete',
  path: '/organizations/{org_id}/api_keys/{key_id}',
  summary: 'Revoke an API key of an organization or of one of its projects, at once and for good',
  params: organizationParams.extend({ key_id: keyId }),
  reply: shapes.revokedOrgApiKey,
  errors: ['not_for_organization_keys', 'organization_not_found', 'api_key_not_found'],
})
