// Who may: organizations, members, API keys; and what was done.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { displayName, timestamp } from './basics.ts'

export const organization = z.object({
  id: z.string(),
  name: z.string(),
  handle: z.string(),
  plan: z.string(),
  managed_by: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  allow_hipaa_projects: z.boolean().optional(),
  require_mfa: z.boolean().optional(),
})

export const memberRole = z.enum(['admin', 'member', 'editor', 'viewer', 'collaborator'])

export const member = z.object({
  id: z.string(),
  user_id: z.string(),
  org_id: z.string(),
  role: memberRole,
  joined_at: timestamp,
})

export const memberWithUser = z.object({ member, user: z.object({ email: z.string() }) })

export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  org_id: z.string(),
  invited_by: z.string(),
  invited_at: timestamp,
  role: memberRole,
})

export const invitationsBody = z.object({
  invitations: z.array(z.object({ email: z.email().max(256), role: memberRole })).min(1),
})

export const authDetails = z.object({
  account_id: z.string(),
  auth_method: z.enum(['api_key_user', 'api_key_org']),
  auth_data: z.string().optional(),
})

export const transferBody = z.object({
  destination_org_id: z.string(),
  project_ids: z.array(z.string()).min(1).max(limits.projectListMax),
})

export const apiKeyName = displayName.max(
  limits.apiKeyNameChars,
  `a key's name must not be longer than ${limits.apiKeyNameChars} characters`,
)

export const apiKeyListItem = z.object({
  id: z.number().int(),
  name: z.string(),
  created_at: timestamp,
  created_by: z.object({ id: z.string(), name: z.string(), image: z.string() }),
  last_used_at: timestamp.nullable().optional(),
  /** Empty until it is used. */
  last_used_from_addr: z.string(),
})

export const createdApiKey = z.object({
  id: z.number().int(),
  /** Shown here, and never again. */
  key: z.string(),
  name: z.string(),
  created_at: timestamp,
  created_by: z.string(),
})

export const revokedApiKey = apiKeyListItem.extend({ created_by: z.string(), revoked: z.boolean() })

/** Set where the key reaches one project alone. */
const scope = { project_id: z.string().optional() }
export const orgApiKeyListItem = apiKeyListItem.extend(scope)
export const createdOrgApiKey = createdApiKey.extend(scope)
export const revokedOrgApiKey = revokedApiKey.extend(scope)

export const auditActor = z.enum(['personal', 'organization', 'project', 'system', 'anonymous'])

/** One change that was tried; no shape of Neon's. */
export const auditEntry = z.object({
  id: z.number().int(),
  at: z.string().meta({ format: 'date-time' }),
  /** The kind of the key; `system`: ourselves, as time passed; `anonymous`: without a valid key. */
  actor: auditActor,
  key_id: z.number().int().optional(),
  key_name: z.string().optional(),
  operation_id: z.string(),
  method: z.string().optional(),
  path: z.string().optional(),
  /** Of what it was about, by their names in the path, and of what it made. */
  ids: z.record(z.string(), z.string()),
  project_id: z.string().optional(),
  /** Of the answer; missing: none was given, because we stopped in the middle, or because nobody had asked. */
  status: z.number().int().optional(),
  remote_address: z.string().optional(),
  request_id: z.string().optional(),
})

export type OrganizationShape = z.infer<typeof organization>
export type MemberShape = z.infer<typeof member>
export type OrgApiKeyListItemShape = z.infer<typeof orgApiKeyListItem>
export type CreatedOrgApiKeyShape = z.infer<typeof createdOrgApiKey>
export type AuditEntryShape = z.infer<typeof auditEntry>
