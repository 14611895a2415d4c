import { useState } from 'react'
import { counted } from '../lib/count-text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import type { Changes } from './use-pending-changes.ts'

/** What is not saved yet stays in sight. */
export function ChangesBar({ changes, onReview }: { changes: Changes; onReview: () => void }) {
  const [isAsking, setAsking] = useState(false)
  return (
    <section
      aria-label="Changes"
      className="sticky bottom-3 z-30 flex flex-wrap items-center gap-3 rounded-lg border border-flame bg-raised p-3 text-sm shadow-lg"
    >
      <p aria-live="polite" className="font-medium">
        {counted(changes.count, 'change')}, not saved
      </p>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button look="main" onClick={onReview}>
          Review changes
        </Button>
        <Button onClick={() => setAsking(true)}>Discard</Button>
      </div>
      <ConfirmDialog
        title={`Discard ${counted(changes.count, 'change')}?`}
        action="Discard"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirm={async () => changes.discard()}
      >
        <p>Nothing of it was saved. The rows stay as they are.</p>
      </ConfirmDialog>
    </section>
  )
}
