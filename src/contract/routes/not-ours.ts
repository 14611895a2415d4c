// Neon's paths that are no part of Pilotlight, as data. Each is answered in the way that lets Neon's clients carry on:
// what has nothing in it is an empty list, what would be one thing is absent, what would make something is not available.

import { z } from 'zod'
import { pathText } from '../shapes/basics.ts'
import { type Route, route } from './route.ts'

/** A body: there is none of it, or nothing to take away. absent: 404. unavailable: 501. */
export type NotOursAnswer = Record<string, null | readonly never[]> | 'absent' | 'unavailable'

const org = '/organizations/{org_id}'
const vpcOfOrg = `${org}/vpc`
const project = '/projects/{project_id}'
const branch = `${project}/branches/{branch_id}`
const auth = `${branch}/auth`
const bucket = `${branch}/buckets/{bucket_name}`

type Row = readonly [operationId: string, method: Route['method'], path: string, answer: NotOursAnswer]

export interface NotOurs {
  /** What it is about, and its verb: "Neon Auth is" not available. */
  feature: string
  route: Route
  answer: NotOursAnswer
}

/** There is one account: access that is granted to nobody must not look granted. */
const permissions: readonly Row[] = [
  ['listProjectPermissions', 'get', `${project}/permissions`, { project_permissions: [] }],
  ['grantPermissionToProject', 'post', `${project}/permissions`, 'unavailable'],
  ['revokePermissionFromProject', 'delete', `${project}/permissions/{permission_id}`, 'absent'],
]

const transfers: readonly Row[] = [
  ['createProjectTransferRequest', 'post', `${project}/transfer_requests`, 'unavailable'],
  ['acceptProjectTransferRequest', 'put', `${project}/transfer_requests/{request_id}`, 'unavailable'],
]

const dataApi: readonly Row[] = [
  ['createProjectBranchDataAPI', 'post', `${branch}/data-api/{database_name}`, 'unavailable'],
  ['updateProjectBranchDataAPI', 'patch', `${branch}/data-api/{database_name}`, 'unavailable'],
  ['deleteProjectBranchDataAPI', 'delete', `${branch}/data-api/{database_name}`, 'absent'],
  ['getProjectBranchDataAPI', 'get', `${branch}/data-api/{database_name}`, 'absent'],
]

const neonAuth: readonly Row[] = [
  ['createNeonAuthIntegration', 'post', '/projects/auth/create', 'unavailable'],
  ['getNeonAuth', 'get', auth, 'absent'],
  ['createNeonAuth', 'post', auth, 'unavailable'],
  ['disableNeonAuth', 'delete', auth, 'absent'],
  ['listNeonAuthRedirectURIWhitelistDomains', 'get', `${project}/auth/domains`, { domains: [] }],
  ['addNeonAuthDomainToRedirectURIWhitelist', 'post', `${project}/auth/domains`, 'unavailable'],
  ['deleteNeonAuthDomainFromRedirectURIWhitelist', 'delete', `${project}/auth/domains`, 'absent'],
  ['listBranchNeonAuthTrustedDomains', 'get', `${auth}/domains`, { domains: [] }],
  ['addBranchNeonAuthTrustedDomain', 'post', `${auth}/domains`, 'unavailable'],
  ['deleteBranchNeonAuthTrustedDomain', 'delete', `${auth}/domains`, 'absent'],
  ['createNeonAuthProviderSDKKeys', 'post', '/projects/auth/keys', 'unavailable'],
  ['createNeonAuthNewUser', 'post', '/projects/auth/user', 'unavailable'],
  ['createBranchNeonAuthNewUser', 'post', `${auth}/users`, 'unavailable'],
  ['deleteBranchNeonAuthUser', 'delete', `${auth}/users/{auth_user_id}`, 'absent'],
  ['updateNeonAuthUserRole', 'put', `${auth}/users/{auth_user_id}/role`, 'unavailable'],
  ['deleteNeonAuthUser', 'delete', `${project}/auth/users/{auth_user_id}`, 'absent'],
  ['transferNeonAuthProviderProject', 'post', '/projects/auth/transfer_ownership', 'unavailable'],
  ['listNeonAuthIntegrations', 'get', `${project}/auth/integrations`, { data: [] }],
  ['listNeonAuthOauthProviders', 'get', `${project}/auth/oauth_providers`, { providers: [] }],
  ['addNeonAuthOauthProvider', 'post', `${project}/auth/oauth_providers`, 'unavailable'],
  ['listBranchNeonAuthOauthProviders', 'get', `${auth}/oauth_providers`, { providers: [] }],
  ['addBranchNeonAuthOauthProvider', 'post', `${auth}/oauth_providers`, 'unavailable'],
  [
    'updateNeonAuthOauthProvider',
    'patch',
    `${project}/auth/oauth_providers/{oauth_provider_id}`,
    'unavailable',
  ],
  ['deleteNeonAuthOauthProvider', 'delete', `${project}/auth/oauth_providers/{oauth_provider_id}`, 'absent'],
  [
    'updateBranchNeonAuthOauthProvider',
    'patch',
    `${auth}/oauth_providers/{oauth_provider_id}`,
    'unavailable',
  ],
  ['deleteBranchNeonAuthOauthProvider', 'delete', `${auth}/oauth_providers/{oauth_provider_id}`, 'absent'],
  ['getNeonAuthEmailServer', 'get', `${project}/auth/email_server`, 'absent'],
  ['updateNeonAuthEmailServer', 'patch', `${project}/auth/email_server`, 'unavailable'],
  ['sendNeonAuthTestEmail', 'post', `${auth}/send_test_email`, 'unavailable'],
  ['getNeonAuthEmailAndPasswordConfig', 'get', `${auth}/email_and_password`, 'absent'],
  ['updateNeonAuthEmailAndPasswordConfig', 'patch', `${auth}/email_and_password`, 'unavailable'],
  ['getNeonAuthEmailProvider', 'get', `${auth}/email_provider`, 'absent'],
  ['updateNeonAuthEmailProvider', 'patch', `${auth}/email_provider`, 'unavailable'],
  ['deleteNeonAuthIntegration', 'delete', `${project}/auth/integration/{auth_provider}`, 'absent'],
  ['getNeonAuthAllowLocalhost', 'get', `${auth}/allow_localhost`, 'absent'],
  ['updateNeonAuthAllowLocalhost', 'patch', `${auth}/allow_localhost`, 'unavailable'],
  ['getNeonAuthPluginConfigs', 'get', `${auth}/plugins`, 'absent'],
  ['updateNeonAuthOrganizationPlugin', 'patch', `${auth}/plugins/organization`, 'unavailable'],
  ['updateNeonAuthConfig', 'patch', `${auth}/config`, 'unavailable'],
  ['updateNeonAuthMagicLinkPlugin', 'patch', `${auth}/plugins/magic-link`, 'unavailable'],
  ['getNeonAuthPhoneNumberPlugin', 'get', `${auth}/plugins/phone-number`, 'absent'],
  ['updateNeonAuthPhoneNumberPlugin', 'patch', `${auth}/plugins/phone-number`, 'unavailable'],
  ['getNeonAuthWebhookConfig', 'get', `${auth}/webhooks`, 'absent'],
  ['updateNeonAuthWebhookConfig', 'put', `${auth}/webhooks`, 'unavailable'],
]

const masking: readonly Row[] = [
  ['createProjectBranchAnonymized', 'post', `${project}/branch_anonymized`, 'unavailable'],
  ['getMaskingRules', 'get', `${branch}/masking_rules`, { masking_rules: [] }],
  ['updateMaskingRules', 'patch', `${branch}/masking_rules`, 'unavailable'],
  ['getAnonymizedBranchStatus', 'get', `${branch}/anonymized_status`, 'absent'],
  ['startAnonymization', 'post', `${branch}/anonymize`, 'unavailable'],
]

const vpc: readonly Row[] = [
  ['listProjectVPCEndpoints', 'get', `${project}/vpc_endpoints`, { endpoints: [] }],
  ['assignProjectVPCEndpoint', 'post', `${project}/vpc_endpoints/{vpc_endpoint_id}`, 'unavailable'],
  ['deleteProjectVPCEndpoint', 'delete', `${project}/vpc_endpoints/{vpc_endpoint_id}`, 'absent'],
  ['listOrganizationVPCEndpointsAllRegions', 'get', `${vpcOfOrg}/vpc_endpoints`, { endpoints: [] }],
  ['listOrganizationVPCEndpoints', 'get', `${vpcOfOrg}/region/{region_id}/vpc_endpoints`, { endpoints: [] }],
  [
    'getOrganizationVPCEndpointDetails',
    'get',
    `${vpcOfOrg}/region/{region_id}/vpc_endpoints/{vpc_endpoint_id}`,
    'absent',
  ],
  [
    'assignOrganizationVPCEndpoint',
    'post',
    `${vpcOfOrg}/region/{region_id}/vpc_endpoints/{vpc_endpoint_id}`,
    'unavailable',
  ],
  [
    'deleteOrganizationVPCEndpoint',
    'delete',
    `${vpcOfOrg}/region/{region_id}/vpc_endpoints/{vpc_endpoint_id}`,
    'absent',
  ],
]

const spending: readonly Row[] = [
  ['getOrganizationSpendingLimit', 'get', `${org}/billing/spending_limit`, { spending_limit_cents: null }],
  ['setOrganizationSpendingLimit', 'put', `${org}/billing/spending_limit`, 'unavailable'],
  ['deleteOrganizationSpendingLimit', 'delete', `${org}/billing/spending_limit`, {}],
]

const storage: readonly Row[] = [
  ['createProjectBranchBucket', 'post', `${branch}/buckets`, 'unavailable'],
  ['listProjectBranchBuckets', 'get', `${branch}/buckets`, { buckets: [] }],
  ['deleteProjectBranchBucket', 'delete', bucket, 'absent'],
  ['getProjectBranchStorage', 'get', `${branch}/storage`, 'absent'],
  ['listProjectBranchBucketObjects', 'get', `${bucket}/objects`, 'absent'],
  ['deleteProjectBranchBucketObject', 'delete', `${bucket}/objects/{object_key}`, 'absent'],
  ['getProjectBranchBucketObject', 'get', `${bucket}/objects/{object_key}/download`, 'absent'],
  ['deleteProjectBranchBucketObjectsByPrefix', 'delete', `${bucket}/objects-by-prefix`, 'absent'],
  ['presignProjectBranchBucketObject', 'post', `${bucket}/objects/{object_key}/presign`, 'unavailable'],
]

const aiGateway: readonly Row[] = [['getProjectBranchAiGateway', 'get', `${branch}/ai_gateway`, 'absent']]

/** `neon env pull` makes a credential where the list is answered, and carries on without where it is not available. */
const credentials: readonly Row[] = [
  ['createCredential', 'post', `${branch}/credentials`, 'unavailable'],
  ['listCredentials', 'get', `${branch}/credentials`, 'unavailable'],
  ['revokeCredential', 'delete', `${branch}/credentials/{token_id}`, 'absent'],
]

const functions: readonly Row[] = [
  ['listProjectBranchFunctions', 'get', `${branch}/functions`, { functions: [] }],
  ['getProjectBranchFunction', 'get', `${branch}/functions/{slug}`, 'absent'],
  ['updateProjectBranchFunction', 'patch', `${branch}/functions/{slug}`, 'unavailable'],
  ['deleteProjectBranchFunction', 'delete', `${branch}/functions/{slug}`, 'absent'],
  ['createProjectBranchFunctionDeployment', 'post', `${branch}/functions/{slug}/deployments`, 'unavailable'],
]

const features: readonly (readonly [feature: string, rows: readonly Row[]])[] = [
  ['grants of access to projects are', permissions],
  ['requests to transfer projects are', transfers],
  ['Neon Auth is', neonAuth],
  ['the Data API is', dataApi],
  ['masking rules and anonymized branches are', masking],
  ['VPC endpoints are', vpc],
  ['spending limits are', spending],
  ['object storage is', storage],
  ['the AI Gateway is', aiGateway],
  ['branch credentials are', credentials],
  ['functions are', functions],
]

export const notOurs: readonly NotOurs[] = features.flatMap(([feature, rows]) =>
  rows.map(([operationId, method, path, answer]) => ({
    feature,
    answer,
    route: route({
      ...{ operationId, method, path },
      summary: `No part of Pilotlight: ${feature} not available`,
      params: paramsOf(path),
      reply: replyOf(answer),
    }),
  })),
)

function replyOf(answer: NotOursAnswer): z.ZodObject {
  if (typeof answer === 'string') return z.object({})
  const empty = (value: unknown) => (value === null ? z.null() : z.array(z.never()))
  return z.object(Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, empty(value)])))
}

function paramsOf(path: string): z.ZodObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]!)
  return z.object(Object.fromEntries(names.map(name => [name, pathText.max(1000)])))
}
