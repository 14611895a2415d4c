import { useBlocker } from '@tanstack/react-router'
import { counted } from '../lib/count-text.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import type { TablesSearch } from './tables-search.ts'
import { tableKey } from './use-tables-place.ts'

/** Asks before changes that are not saved are lost: to another table, another page, or out of the browser's tab. */
export function LeaveDialog({ count }: { count: number }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      count > 0 &&
      (next.pathname !== current.pathname ||
        tableKey(next.search as TablesSearch) !== tableKey(current.search as TablesSearch)),
    enableBeforeUnload: () => count > 0,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      title={`Discard ${counted(count, 'change')}?`}
      action="Discard and leave"
      isOpen={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      confirm={async () => blocker.proceed?.()}
    >
      <p>What you have changed here is not saved. It is lost when you leave this table.</p>
    </ConfirmDialog>
  )
}
