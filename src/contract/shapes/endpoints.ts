// Endpoints, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { computeUnit, displayName, pathText, suspendTimeout, timestamp } from './basics.ts'

/** Settings of a compute that would have to reach postgresql.conf; empty ones are fine. */
const endpointSettings = z.object({
  pg_settings: z.record(z.string(), z.unknown()).optional(),
  pgbouncer_settings: z.record(z.string(), z.unknown()).optional(),
  preload_libraries: z
    .object({ use_defaults: z.boolean().optional(), enabled_libraries: z.array(z.string()).optional() })
    .optional(),
})

export const endpointType = z.enum(['read_write', 'read_only'])

export const endpointOptions = {
  autoscaling_limit_min_cu: computeUnit.optional(),
  autoscaling_limit_max_cu: computeUnit.optional(),
  suspend_timeout_seconds: suspendTimeout.optional(),
  settings: endpointSettings.optional(),
  provisioner: z.string().optional(),
}

const endpointName = displayName.max(
  limits.endpointNameChars,
  `a name must not be longer than ${limits.endpointNameChars} characters`,
)

export const endpointCreateBody = z.object({
  endpoint: z.object({
    branch_id: pathText,
    type: endpointType,
    region_id: z.string().optional(),
    name: endpointName.optional(),
    disabled: z.boolean().optional(),
    ...endpointOptions,
    pooler_enabled: z.boolean().optional(),
    pooler_mode: z.string().optional(),
    passwordless_access: z.boolean().optional(),
  }),
})

export const endpointUpdateBody = z.object({
  endpoint: z.object({
    /** Deprecated at Neon: an endpoint stays with its branch here. */
    branch_id: pathText.optional(),
    name: endpointName.optional(),
    disabled: z.boolean().optional(),
    ...endpointOptions,
    pooler_enabled: z.boolean().optional(),
    pooler_mode: z.string().optional(),
    passwordless_access: z.boolean().optional(),
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
  settings: z.object({}),
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
