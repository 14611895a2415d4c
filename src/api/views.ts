// The catalog's rows as Neon's shapes: branches and what is in them, and operations.

import { shownState } from '../contract/compute-states.ts'
import type {
  AnnotationShape,
  BranchShape,
  ConnectionDetailsShape,
  DatabaseShape,
  EndpointShape,
  OperationShape,
  RoleShape,
  SnapshotShape,
} from '../contract/shapes.ts'
import type { Connection, Control, Rows } from '../control/index.ts'
import { timestamp } from './timestamp.ts'

export function branch(row: Rows['branch']): BranchShape {
  return {
    id: row.id,
    project_id: row.project_id,
    ...(row.parent_id !== null && { parent_id: row.parent_id }),
    ...(row.parent_id !== null && row.parent_lsn !== null && { parent_lsn: row.parent_lsn }),
    ...(row.parent_id !== null &&
      row.parent_timestamp && { parent_timestamp: timestamp(row.parent_timestamp) }),
    name: row.name,
    current_state: row.state,
    ...(row.state === 'init' && { pending_state: 'ready' }),
    state_changed_at: timestamp(row.state_changed_at),
    creation_source: row.creation_source,
    primary: row.is_default,
    default: row.is_default,
    protected: row.protected,
    cpu_used_sec: 0,
    compute_time_seconds: 0,
    active_time_seconds: 0,
    written_data_bytes: 0,
    data_transfer_bytes: 0,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    ...(row.ttl_interval_seconds !== null && { ttl_interval_seconds: row.ttl_interval_seconds }),
    ...(row.expires_at && { expires_at: timestamp(row.expires_at) }),
    ...(row.last_reset_at && { last_reset_at: timestamp(row.last_reset_at) }),
    init_source: row.init_source,
    ...(row.restore_status !== null && { restore_status: row.restore_status }),
    ...(row.restored_from !== null && { restored_from: row.restored_from }),
    ...(row.restored_as !== null && { restored_as: row.restored_as }),
    ...(row.deleted_at &&
      row.recoverable_until && {
        recovery: {
          deleted_at: timestamp(row.deleted_at),
          recoverable_until: timestamp(row.recoverable_until),
          deletion_method: row.deletion_method ?? 'user',
        },
      }),
  }
}

/** A branch that has none is shown with an empty one: Neon's clients read its `value`. */
export function annotation(branchId: string, row: Rows['annotation'] | undefined): AnnotationShape {
  return {
    object: { type: 'console/branch', id: branchId },
    value: row?.value ?? {},
    ...(row && { created_at: timestamp(row.created_at), updated_at: timestamp(row.updated_at) }),
  }
}

export function snapshot(row: Rows['snapshot']): SnapshotShape {
  return {
    id: row.id,
    name: row.name,
    ...(row.lsn !== null && { lsn: row.lsn }),
    ...(row.taken_at && { timestamp: timestamp(row.taken_at) }),
    source_branch_id: row.source_branch_id,
    created_at: timestamp(row.created_at),
    ...(row.expires_at && { expires_at: timestamp(row.expires_at) }),
    manual: row.manual,
  }
}

export function endpoint(row: Rows['endpoint'], control: Control): EndpointShape {
  const { hostSuffix, region } = control.parts.settings
  const lastActive = control.lastActivity.of(row)
  return {
    host: `${row.id}.${hostSuffix}`,
    id: row.id,
    ...(row.name !== null && { name: row.name }),
    project_id: row.project_id,
    branch_id: row.branch_id,
    autoscaling_limit_min_cu: row.min_cu,
    autoscaling_limit_max_cu: row.max_cu,
    region_id: region,
    type: row.type,
    ...shownState(row.state, row.started_at !== null),
    settings: row.settings,
    pooler_enabled: row.pooler_enabled,
    pooler_mode: 'transaction',
    disabled: row.disabled,
    passwordless_access: row.passwordless_access,
    ...(lastActive && { last_active: timestamp(lastActive) }),
    creation_source: row.creation_source,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    ...(row.started_at && { started_at: timestamp(row.started_at) }),
    ...(row.suspended_at && { suspended_at: timestamp(row.suspended_at) }),
    proxy_host: hostSuffix,
    suspend_timeout_seconds: row.suspend_timeout_seconds,
    provisioner: row.provisioner,
  }
}

export function role(row: Rows['role'], password?: string): RoleShape {
  return {
    branch_id: row.branch_id,
    name: row.name,
    ...(password !== undefined && { password }),
    protected: row.protected,
    authentication_method: row.can_login ? 'password' : 'no_login',
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
  }
}

export function database(row: Rows['database']): DatabaseShape {
  return {
    id: row.id,
    branch_id: row.branch_id,
    name: row.name,
    owner_name: row.owner_name,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
  }
}

export function operation(row: Rows['operation']): OperationShape {
  const endedAt = row.finished_at ?? new Date()
  return {
    id: row.id,
    project_id: row.project_id,
    ...(row.branch_id !== null && { branch_id: row.branch_id }),
    ...(row.endpoint_id !== null && { endpoint_id: row.endpoint_id }),
    action: row.action,
    status: row.status,
    ...(row.error !== null && { error: row.error }),
    failures_count: row.failures_count,
    ...(row.retry_at && { retry_at: timestamp(row.retry_at) }),
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    total_duration_ms: row.started_at ? Math.max(0, endedAt.getTime() - row.started_at.getTime()) : 0,
  }
}

export function connectionDetails(
  connection: Connection,
  role: string,
  database: string,
): ConnectionDetailsShape {
  return {
    connection_uri: connection.uri,
    connection_parameters: {
      database,
      password: connection.password,
      role,
      host: connection.host,
      pooler_host: connection.poolerHost,
    },
  }
}
