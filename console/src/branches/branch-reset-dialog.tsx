import { useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { useChange } from '../api/use-change.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { refusalOf } from './branch-actions.ts'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { keptName, keptProblem } from './kept-name.ts'
import { restoreBranch } from './restore-branch.ts'
import { RestoreEffects } from './restore-effects.tsx'
import { UndoneMigrationsSection } from './undone-migrations-section.tsx'

const now = {}

/** Its parent's newest data. The old state is kept unless its name is emptied, which is then said. */
export function BranchResetDialog({ projectId, branch, branches, onClose }: BranchDialogProps) {
  const parent = branches.find(({ id }) => id === branch.parent_id)
  const children = branches.filter(({ parent_id }) => parent_id === branch.id)
  const [keepAs, setKeepAs] = useState(() => keptName(branch.name, branches, Date.now()))
  const reset = useChange(
    projectId,
    () => restoreBranch(projectId, branch.id, { sourceId: branch.parent_id ?? '', moment: {}, keepAs }),
    () => ({
      working: `Resetting ${branch.name}`,
      done: `${branch.name} has the data of ${parent?.name ?? 'its parent'}`,
    }),
  )
  const keepProblem = keptProblem(keepAs, { isNeeded: children.length > 0, branches })
  return (
    <ConfirmDialog
      title={`Reset ${branch.name} from its parent`}
      action="Reset"
      isOpen
      onClose={onClose}
      confirm={() => reset.mutateAsync()}
      // Nothing of it comes back.
      typed={keepAs === '' ? branch.name : undefined}
      disabledBecause={refusalOf('reset', branch, branches) ?? keepProblem}
    >
      <TextField
        label="Keep the old state as"
        value={keepAs}
        maxLength={limits.projectNameChars}
        hint="A branch like any other. Left empty, the old state is deleted."
        error={keepProblem}
        onChange={event => setKeepAs(event.target.value)}
      />
      <RestoreEffects
        branch={branch}
        source={`${parent?.name ?? 'its parent'} as it is now`}
        keepAs={keepAs}
        family={children}
      />
      {parent && (
        <UndoneMigrationsSection
          projectId={projectId}
          branchId={branch.id}
          sourceId={parent.id}
          moment={now}
          disabledBecause={refusalOf('reset', branch, branches)}
        />
      )}
    </ConfirmDialog>
  )
}
