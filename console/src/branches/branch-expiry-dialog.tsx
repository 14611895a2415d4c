import { type FormEvent, useState } from 'react'
import { useChange } from '../api/use-change.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { type ChosenExpiry, expiryMs, expiryProblem, never } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { updateBranch } from './update-branch.ts'

export function BranchExpiryDialog({ projectId, branch, onClose }: BranchDialogProps) {
  const [chosen, setChosen] = useState<ChosenExpiry>(
    branch.expires_at === undefined ? never : { seconds: -1, atMs: Date.parse(branch.expires_at) },
  )
  const change = useChange(
    projectId,
    (endMs: number | undefined) =>
      updateBranch(projectId, branch.id, {
        expires_at: endMs === undefined ? null : new Date(endMs).toISOString(),
      }),
    endMs => ({
      working: `Changing when ${branch.name} expires`,
      done:
        endMs === undefined
          ? `${branch.name} does not expire any more`
          : `${branch.name} expires ${timeText(endMs)}`,
    }),
    onClose,
  )
  const disabledBecause =
    expiryProblem(chosen, Date.now()) ?? (change.isPending ? 'It is being changed' : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) change.mutate(expiryMs(chosen, Date.now()))
  }
  return (
    <Dialog
      title={`When ${branch.name} expires`}
      description="For branches that nobody should have to tidy away: of tests, of pull requests."
      isOpen
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-4">
        <ExpiryField chosen={chosen} onChange={setChosen} />
        {change.isError && <Problem error={change.error} />}
        <Button type="submit" look="main" disabledBecause={disabledBecause}>
          Save
        </Button>
      </form>
    </Dialog>
  )
}
