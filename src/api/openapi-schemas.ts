// Our shapes as schemas of OpenAPI 3.0, by the names that Neon's document has for them.

import { z } from 'zod'
import { errorBody, type Route } from '../contract/routes/index.ts'
import * as shapes from '../contract/shapes.ts'

export type JsonSchema = Record<string, unknown>

/** What has the same shape in Neon's document has its name; what has none there begins with our own. */
const components: Record<string, z.ZodType> = {
  AdvisorIssue: shapes.advisorIssue,
  AllowedIps: shapes.allowedIps,
  AnnotationData: shapes.annotation,
  ApiKeyCreateResponse: shapes.createdApiKey,
  ApiKeyRevokeResponse: shapes.revokedApiKey,
  ApiKeysListResponseItem: shapes.apiKeyListItem,
  AuthDetailsResponse: shapes.authDetails,
  AvailablePreloadLibrary: shapes.availablePreloadLibrary,
  BackupSchedule: shapes.backupSchedule,
  Branch: shapes.branch,
  BranchCreateRequest: shapes.branchCreateBody,
  BranchRestoreRequest: shapes.branchRestoreBody,
  BranchUpdateRequest: shapes.branchUpdateBody,
  ConnectionDetails: shapes.connectionDetails,
  ConsumptionHistoryPerPeriod: shapes.consumptionPeriod,
  ConsumptionHistoryPerPeriodV2: shapes.consumptionPeriodV2,
  ConsumptionHistoryPerTimeframe: shapes.consumptionTimeframe,
  ConsumptionHistoryPerTimeframeV2: shapes.consumptionTimeframeV2,
  CurrentUserInfoResponse: shapes.currentUser,
  CursorPagination: shapes.cursorPagination,
  Database: shapes.database,
  DatabaseCreateRequest: shapes.databaseCreateBody,
  DatabaseUpdateRequest: shapes.databaseUpdateBody,
  DefaultEndpointSettings: shapes.defaultEndpointSettings,
  Endpoint: shapes.endpoint,
  EndpointCreateRequest: shapes.endpointCreateBody,
  EndpointSettingsData: shapes.endpointSettings,
  EndpointUpdateRequest: shapes.endpointUpdateBody,
  GeneralError: errorBody,
  Invitation: shapes.invitation,
  JWKS: shapes.jwks,
  AddProjectJWKSRequest: shapes.jwksCreateBody,
  MaintenanceWindow: shapes.maintenanceWindow,
  Member: shapes.member,
  MemberWithUser: shapes.memberWithUser,
  Operation: shapes.operation,
  OrgApiKeyCreateResponse: shapes.createdOrgApiKey,
  OrgApiKeyRevokeResponse: shapes.revokedOrgApiKey,
  OrgApiKeysListResponseItem: shapes.orgApiKeyListItem,
  Organization: shapes.organization,
  OrganizationInvitesCreateRequest: shapes.invitationsBody,
  Pagination: shapes.pagination,
  PilotlightAuditEntry: shapes.auditEntry,
  PilotlightBranchExportRequest: shapes.branchExportBody,
  PilotlightMachine: shapes.machine,
  PilotlightStorage: shapes.storage,
  PreloadLibraries: shapes.preloadLibraries,
  Project: shapes.project,
  ProjectCreateRequest: shapes.projectCreateBody,
  ProjectListItem: shapes.projectListItem,
  ProjectQuota: shapes.projectQuota,
  ProjectSettingsData: shapes.projectSettings,
  ProjectUpdateRequest: shapes.projectUpdateBody,
  RegionResponse: shapes.region,
  Role: shapes.role,
  RoleCreateRequest: shapes.roleCreateBody,
  Snapshot: shapes.snapshot,
  SnapshotUpdateRequest: shapes.snapshotUpdateBody,
  TransferProjectsToOrganizationRequest: shapes.transferBody,
}

export const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

export interface Schemas {
  components: Record<string, JsonSchema>
  of(schema: z.ZodType): JsonSchema
}

/** Of the components, and of what the routes say beside them. */
export function schemasOf(routes: readonly Route[]): Schemas {
  const registry = z.registry<{ id: string }>()
  const names = new Map<z.ZodType, string>()
  const note = (schema: z.ZodType, id: string) => {
    if (names.has(schema)) return
    names.set(schema, id)
    registry.add(schema, { id })
  }
  for (const [name, schema] of Object.entries(components)) note(schema, name)
  for (const { operationId, request, reply } of routes) {
    note(reply, `${operationId} reply`)
    note(request.params, `${operationId} params`)
    note(request.query, `${operationId} query`)
    if (request.body) note(request.body, `${operationId} body`)
  }
  // As the server takes and gives them: what a transformation makes of them inside is nobody's business.
  const { schemas } = z.toJSONSchema(registry, {
    ...{ target: 'openapi-3.0', io: 'input', unrepresentable: 'any' },
    uri: id => `#/components/schemas/${id}`,
  })
  const plain = (id: string) => tidy(schemas[id]) as JsonSchema
  return {
    components: Object.fromEntries(Object.keys(components).map(name => [name, plain(name)])),
    of(schema) {
      const name = names.get(schema)
      if (name === undefined) throw new Error('a schema that no route has')
      return name in components ? reference(name) : plain(name)
    },
  }
}

/**
 * JSON Schema names itself by `$id`, and its dialect; OpenAPI has no place for either. The pattern of a format says
 * nothing more than the format, and that a whole number is one that JavaScript can hold goes without saying.
 */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const hasFormat = 'format' in value && typeof value.format === 'string'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => {
        if (key === '$id' || key === '$schema') return false
        if (key === 'pattern') return !hasFormat
        return !(
          (key === 'minimum' || key === 'maximum') &&
          Math.abs(Number(member)) === Number.MAX_SAFE_INTEGER
        )
      })
      .map(([key, member]) => [key, tidy(member)]),
  )
}
