import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'
import type { Branch } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'

type Snapshot = Reply<typeof routes.listSnapshots>['snapshots'][number]

interface SnapshotRestoreDialogProps {
  snapshot: Snapshot | undefined
  branch: Branch
  isOpen: boolean
}

export function SnapshotRestoreDialog({ snapshot, branch, isOpen }: SnapshotRestoreDialogProps) {
  const { close } = useBranchPlace()
  return (
    <Dialog title={`Restore ${snapshot?.name ?? ''}`} isOpen={isOpen} onClose={close}>
      {snapshot && <RestoreForm snapshot={snapshot} branch={branch} />}
    </Dialog>
  )
}

function RestoreForm({ snapshot, branch }: { snapshot: Snapshot; branch: Branch }) {
  const { projectId } = useBranchPlace()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [isInPlace, setInPlace] = useState(false)
  const restore = useChange(
    projectId,
    () =>
      call<typeof routes.restoreSnapshot>('post', '/projects/{project_id}/snapshots/{snapshot_id}/restore', {
        params: { project_id: projectId, snapshot_id: snapshot.id },
        body: isInPlace
          ? { target_branch_id: branch.id, finalize_restore: true }
          : { ...(name !== '' && { name }), finalize_restore: false },
      }),
    () => ({ working: `Restoring ${snapshot.name}`, done: `${snapshot.name} is restored` }),
    made =>
      navigate({
        to: '/projects/$projectId/branches/$branchId',
        params: { projectId, branchId: made.branch.id },
      }),
  )
  const disabledBecause =
    (isInPlace && branch.protected && `${branch.name} is protected: unprotect it first`) ||
    (restore.isPending && 'It is being made') ||
    undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) restore.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <SelectField
        label="To"
        value={isInPlace ? 'place' : 'branch'}
        onChange={event => setInPlace(event.target.value === 'place')}
      >
        <option value="branch">A new branch, to look at</option>
        <option value="place">The place of {branch.name}</option>
      </SelectField>
      {isInPlace ? (
        <section
          aria-label="What will happen"
          className="rounded-md border border-line bg-sunken p-3 text-sm"
        >
          <h3 className="font-medium">What will happen</h3>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            <li>
              A branch with the snapshot’s data takes the name, host names and passwords of{' '}
              <b>{branch.name}</b>; its id is a new one.
            </li>
            <li>
              What is in {branch.name} now stays, as the branch <b>{branch.name} (old)</b>.
            </li>
            <li>Connections to it are closed. New ones wait until the data is there.</li>
          </ul>
        </section>
      ) : (
        <TextField
          label="Name of the branch"
          value={name}
          maxLength={limits.projectNameChars}
          hint={`Left empty, it is called by its id. ${branch.name} stays as it is.`}
          onChange={event => setName(event.target.value)}
        />
      )}
      {restore.isError && <Problem error={restore.error} />}
      <Button type="submit" look={isInPlace ? 'danger' : 'main'} disabledBecause={disabledBecause}>
        {isInPlace ? `Restore in place of ${branch.name}` : 'Restore to a new branch'}
      </Button>
    </form>
  )
}
