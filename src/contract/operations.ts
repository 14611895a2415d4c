// The words of Neon's operations: what is done, and how far it got.

/** All actions that Neon's clients know; the ones that Pilotlight carries out are in control/operations/. */
export const operationActions = [
  'create_compute',
  'create_timeline',
  'start_compute',
  'suspend_compute',
  'apply_config',
  'check_availability',
  'delete_timeline',
  'create_branch',
  'import_data',
  'tenant_ignore',
  'tenant_attach',
  'tenant_detach',
  'tenant_reattach',
  'replace_safekeeper',
  'disable_maintenance',
  'apply_storage_config',
  'prepare_secondary_pageserver',
  'switch_pageserver',
  'detach_parent_branch',
  'timeline_archive',
  'timeline_unarchive',
  'start_reserved_compute',
  'sync_dbs_and_roles_from_compute',
  'apply_schema_from_branch',
  'timeline_mark_invisible',
  'timeline_update_protected_config',
  'prewarm_replica',
  'promote_replica',
  'set_storage_non_dirty',
  'swap_binding_id',
  'finalize_migration',
  'mark_migration_prepared',
  'update_catalog',
] as const
export type OperationAction = (typeof operationActions)[number]

export const operationStatuses = [
  'scheduling',
  'running',
  'finished',
  'failed',
  'error',
  'cancelling',
  'cancelled',
  'skipped',
] as const
export type OperationStatus = (typeof operationStatuses)[number]

/** A client polls until it sees one of these. Every operation gets there. */
export const endedStatuses = [
  'finished',
  'failed',
  'error',
  'cancelled',
  'skipped',
] as const satisfies OperationStatus[]

export function hasEnded(status: OperationStatus): boolean {
  return (endedStatuses as readonly OperationStatus[]).includes(status)
}
