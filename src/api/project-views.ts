// A project's row as Neon's shapes: in a list, and alone.

import type { ProjectListItemShape, ProjectShape } from '../contract/shapes.ts'
import type { Control, ProjectUsed, Rows, Used } from '../control/index.ts'
import { projectUse } from './consumption-views.ts'
import { timestamp } from './timestamp.ts'

const platformId = 'local'

export function projectListItem(
  row: Rows['project'],
  control: Control,
  used: Used,
  lastActive: Date | undefined,
): ProjectListItemShape {
  const sizeLimit = row.settings.quota?.logical_size_bytes ?? 0
  return {
    id: row.id,
    platform_id: platformId,
    region_id: row.region_id,
    name: row.name,
    provisioner: row.provisioner,
    default_endpoint_settings: row.default_endpoint_settings,
    // The list is always there at Neon, and its Terraform provider ends with a fault where it is not.
    settings: { allowed_ips: { ips: [], protected_branches_only: false }, ...row.settings },
    pg_version: row.pg_version,
    proxy_host: control.parts.settings.hostSuffix,
    branch_logical_size_limit: Math.floor(sizeLimit / 1_048_576),
    branch_logical_size_limit_bytes: sizeLimit,
    store_passwords: row.store_passwords,
    active_time: used.activeSeconds,
    cpu_used_sec: used.computeSeconds,
    creation_source: 'console',
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    // As at Neon, where an organization owns projects.
    owner_id: control.organization.id,
    org_id: control.organization.id,
    ...(lastActive && { compute_last_active_at: timestamp(lastActive) }),
    history_retention_seconds: row.history_retention_seconds,
    ...(row.deleted_at && { deleted_at: timestamp(row.deleted_at) }),
    ...(row.recoverable_until && { recoverable_until: timestamp(row.recoverable_until) }),
  }
}

export function project(
  row: Rows['project'],
  control: Control,
  used: ProjectUsed,
  lastActive: Date | undefined,
): ProjectShape {
  const {
    active_time: _,
    deleted_at: __,
    recoverable_until: ___,
    ...shared
  } = projectListItem(row, control, used, lastActive)
  return { ...shared, ...projectUse(used) }
}
