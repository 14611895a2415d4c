import { useState } from 'react'
import type { Branch } from '../api/queries.ts'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

interface DestructionDialogProps {
  warnings: string[]
  branch: Branch
  onClose: () => void
  /** `asksAgain` false: not in this tab. */
  onConfirm: (asksAgain: boolean) => void
}

const shownWarnings = 5

/** Before what people do by mistake, on a branch where it would hurt. */
export function DestructionDialog({ warnings, branch, onClose, onConfirm }: DestructionDialogProps) {
  const [asksAgain, setAsksAgain] = useState(true)
  const rest = warnings.length - shownWarnings
  return (
    <ConfirmDialog
      title={`Run this on ${branch.name}?`}
      action="Run it"
      isOpen
      onClose={onClose}
      confirm={async () => onConfirm(asksAgain)}
    >
      <p>
        {branch.name} is {branch.protected ? 'a protected branch' : 'the default branch'}.
      </p>
      <ul className="list-disc space-y-1 pl-5">
        {warnings.slice(0, shownWarnings).map((warning, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may read the same, and they never move
          <li key={index} className="break-words">
            {warning}.
          </li>
        ))}
        {rest > 0 && <li>and {rest} more.</li>}
      </ul>
      <p className="text-ink-soft">
        Within the history that is kept, the branch can be restored to a moment before it.
      </p>
      <CheckboxField
        label="Do not ask again in this tab"
        checked={!asksAgain}
        onChange={isOff => setAsksAgain(!isOff)}
      />
    </ConfirmDialog>
  )
}
