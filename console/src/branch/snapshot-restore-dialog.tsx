import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'

type Snapshot = Reply<typeof routes.listSnapshots>['snapshots'][number]

export function SnapshotRestoreDialog({
  snapshot,
  isOpen,
}: {
  snapshot: Snapshot | undefined
  isOpen: boolean
}) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title={`Restore ${snapshot?.name ?? ''}`}
      description="A new branch is made of it, to look at. The branch that it was taken of stays as it is."
      isOpen={isOpen}
      onClose={close}
    >
      {snapshot && <RestoreForm snapshot={snapshot} />}
    </Dialog>
  )
}

function RestoreForm({ snapshot }: { snapshot: Snapshot }) {
  const { projectId } = useBranchPlace()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const restore = useChange(
    projectId,
    () =>
      call<typeof routes.restoreSnapshot>('post', '/projects/{project_id}/snapshots/{snapshot_id}/restore', {
        params: { project_id: projectId, snapshot_id: snapshot.id },
        body: { ...(name !== '' && { name }), finalize_restore: false },
      }),
    () => ({ working: `Restoring ${snapshot.name}`, done: `${snapshot.name} is restored` }),
    ({ branch }) =>
      navigate({
        to: '/projects/$projectId/branches/$branchId',
        params: { projectId, branchId: branch.id },
      }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    restore.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name of the branch"
        value={name}
        maxLength={limits.projectNameChars}
        hint="Left empty, it is called by its id."
        onChange={event => setName(event.target.value)}
      />
      {restore.isError && <Problem error={restore.error} />}
      <Button type="submit" look="main" disabledBecause={restore.isPending ? 'It is being made' : undefined}>
        Restore to a new branch
      </Button>
    </form>
  )
}
