// Projects, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import {
  computeUnit,
  databaseName,
  directoryName,
  displayName,
  emptyIsAbsent,
  roleName,
  suspendTimeout,
  timestamp,
} from './basics.ts'
import { annotationValue, branch } from './branches.ts'
import { projectSettings } from './project-settings.ts'
import { endpointSettings } from './settings.ts'

export const defaultEndpointSettings = z.object({
  suspend_timeout_seconds: suspendTimeout.optional(),
  autoscaling_limit_min_cu: computeUnit.optional(),
  autoscaling_limit_max_cu: computeUnit.optional(),
  ...endpointSettings.pick({ pg_settings: true, pgbouncer_settings: true }).shape,
})

/** Computes of ours are plain processes; the word is kept and shown. */
const provisioner = z.string().pipe(z.enum(['k8s-neonvm', 'k8s-pod']))

const organizationId = z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be the id of an organization')

export const projectCreateBody = z.object({
  project: z.object({
    name: emptyIsAbsent(displayName),
    pg_version: z.number().int().min(14).max(18).optional(),
    region_id: emptyIsAbsent(z.string()),
    org_id: organizationId.optional(),
    provisioner: emptyIsAbsent(provisioner),
    settings: projectSettings.optional(),
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
        annotations: annotationValue.optional(),
      })
      .optional(),
    /** Not Neon's: the project begins as a data directory below <data-dir>/imports or <data-dir>/exports. */
    pilotlight_import: z.object({ directory: directoryName }).optional(),
  }),
})

export const projectUpdateBody = z.object({
  project: z.object({
    name: displayName.optional(),
    settings: projectSettings.optional(),
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
  settings: projectSettings,
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
  org_id: z.string(),
  compute_last_active_at: timestamp.optional(),
  history_retention_seconds: z.number().int(),
  /** Of one that was deleted, and can be recovered until then. */
  deleted_at: timestamp.optional(),
  recoverable_until: timestamp.optional(),
})

export const project = projectListItem
  .omit({ active_time: true, deleted_at: true, recoverable_until: true })
  .extend({
    data_storage_bytes_hour: z.number().int(),
    data_transfer_bytes: z.number().int(),
    written_data_bytes: z.number().int(),
    compute_time_seconds: z.number().int(),
    active_time_seconds: z.number().int(),
    synthetic_storage_size: z.number().int().optional(),
    consumption_period_start: timestamp,
    consumption_period_end: timestamp,
    owner: z
      .object({
        name: z.string(),
        email: z.string(),
        branches_limit: z.number().int(),
        subscription_type: z.literal('UNKNOWN'),
      })
      .optional(),
  })

export const recoveredProject = z.object({ project, branches: z.array(branch) })

/** Ids that a list was asked for and could not look at in time: there are none, each list is one query. */
export const unavailableProjectIds = z.array(z.string())

export type ProjectShape = z.infer<typeof project>

export type ProjectListItemShape = z.infer<typeof projectListItem>
