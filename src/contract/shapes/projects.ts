// Projects, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import {
  computeUnit,
  databaseName,
  directoryName,
  displayName,
  roleName,
  suspendTimeout,
  timestamp,
} from './basics.ts'

export const defaultEndpointSettings = z.object({
  suspend_timeout_seconds: suspendTimeout.optional(),
  autoscaling_limit_min_cu: computeUnit.optional(),
  autoscaling_limit_max_cu: computeUnit.optional(),
})

export const projectCreateBody = z.object({
  project: z.object({
    name: displayName.optional(),
    pg_version: z.number().int().min(14).max(18).optional(),
    region_id: z.string().optional(),
    org_id: z.string().optional(),
    store_passwords: z.boolean().optional(),
    history_retention_seconds: z.number().int().min(0).max(limits.historyRetentionMaxSeconds).optional(),
    autoscaling_limit_min_cu: computeUnit.optional(),
    autoscaling_limit_max_cu: computeUnit.optional(),
    default_endpoint_settings: defaultEndpointSettings.optional(),
    branch: z
      .object({
        name: displayName.optional(),
        role_name: roleName.optional(),
        database_name: databaseName.optional(),
      })
      .optional(),
    /** Not Neon's: the project begins as a data directory below <data-dir>/imports or <data-dir>/exports. */
    pilotlight_import: z.object({ directory: directoryName }).optional(),
  }),
})

export const projectUpdateBody = z.object({
  project: z.object({
    name: displayName.optional(),
    history_retention_seconds: z.number().int().min(0).max(limits.historyRetentionMaxSeconds).optional(),
    default_endpoint_settings: defaultEndpointSettings.optional(),
  }),
})

export const projectListItem = z.object({
  id: z.string(),
  platform_id: z.string(),
  region_id: z.string(),
  name: z.string(),
  provisioner: z.string(),
  default_endpoint_settings: defaultEndpointSettings,
  settings: z.object({}),
  pg_version: z.number().int(),
  proxy_host: z.string(),
  branch_logical_size_limit: z.number().int(),
  branch_logical_size_limit_bytes: z.number().int(),
  store_passwords: z.boolean(),
  active_time: z.number().int(),
  /** Deprecated at Neon, and still required by its clients. */
  cpu_used_sec: z.number().int(),
  creation_source: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  owner_id: z.string(),
  compute_last_active_at: timestamp.optional(),
  history_retention_seconds: z.number().int(),
})

export const project = projectListItem.omit({ active_time: true }).extend({
  data_storage_bytes_hour: z.number().int(),
  data_transfer_bytes: z.number().int(),
  written_data_bytes: z.number().int(),
  compute_time_seconds: z.number().int(),
  active_time_seconds: z.number().int(),
  consumption_period_start: timestamp,
  consumption_period_end: timestamp,
})

export type ProjectShape = z.infer<typeof project>

export type ProjectListItemShape = z.infer<typeof projectListItem>
