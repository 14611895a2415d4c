import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { machineQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { durationText } from '../lib/duration.ts'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { refusalOf } from './branch-actions.ts'
import type { BranchDialogProps } from './branch-dialog-props.ts'

/** It can be taken back where keeping its bytes costs little, unless somebody wants them gone. */
export function BranchDeleteDialog({ projectId, branch, branches, onClose }: BranchDialogProps) {
  const machine = useQuery(machineQuery)
  const [isHard, setHard] = useState(false)
  const isRecoverable = machine.data !== undefined && machine.data.cloning !== 'copy' && !isHard
  // Where it cannot be told, the worse is said.
  const isFinal = !isRecoverable && !machine.isPending
  const deletion = useChange(
    projectId,
    () =>
      call<typeof routes.deleteBranch>('delete', '/projects/{project_id}/branches/{branch_id}', {
        params: { project_id: projectId, branch_id: branch.id },
        query: isHard ? { hard_delete: 'true' } : {},
      }),
    () => ({ working: `Deleting ${branch.name}`, done: `${branch.name} is deleted` }),
  )
  return (
    <ConfirmDialog
      title={`Delete ${branch.name}`}
      action="Delete branch"
      isOpen
      onClose={onClose}
      confirm={() => deletion.mutateAsync()}
      typed={isFinal ? branch.name : undefined}
      disabledBecause={
        refusalOf('delete', branch, branches) ?? (machine.isPending ? 'One moment' : undefined)
      }
    >
      <p>
        Its computes are stopped, and nobody can connect to it any more. Its parent, and branches beside it,
        keep all they have.
      </p>
      {machine.isPending && <Skeleton lines={1} />}
      {isRecoverable && (
        <p>
          For {durationText(limits.branchRecoverySeconds)} it can be recovered, with all its data, from the
          list of deleted branches.
        </p>
      )}
      {isFinal && <p className="text-bad">Its data is gone for good: nothing brings it back.</p>}
      {machine.data && machine.data.cloning !== 'copy' && (
        <CheckboxField
          label="Delete it for good at once"
          hint="Gives its bytes back to the disk now."
          checked={isHard}
          onChange={setHard}
        />
      )}
    </ConfirmDialog>
  )
}
