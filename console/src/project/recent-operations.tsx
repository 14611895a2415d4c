import type { Operation } from '../api/follow-operations.ts'
import { ageText } from '../lib/age.ts'

/** As people say it; the rest are shown as they are called. */
const actionTexts: Partial<Record<Operation['action'], string>> = {
  create_timeline: 'Create data',
  create_branch: 'Create branch',
  start_compute: 'Start compute',
  suspend_compute: 'Suspend compute',
  apply_config: 'Apply settings',
  delete_timeline: 'Delete branch',
}

export function RecentOperations({ operations }: { operations: Operation[] }) {
  if (operations.length === 0) return <p className="text-ink-soft">Nothing has happened yet.</p>
  const nowMs = Date.now()
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised text-sm">
      {operations.map(operation => (
        <li key={operation.id} className="flex flex-wrap justify-between gap-x-4 gap-y-1 px-4 py-2">
          <span>
            {actionTexts[operation.action] ?? operation.action.replaceAll('_', ' ')}
            {operation.error !== undefined && (
              <span className="block text-bad text-xs">{operation.error}</span>
            )}
          </span>
          <span className="text-ink-soft">
            {operation.status} · {operation.total_duration_ms} ms · {ageText(operation.created_at, nowMs)}
          </span>
        </li>
      ))}
    </ul>
  )
}
