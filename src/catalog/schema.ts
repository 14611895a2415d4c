// The catalog's tables, as types for Kysely. migrations/ makes them; the two change together.

import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { ComputeState } from '../contract/compute-states.ts'
import type { OperationAction, OperationStatus } from '../contract/operations.ts'

type Timestamp = ColumnType<Date, Date | undefined, Date>

export interface ApiKeysTable {
  id: GeneratedAlways<number>
  name: string
  /** SHA-256 of the token. The token itself is shown once and kept nowhere. */
  token_hash: Buffer
  created_at: Timestamp
  last_used_at: Date | null
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
  created_at: Timestamp
  updated_at: Timestamp
  /** Set when deletion was acknowledged; the row goes once the data has gone. */
  deleted_at: Date | null
}

export interface DefaultEndpointSettings {
  suspend_timeout_seconds?: number | undefined
  autoscaling_limit_min_cu?: number | undefined
  autoscaling_limit_max_cu?: number | undefined
}

/** init: its data is being made; clients are held · ready: computes may start on it · failed: its data could not be made */
export type BranchState = 'init' | 'ready' | 'failed'

export interface BranchesTable {
  id: string
  project_id: string
  parent_id: string | null
  name: string
  state: BranchState
  /** The fence for the engine's data calls; it only grows. */
  gen: Generated<number>
  is_default: boolean
  protected: boolean
  /** Whether the catalog's roles and databases have been made inside the data. */
  bootstrapped: Generated<boolean>
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
  disabled: Generated<boolean>
  creation_source: string
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
  created_at: Timestamp
  updated_at: Timestamp
}

export interface DatabasesTable {
  id: GeneratedAlways<number>
  branch_id: string
  name: string
  owner_name: string
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
  error: string | null
  failures_count: Generated<number>
  created_at: Timestamp
  updated_at: Timestamp
  started_at: Date | null
  finished_at: Date | null
}

export interface CatalogSchema {
  api_keys: ApiKeysTable
  projects: ProjectsTable
  branches: BranchesTable
  endpoints: EndpointsTable
  roles: RolesTable
  databases: DatabasesTable
  operations: OperationsTable
}
