import type { Operation } from '../api/follow-operations.ts'
import { ageText } from '../lib/age.ts'
import { durationMsText } from '../lib/duration.ts'
import { actionText } from '../operations/action-text.ts'

export function RecentOperations({ operations }: { operations: Operation[] }) {
  if (operations.length === 0) return <p className="text-ink-soft">Nothing has happened yet.</p>
  const nowMs = Date.now()
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised text-sm">
      {operations.map(operation => (
        <li key={operation.id} className="flex flex-wrap justify-between gap-x-4 gap-y-1 px-4 py-2">
          <span>
            {actionText(operation.action)}
            {operation.error !== undefined && (
              <span className="block text-bad text-xs">{operation.error}</span>
            )}
          </span>
          <span className="text-ink-soft">
            {operation.status} · {durationMsText(operation.total_duration_ms)} ·{' '}
            {ageText(operation.created_at, nowMs)}
          </span>
        </li>
      ))}
    </ul>
  )
}
