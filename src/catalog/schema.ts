// The catalog's tables, as types for Kysely. migrations/ makes them; the two change together.

import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { ComputeState } from '../contract/compute-states.ts'
import type { SampleFigures } from '../contract/console-monitoring.ts'
import type { OperationCause, OperationStep } from '../contract/operation-causes.ts'
import type { OperationAction, OperationStatus } from '../contract/operations.ts'
import type { Grain } from '../lib/time-frames.ts'

type Timestamp = ColumnType<Date, Date | undefined, Date>

export interface OrganizationsTable {
  id: string
  name: string
  handle: string
  is_default: boolean
  created_at: Timestamp
  updated_at: Timestamp
}

export interface UsersTable {
  id: string
  email: string
  name: string
  created_at: Timestamp
}

export type MemberRole = 'admin' | 'member' | 'editor' | 'viewer' | 'collaborator'

export interface MembersTable {
  id: string
  org_id: string
  user_id: string
  role: MemberRole
  joined_at: Timestamp
}

/** personal: all that its user may · organization: all that is its organization's · project: one project's inside */
export type ApiKeyKind = 'personal' | 'organization' | 'project'

export interface ApiKeysTable {
  id: GeneratedAlways<number>
  name: string
  /** SHA-256 of the token. The token itself is shown once and kept nowhere. */
  token_hash: Buffer
  kind: Generated<ApiKeyKind>
  org_id: string | null
  project_id: string | null
  created_by: string
  created_at: Timestamp
  last_used_at: Date | null
  /** The address of its last use. */
  last_used_from: string | null
  /** A session of the console: listed nowhere. It alone ends by itself. */
  is_session: Generated<boolean>
  expires_at: Date | null
  /** Of a session, the key that signed in, or made the link that did: it ends with it. */
  opened_by: number | null
}

/** Who did it: a key of this kind, ourselves as time passed, or somebody without a valid key. */
export type AuditActor = ApiKeyKind | 'system' | 'anonymous'

/** What was changed, and by whom; never with what: bodies hold secrets. */
export interface AuditLogTable {
  id: GeneratedAlways<number>
  at: Timestamp
  actor: AuditActor
  /** No foreign key: the row outlives the key. */
  key_id: number | null
  key_name: string | null
  operation_id: string
  method: string | null
  path: string | null
  /** The ids of the path, by their names in it. */
  ids: ColumnType<Record<string, string>, string, string>
  project_id: string | null
  /** Of the answer; null: there was none, it was done by ourselves. */
  status: number | null
  remote_address: string | null
  request_id: string | null
}

/** The answers of POSTs that carried an Idempotency-Key: the same request gets the same answer. */
export interface IdempotencyKeysTable {
  api_key_id: number
  key: string
  /** SHA-256 of what was asked for: method, path and body. */
  request_hash: Buffer
  status: number
  /** The body under secrets/catalog.key: it may hold passwords. */
  answer_box: Buffer
  created_at: Timestamp
}

export interface ProjectsTable {
  id: string
  name: string
  region_id: string
  pg_version: number
  /** The Postgres build that the project's branches stay on, such as `17.10-embedded`. */
  build: string
  history_retention_seconds: number
  store_passwords: boolean
  /** JSON: suspend_timeout_seconds, autoscaling_limit_min_cu, … as the API takes them. */
  default_endpoint_settings: ColumnType<DefaultEndpointSettings, string, string>
  /** JSON: allowed_ips, quota, … as the API takes them. */
  settings: ColumnType<ProjectSettings, string | undefined, string>
  created_at: Timestamp
  updated_at: Timestamp
  /** What the API was given: every compute of ours is the same kind of process. */
  provisioner: Generated<'k8s-neonvm' | 'k8s-pod'>
  /** Set when deletion was acknowledged. The row stays: its id is not given out again, and its consumption can be told. */
  deleted_at: Date | null
  /** Until then it can be recovered, with all that is in it; null: its data is going, or gone. */
  recoverable_until: Date | null
  /** The quota that is used up; it holds until `over_quota_until`. */
  over_quota: QuotaName | null
  over_quota_until: Date | null
}

/** Those that stop a project's computes. */
export type QuotaName = Exclude<keyof ProjectQuota, 'logical_size_bytes'>

export interface DefaultEndpointSettings {
  suspend_timeout_seconds?: number | undefined
  autoscaling_limit_min_cu?: number | undefined
  autoscaling_limit_max_cu?: number | undefined
  pg_settings?: Record<string, string> | undefined
  pgbouncer_settings?: Record<string, string> | undefined
}

export interface PreloadLibraries {
  use_defaults?: boolean | undefined
  enabled_libraries?: string[] | undefined
}

export interface ProjectSettings {
  quota?: ProjectQuota | undefined
  allowed_ips?: { ips?: string[] | undefined; protected_branches_only?: boolean | undefined } | undefined
  enable_logical_replication?: boolean | undefined
  maintenance_window?: { weekdays: number[]; start_time: string; end_time: string } | undefined
  block_public_connections?: boolean | undefined
  block_vpc_connections?: boolean | undefined
  audit_log_level?: 'base' | 'extended' | 'full' | undefined
  hipaa?: boolean | undefined
  preload_libraries?: PreloadLibraries | undefined
}

/** 0 or missing: unlimited. */
export interface ProjectQuota {
  active_time_seconds?: number | undefined
  compute_time_seconds?: number | undefined
  written_data_bytes?: number | undefined
  data_transfer_bytes?: number | undefined
  logical_size_bytes?: number | undefined
}

export interface EndpointSettings {
  pg_settings?: Record<string, string> | undefined
  pgbouncer_settings?: Record<string, string> | undefined
  preload_libraries?: PreloadLibraries | undefined
}

/** init: its data is being made; clients are held · ready: computes may start on it · failed: its data could not be made */
export type BranchState = 'init' | 'ready' | 'failed'

/**
 * branch: what people see · ephemeral: a moment that somebody looks at; it removes itself · kept: what a branch held
 * before a restore that is not proven yet. Only the first is listed, and has a name of its own.
 */
export type BranchKind = 'branch' | 'ephemeral' | 'kept'

/** A moment of a branch, as the engine takes it. */
export type Moment = { head: true } | { lsn: string } | { time: string }

/** Where a branch's data comes from. `source` is the id of other data: `br-…` or `snap-…`. */
export type DataOrigin =
  | { from: 'empty' }
  | { from: 'branch'; source: string; at: Moment }
  | { from: 'directory'; path: string }

/**
 * How the catalog's roles and databases stand to those inside the data. template: a fresh clone of the template cluster,
 * whose first role and database get their names at the first start · inherited: begun from other data, and brought in
 * step at the first start · known: in step.
 */
export type BranchContents = 'template' | 'inherited' | 'known'

export interface BranchesTable {
  id: string
  project_id: string
  parent_id: string | null
  name: string
  kind: Generated<BranchKind>
  state: BranchState
  /** The fence for the engine's data calls; it only grows. */
  gen: Generated<number>
  is_default: boolean
  protected: boolean
  contents: Generated<BranchContents>
  origin: ColumnType<DataOrigin, string | undefined, string>
  /** The moment of its parent at which it began, once its data is there. */
  parent_lsn: string | null
  parent_timestamp: Date | null
  init_source: Generated<'parent-data' | 'schema-only'>
  expires_at: Date | null
  /** How long after it was set `expires_at` lay; a reset applies it anew. */
  ttl_interval_seconds: number | null
  last_reset_at: Date | null
  /** Of a branch that was restored from a snapshot: beside the branch it was meant for, or in its place. */
  restore_status: 'restored' | 'finalized' | null
  /** The snapshot. */
  restored_from: string | null
  /** The branch that it was meant for. */
  restored_as: string | null
  /** It holds more than its project's quota allows: its computes begin read-only. */
  over_size: Generated<boolean>
  /** Set when deletion was acknowledged: nothing but `recover` finds it any more. */
  deleted_at: Date | null
  deletion_method: 'user' | 'ttl' | null
  /** Until then it can be recovered; null: its data is going. */
  recoverable_until: Date | null
  creation_source: string
  state_changed_at: Timestamp
  created_at: Timestamp
  updated_at: Timestamp
}

export interface EndpointsTable {
  id: string
  project_id: string
  branch_id: string
  type: 'read_write' | 'read_only'
  state: ComputeState
  /** The fence for the engine's compute calls; each start and each stop takes the next. */
  gen: Generated<number>
  /** 0: the default of this installation; -1: never. */
  suspend_timeout_seconds: number
  min_cu: number
  max_cu: number
  /** JSON, as the API takes them. */
  settings: ColumnType<EndpointSettings, string | undefined, string>
  pooler_enabled: Generated<boolean>
  passwordless_access: Generated<boolean>
  provisioner: Generated<string>
  disabled: Generated<boolean>
  name: string | null
  /** Of ours, for work inside the data or for a moment that is looked at: not listed, not counted. */
  internal: Generated<boolean>
  /** Set when deletion was acknowledged; the row goes once the compute has gone. */
  deleted_at: Date | null
  creation_source: string
  /** Up to here its active time is in `consumption`. */
  counted_until: Date | null
  last_active_at: Date | null
  started_at: Date | null
  suspended_at: Date | null
  created_at: Timestamp
  updated_at: Timestamp
}

export interface RolesTable {
  branch_id: string
  name: string
  /** The live SCRAM verifier, the same as in the compute's pg_authid; null: the role cannot log in by password. */
  verifier: string | null
  /** The password under secrets/catalog.key; null: it was set in SQL, and only its verifier is known. */
  password_box: Buffer | null
  /** A new password that the compute has not yet been given; the old one stays valid until it has. */
  next_verifier: string | null
  next_password_box: Buffer | null
  protected: Generated<boolean>
  can_login: Generated<boolean>
  /** An accepted operation is to drop it: nobody sees it any more, or may log in. */
  dropping: Generated<boolean>
  created_at: Timestamp
  updated_at: Timestamp
}

export interface DatabasesTable {
  id: ColumnType<number, never, number>
  branch_id: string
  name: string
  owner_name: string
  /** As of a role. */
  dropping: Generated<boolean>
  created_at: Timestamp
  updated_at: Timestamp
}

export interface OperationsTable {
  id: string
  project_id: string
  branch_id: string | null
  endpoint_id: string | null
  action: OperationAction
  status: OperationStatus
  /** The call that made it; the operations of one call run one after the other, by `position`. Null: done in line. */
  chain_id: string | null
  position: Generated<number>
  /** What its action needs to know besides; JSON by action. Never a secret. */
  details: ColumnType<OperationDetails | null, string | null | undefined, string | null>
  error: string | null
  /** Its row in contract/errors.ts; null: it is none of those. */
  error_code: ColumnType<string | null, string | null | undefined, string | null>
  failures_count: Generated<number>
  /** When a step that failed is tried again. */
  retry_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  /** Why it was begun; null: it was before causes were kept. */
  cause: ColumnType<OperationCause | null, string | null | undefined, string | null>
  /** Those that were begun, in order; null: it has none, or was before they were kept. */
  steps: ColumnType<OperationStep[] | null, string | null | undefined, string | null>
  created_at: Timestamp
  updated_at: Timestamp
  started_at: Date | null
  finished_at: Date | null
}

export interface OperationDetails {
  restore?: RestoreDetails
  /** A snapshot that is made or removed. */
  snapshot_id?: string
  /** A branch restored from a snapshot that takes the place of `restored_as`, whose new name this is. */
  finalize?: { replaced_name: string; restored_name: string }
  /** Where a plain data directory is put. */
  export_path?: string
  /** Of apply_config: what its endpoint's settings ask of the compute. */
  endpoint_settings?: boolean
  /** What is made, changed or dropped inside the data. */
  contents?: ContentsChange
  /** The compute stays up where somebody has connected to it meanwhile. */
  unless_used?: boolean
}

/**
 * A role or database that was accepted, and is to come true inside. `begun`: it was not there when its making began, so
 * that what is there by now is ours.
 */
export type ContentsChange =
  | { kind: 'database_create'; name: string; owner: string; begun?: boolean }
  | { kind: 'database_update'; name: string; owner: string; to_name: string; to_owner: string }
  | { kind: 'database_drop'; name: string }
  | { kind: 'role_create'; name: string; login: boolean; begun?: boolean }
  | { kind: 'role_drop'; name: string }

/** New data for a branch. */
export interface RestoreDetails {
  origin: DataOrigin
  /** The row of kind `kept` or, where it is preserved, `branch` under which the old data lives on. */
  keep_as: string
  preserve: boolean
  /** What the branch's row says once it is done, and said before. */
  parent_id: string | null
  reset: boolean
  /** The kept row says now what the branch said: from here on there is something to put back. */
  noted?: boolean
}

export interface AnnotationsTable {
  branch_id: string
  value: ColumnType<Record<string, string>, string, string>
  created_at: Timestamp
  updated_at: Timestamp
}

/** Data under a ref of its own, outside every window. It outlives its branch. */
export interface SnapshotsTable {
  id: string
  project_id: string
  source_branch_id: string
  name: string
  state: BranchState
  gen: Generated<number>
  origin: ColumnType<DataOrigin, string, string>
  lsn: string | null
  /** The moment that it holds. */
  taken_at: Date | null
  /** False: a schedule made it. */
  manual: boolean
  /** The catalog's roles and databases of its branch when it was taken. */
  roles: ColumnType<SnapshotRole[], string, string>
  databases: ColumnType<SnapshotDatabase[], string, string>
  expires_at: Date | null
  deleted_at: Date | null
  created_at: Timestamp
  updated_at: Timestamp
}

export interface SnapshotRole {
  name: string
  verifier: string | null
  /** Sealed, as in `roles`; base64. */
  password_box: string | null
}

export interface SnapshotDatabase {
  name: string
  owner_name: string
}

export interface BackupSchedulesTable {
  branch_id: string
  schedule: ColumnType<BackupScheduleItem[], string, string>
  /** By frequency: the slot that was served last, RFC 3339. */
  last_slots: ColumnType<Record<string, string>, string | undefined, string>
  since: Timestamp
}

export interface BackupScheduleItem {
  frequency: string
  hour?: number | undefined
  day?: number | undefined
  month?: number | undefined
  retention_seconds?: number | undefined
}

/** Where the keys are published that sign the JWTs of a project's users. */
export interface JwksTable {
  id: string
  project_id: string
  /** Null: of all branches. */
  branch_id: string | null
  jwks_url: string
  provider_name: string
  jwt_audience: string | null
  role_names: string[] | null
  created_at: Timestamp
  updated_at: Timestamp
}

/** What data has used in an hour, a day or a month of UTC. Each use is added to all three at once. */
export interface ConsumptionTable {
  project_id: string
  grain: Grain
  starts_at: ColumnType<Date, Date, never>
  /** A branch, or a snapshot. */
  data_id: string
  active_ms: Counter
  /** Compute units times milliseconds. */
  compute_ms: Counter
  written_bytes: Counter
  transfer_bytes: Counter
  /** Bytes times milliseconds: beyond 2^53, and so never a number here. */
  logical_byte_ms: Counter
  root_byte_ms: Counter
  child_byte_ms: Counter
  history_byte_ms: Counter
  snapshot_byte_ms: Counter
  logical_bytes_max: Counter
  storage_bytes_max: Counter
}

type Counter = ColumnType<string | number, string | undefined, string>

/** How much data there is, as measured last, and up to where that is in `consumption`. */
export interface LevelsTable {
  data_id: string
  project_id: string
  kind: 'root' | 'child' | 'snapshot'
  /** Null: its compute has not run since this is measured. */
  logical_bytes: number | null
  /** What would be free again without it. */
  own_bytes: Generated<number>
  history_bytes: Generated<number>
  /** When the two above were measured. */
  storage_at: Date | null
  counted_until: Date
  /** Which WAL `wal_lsn` is of: other data has another. */
  wal_of: string | null
  /** Up to here its WAL is in `consumption`. */
  wal_lsn: string | null
}

/** What an awake compute was found doing. */
export interface SamplesTable extends SampleFigures {
  endpoint_id: string
  at: Date
  pages_hit: number | null
  pages_read: number | null
}

/** Of the console's SQL editor. */
export interface SavedQueriesTable {
  project_id: string
  name: string
  sql_sealed: Buffer
  updated_at: Date
}

export interface CatalogSchema {
  organizations: OrganizationsTable
  users: UsersTable
  members: MembersTable
  api_keys: ApiKeysTable
  audit_log: AuditLogTable
  idempotency_keys: IdempotencyKeysTable
  projects: ProjectsTable
  branches: BranchesTable
  endpoints: EndpointsTable
  roles: RolesTable
  databases: DatabasesTable
  operations: OperationsTable
  annotations: AnnotationsTable
  snapshots: SnapshotsTable
  backup_schedules: BackupSchedulesTable
  jwks: JwksTable
  consumption: ConsumptionTable
  levels: LevelsTable
  samples: SamplesTable
  saved_queries: SavedQueriesTable
}
