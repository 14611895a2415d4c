import { type FormEvent, useState } from 'react'
import { useEarlyChange } from '../api/use-early-change.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { earlyBranch, only } from './early-branch.ts'
import { type ChosenExpiry, expiryMs, expiryProblem, never } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { updateBranch } from './update-branch.ts'

export function BranchExpiryDialog({ projectId, branch, onClose }: BranchDialogProps) {
  const [chosen, setChosen] = useState<ChosenExpiry>(
    branch.expires_at === undefined ? never : { seconds: -1, atMs: Date.parse(branch.expires_at) },
  )
  const change = useEarlyChange(
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
    endMs =>
      earlyBranch(
        projectId,
        branch.id,
        only(branch.id, ({ expires_at: _, ...one }) => ({
          ...one,
          ...(endMs !== undefined && { expires_at: new Date(endMs).toISOString() }),
        })),
      ),
    onClose,
  )
  const disabledBecause = expiryProblem(chosen, Date.now())
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
        <Button type="submit" look="main" disabledBecause={disabledBecause}>
          Save
        </Button>
      </form>
    </Dialog>
  )
}
