import type { OperationAction } from '../../../src/contract/operations.ts'
import { capitalised } from '../lib/capitalised.ts'

/** What each does here, where Neon's word for it says something else; those that never come up are shown as they are called. */
const texts: Partial<Record<OperationAction, string>> = {
  create_timeline: 'Create data',
  create_branch: 'Create branch',
  import_data: 'Import data',
  apply_schema_from_branch: 'Remove rows, keep schema',
  start_compute: 'Start compute',
  suspend_compute: 'Suspend compute',
  apply_config: 'Apply settings',
  apply_storage_config: 'Apply history window',
  swap_binding_id: 'Restore branch',
  update_catalog: 'Put a restored branch in its place',
  prepare_secondary_pageserver: 'Export branch',
  timeline_mark_invisible: 'Close deleted branch',
  delete_timeline: 'Delete data',
}

export function actionText(action: OperationAction): string {
  return texts[action] ?? capitalised(action.replaceAll('_', ' '))
}

/** Those that people have words for. */
export const knownActions = Object.keys(texts) as OperationAction[]

/** Whether people have a word for it. */
export const hasText = (action: OperationAction): boolean => texts[action] !== undefined
