// Endpoints, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { computeUnit, displayName, emptyIsAbsent, pathText, suspendTimeout, timestamp } from './basics.ts'
import { endpointSettings } from './settings.ts'

export const endpointType = z.enum(['read_write', 'read_only'])

export const endpointOptions = {
  autoscaling_limit_min_cu: computeUnit.optional(),
  autoscaling_limit_max_cu: computeUnit.optional(),
  suspend_timeout_seconds: suspendTimeout.optional(),
  settings: endpointSettings.optional(),
  /** Computes of ours are plain processes; the word is kept and shown. */
  provisioner: emptyIsAbsent(z.string().pipe(z.enum(['k8s-neonvm', 'k8s-pod', 'serverless-platform']))),
}

/** Kept and shown. Neon has deprecated the first two, and never built the third. */
const poolerOptions = {
  pooler_enabled: z.boolean().optional(),
  pooler_mode: emptyIsAbsent(z.literal('transaction')),
  passwordless_access: z.boolean().optional(),
}

const endpointName = displayName.max(
  limits.endpointNameChars,
  `a name must not be longer than ${limits.endpointNameChars} characters`,
)

export const endpointCreateBody = z.object({
  endpoint: z.object({
    branch_id: pathText,
    type: endpointType,
    region_id: emptyIsAbsent(z.string()),
    name: endpointName.optional(),
    disabled: z.boolean().optional(),
    ...endpointOptions,
    ...poolerOptions,
  }),
})

export const endpointUpdateBody = z.object({
  endpoint: z.object({
    /** Deprecated at Neon: an endpoint stays with its branch here. */
    branch_id: pathText.optional(),
    name: endpointName.optional(),
    disabled: z.boolean().optional(),
    ...endpointOptions,
    ...poolerOptions,
  }),
})

export const endpoint = z.object({
  host: z.string(),
  id: z.string(),
  name: z.string().optional(),
  project_id: z.string(),
  branch_id: z.string(),
  autoscaling_limit_min_cu: z.number(),
  autoscaling_limit_max_cu: z.number(),
  region_id: z.string(),
  type: z.enum(['read_write', 'read_only']),
  current_state: z.enum(['init', 'active', 'idle']),
  pending_state: z.enum(['init', 'active', 'idle']).optional(),
  settings: endpointSettings,
  pooler_enabled: z.boolean(),
  pooler_mode: z.literal('transaction'),
  disabled: z.boolean(),
  passwordless_access: z.boolean(),
  last_active: timestamp.optional(),
  creation_source: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  started_at: timestamp.optional(),
  suspended_at: timestamp.optional(),
  proxy_host: z.string(),
  suspend_timeout_seconds: z.number().int(),
  provisioner: z.string(),
})

export type EndpointShape = z.infer<typeof endpoint>
