// What goes over the Management API: Neon's shapes, with what its clients read. Deprecated fields that those clients
// still require are sent, and marked.

import { z } from 'zod'
import { limits } from './limits.ts'
import { operationActions, operationStatuses } from './operations.ts'

/** An id or name in a path. Postgres takes no NUL in a text, and no name of ours has one. */
export const pathText = z.string().refine(text => !text.includes('\u0000'), 'must not contain NUL')

const timestamp = z.string().meta({ format: 'date-time' })

/** Postgres cuts identifiers at 63 bytes; we would rather say so. Control characters make no name. */
const identifier = (what: string) =>
  z
    .string()
    .min(1, `${what} must not be empty`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .refine(name => !/[\u0000-\u001f\u007f]/.test(name), `${what} must not contain control characters`)
    .refine(
      name => new TextEncoder().encode(name).length <= limits.identifierBytes,
      `${what} must not be longer than ${limits.identifierBytes} bytes`,
    )

const reservedDatabases = ['postgres', 'template0', 'template1']
export const databaseName = identifier('a database name').refine(
  name => !reservedDatabases.includes(name),
  `${reservedDatabases.join(', ')} are reserved`,
)

const reservedRoles = [
  'cloud_admin',
  'neon_superuser',
  'public',
  'none',
  'current_user',
  'session_user',
  'current_role',
]
export const roleName = identifier('a role name')
  .refine(name => !reservedRoles.includes(name.toLowerCase()), `${reservedRoles.join(', ')} are reserved`)
  .refine(name => !name.startsWith('pg_'), 'names that begin with pg_ are reserved by Postgres')

export const displayName = z
  .string()
  .min(1, 'a name must not be empty')
  .max(limits.projectNameChars, `a name must not be longer than ${limits.projectNameChars} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  .refine(name => !/[\u0000-\u001f\u007f]/.test(name), 'a name must not contain control characters')

const computeUnit = z.number().min(0.25).max(56)
const suspendTimeout = z
  .number()
  .int()
  .min(-1)
  .max(limits.suspendTimeoutMaxSeconds)
  .describe('Seconds of idleness before a compute is suspended. 0: the default. -1: never.')

export const defaultEndpointSettings = z.object({
  suspend_timeout_seconds: suspendTimeout.optional(),
  autoscaling_limit_min_cu: computeUnit.optional(),
  autoscaling_limit_max_cu: computeUnit.optional(),
})

/** RFC 3339, to the microsecond at most: Postgres's own resolution. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 timestamp, such as 2026-02-26T12:00:00Z' })
  .refine(text => !/\.\d{7}/.test(text), 'must not be finer than a microsecond')

/** As Postgres writes it. */
export const lsn = z
  .string()
  .regex(/^[0-9a-fA-F]{1,8}\/[0-9a-fA-F]{1,8}$/, 'must be an LSN, such as 0/1DE2850')

/** A folder's name below one of ours: no way out of it. */
export const directoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a plain name: letters, digits, ".", "_", "-"')

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

export const annotationValue = z
  .record(z.string().max(limits.annotationValueChars), z.string().max(limits.annotationValueChars))
  .refine(
    value => Object.keys(value).length <= limits.annotationProperties,
    `an annotation has at most ${limits.annotationProperties} properties`,
  )

export const annotation = z.object({
  object: z.object({ type: z.string(), id: z.string() }),
  value: z.record(z.string(), z.string()),
  created_at: timestamp.optional(),
  updated_at: timestamp.optional(),
})

/** Settings of a compute that would have to reach postgresql.conf; empty ones are fine. */
const endpointSettings = z.object({
  pg_settings: z.record(z.string(), z.unknown()).optional(),
  pgbouncer_settings: z.record(z.string(), z.unknown()).optional(),
  preload_libraries: z
    .object({ use_defaults: z.boolean().optional(), enabled_libraries: z.array(z.string()).optional() })
    .optional(),
})
const endpointType = z.enum(['read_write', 'read_only'])
const endpointOptions = {
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

export const branchCreateBody = z.object({
  branch: z
    .object({
      parent_id: pathText.optional(),
      name: displayName.optional(),
      parent_lsn: lsn.optional(),
      parent_timestamp: moment.optional(),
      protected: z.boolean().optional(),
      /** Nothing here is ever archived. */
      archived: z.boolean().optional(),
      init_source: z
        .string()
        .refine(
          text => text === 'parent-data' || text === 'schema-only',
          'must be parent-data or schema-only',
        )
        .optional(),
      expires_at: moment.optional(),
    })
    .optional(),
  endpoints: z
    .array(z.object({ type: endpointType, ...endpointOptions }))
    .max(limits.endpointsPerBranch)
    .optional(),
  annotation_value: annotationValue.optional(),
})

export const branchUpdateBody = z.object({
  branch: z.object({
    name: displayName.optional(),
    protected: z.boolean().optional(),
    expires_at: moment.nullable().optional(),
  }),
})

export const branchRestoreBody = z.object({
  source_branch_id: pathText,
  source_lsn: lsn.optional(),
  source_timestamp: moment.optional(),
  /** Empty is none, as at Neon. */
  preserve_under_name: z.union([z.literal(''), displayName]).optional(),
})

export const finalizeRestoreBody = z.object({ name: displayName.optional() })

export const branchExportBody = z.object({ name: directoryName.optional() })

export const branch = z.object({
  id: z.string(),
  project_id: z.string(),
  parent_id: z.string().optional(),
  parent_lsn: z.string().optional(),
  parent_timestamp: timestamp.optional(),
  name: z.string(),
  current_state: z.string(),
  pending_state: z.string().optional(),
  state_changed_at: timestamp,
  logical_size: z.number().int().optional(),
  creation_source: z.string(),
  /** Deprecated at Neon, and still read by its clients. */
  primary: z.boolean(),
  default: z.boolean(),
  protected: z.boolean(),
  cpu_used_sec: z.number().int(),
  compute_time_seconds: z.number().int(),
  active_time_seconds: z.number().int(),
  written_data_bytes: z.number().int(),
  data_transfer_bytes: z.number().int(),
  created_at: timestamp,
  updated_at: timestamp,
  ttl_interval_seconds: z.number().int().optional(),
  expires_at: timestamp.optional(),
  last_reset_at: timestamp.optional(),
  init_source: z.string().optional(),
  restore_status: z.string().optional(),
  restored_from: z.string().optional(),
  restored_as: z.string().optional(),
  restricted_actions: z.array(z.object({ name: z.string(), reason: z.string() })).optional(),
  recovery: z
    .object({
      deleted_at: timestamp,
      recoverable_until: timestamp,
      deletion_method: z.enum(['user', 'ttl']),
    })
    .optional(),
})

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

export const role = z.object({
  branch_id: z.string(),
  name: z.string(),
  password: z.string().optional(),
  protected: z.boolean(),
  authentication_method: z.string().optional(),
  created_at: timestamp,
  updated_at: timestamp,
})

export const database = z.object({
  id: z.number().int(),
  branch_id: z.string(),
  name: z.string(),
  owner_name: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
})

export const operation = z.object({
  id: z.string(),
  project_id: z.string(),
  branch_id: z.string().optional(),
  endpoint_id: z.string().optional(),
  action: z.enum(operationActions),
  status: z.enum(operationStatuses),
  error: z.string().optional(),
  failures_count: z.number().int(),
  created_at: timestamp,
  updated_at: timestamp,
  total_duration_ms: z.number().int(),
})

export const snapshot = z.object({
  id: z.string(),
  name: z.string(),
  lsn: z.string().optional(),
  timestamp: timestamp.optional(),
  source_branch_id: z.string().optional(),
  created_at: timestamp,
  expires_at: timestamp.optional(),
  manual: z.boolean().optional(),
  full_size: z.number().int().optional(),
  diff_size: z.number().int().optional(),
})

export const snapshotUpdateBody = z.object({
  snapshot: z.object({
    name: displayName.optional(),
    /** Not in Neon's document, and of use. */
    expires_at: moment.nullable().optional(),
  }),
})

export const snapshotRestoreBody = z.object({
  name: displayName.optional(),
  target_branch_id: pathText.optional(),
  finalize_restore: z.boolean().optional(),
})

export const backupFrequencies = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
export type BackupFrequency = (typeof backupFrequencies)[number]

export const backupSchedule = z.object({
  schedule: z
    .array(
      z.object({
        frequency: z
          .string()
          .refine(
            text => (backupFrequencies as readonly string[]).includes(text),
            `must be one of ${backupFrequencies.join(', ')}`,
          ),
        /** All of them in UTC. */
        hour: z.number().int().min(0).max(23).optional(),
        /** Of a week, 1 is Monday; a month that is too short has it on its last day. */
        day: z.number().int().min(1).max(31).optional(),
        month: z.number().int().min(1).max(12).optional(),
        retention_seconds: z.number().int().min(limits.snapshotRetentionMinSeconds).optional(),
      }),
    )
    .max(limits.backupScheduleItems)
    .refine(
      list => list.every(({ frequency, day }) => frequency !== 'weekly' || day === undefined || day <= 7),
      'the day of a week is 1 to 7',
    )
    .refine(
      list => new Set(list.map(({ frequency }) => frequency)).size === list.length,
      'a frequency may stand there once',
    ),
})

export const cursorPagination = z.object({
  next: z.string().optional(),
  sort_by: z.string().optional(),
  sort_order: z.string().optional(),
})

export const connectionDetails = z.object({
  connection_uri: z.string(),
  connection_parameters: z.object({
    database: z.string(),
    password: z.string(),
    role: z.string(),
    host: z.string(),
    pooler_host: z.string(),
  }),
})

export const region = z.object({
  region_id: z.string(),
  name: z.string(),
  default: z.boolean(),
  geo_lat: z.string(),
  geo_long: z.string(),
})

export const currentUser = z.object({
  active_seconds_limit: z.number().int(),
  /** Nobody signs in through somebody else here. */
  auth_accounts: z.array(z.never()),
  email: z.string(),
  id: z.string(),
  image: z.string(),
  login: z.string(),
  name: z.string(),
  last_name: z.string(),
  projects_limit: z.number().int(),
  branches_limit: z.number().int(),
  max_autoscaling_limit: z.number(),
  plan: z.string(),
})

/** What this machine has to offer; no path of Neon's. */
export const machine = z.object({
  version: z.string(),
  data_dir: z.string(),
  engine: z.string(),
  /** How a branch's bytes are made: `btrfs` and `reflink` share them with the parent, `copy` costs time and space. */
  cloning: z.enum(['btrfs', 'reflink', 'copy']),
  /** Why so, in one sentence. */
  cloning_reason: z.string(),
  disk_free_bytes: z.number(),
  disk_total_bytes: z.number(),
  /** The operating system's user that Postgres runs as. */
  postgres_user: z.string(),
  postgres: z.array(
    z.object({
      id: z.string(),
      major: z.number().int(),
      version: z.string(),
      source: z.enum(['embedded', 'system']),
      bin_dir: z.string(),
      client_tools: z.string().nullable(),
    }),
  ),
  host_suffix: z.string(),
  pg_address: z.string(),
  pg_port: z.number().int(),
  hosts_resolve: z.boolean(),
  ca_file: z.string(),
  suspend_after_seconds: z.number().int(),
  proxies_connected: z.number().int(),
})

/** What data takes on disk; no shape of Neon's. */
export const storage = z.object({
  cloning: machine.shape.cloning,
  cloning_reason: z.string(),
  data_dir: z.string(),
  disk_free_bytes: z.number(),
  disk_total_bytes: z.number(),
  projects: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      data: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          /** `deleted`: can still be recovered. `kept`: what a branch was before a restore. */
          kind: z.enum(['branch', 'deleted', 'kept', 'ephemeral', 'snapshot']),
          /** Of its files, shared or not. */
          bytes: z.number(),
          /** Of those, what surely nothing else holds. */
          exclusive_bytes: z.number(),
          /** Kept so that its past moments can be opened. */
          history_bytes: z.number(),
        }),
      ),
    }),
  ),
})

export type ProjectShape = z.infer<typeof project>
export type ProjectListItemShape = z.infer<typeof projectListItem>
export type BranchShape = z.infer<typeof branch>
export type EndpointShape = z.infer<typeof endpoint>
export type RoleShape = z.infer<typeof role>
export type DatabaseShape = z.infer<typeof database>
export type OperationShape = z.infer<typeof operation>
export type SnapshotShape = z.infer<typeof snapshot>
export type AnnotationShape = z.infer<typeof annotation>
export type BackupScheduleShape = z.infer<typeof backupSchedule>
export type StorageShape = z.infer<typeof storage>
export type MachineShape = z.infer<typeof machine>
export type ConnectionDetailsShape = z.infer<typeof connectionDetails>
