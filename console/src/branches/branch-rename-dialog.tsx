import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { useEarlyChange } from '../api/use-early-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { earlyBranch, only } from './early-branch.ts'
import { updateBranch } from './update-branch.ts'

export function BranchRenameDialog({ projectId, branch, branches, onClose }: BranchDialogProps) {
  const [name, setName] = useState(branch.name)
  const change = useEarlyChange(
    projectId,
    () => updateBranch(projectId, branch.id, { name }),
    () => ({ working: `Renaming ${branch.name}`, done: `${branch.name} is called ${name} now` }),
    () =>
      earlyBranch(
        projectId,
        branch.id,
        only(branch.id, one => ({ ...one, name })),
      ),
    onClose,
  )
  const isTaken = branches.some(one => one.id !== branch.id && one.name === name)
  const disabledBecause =
    (name === '' && 'It needs a name') ||
    (name === branch.name && 'That is its name already') ||
    (isTaken && 'Another branch has this name') ||
    undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) change.mutate()
  }
  return (
    <Dialog
      title={`Rename ${branch.name}`}
      description="Its id, its host names and its passwords stay as they are."
      isOpen
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label="Name"
          value={name}
          maxLength={limits.projectNameChars}
          error={isTaken ? 'Another branch has this name' : undefined}
          onChange={event => setName(event.target.value)}
        />
        <Button type="submit" look="main" disabledBecause={disabledBecause}>
          Rename
        </Button>
      </form>
    </Dialog>
  )
}
