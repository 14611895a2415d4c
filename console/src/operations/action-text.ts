import type { OperationAction } from '../../../src/contract/operations.ts'

/** As people say it; the rest are shown as they are called. */
const texts: Partial<Record<OperationAction, string>> = {
  create_timeline: 'Create data',
  create_branch: 'Create branch',
  start_compute: 'Start compute',
  suspend_compute: 'Suspend compute',
  apply_config: 'Apply settings',
  delete_timeline: 'Delete branch',
  update_catalog: 'Put a restored branch in its place',
  import_data: 'Import data',
}

export function actionText(action: OperationAction): string {
  const words = action.replaceAll('_', ' ')
  return texts[action] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
