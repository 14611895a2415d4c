import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'
import { early } from '../api/early.ts'
import { snapshotsQuery } from '../api/queries.ts'
import { useEarlyChange } from '../api/use-early-change.ts'
import { type ChosenExpiry, expiryMs, expiryProblem, never } from '../branches/expiry.ts'
import { ExpiryField } from '../branches/expiry-field.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { useBranchPlace } from './branch-place.ts'

type Snapshot = Reply<typeof routes.listSnapshots>['snapshots'][number]

export function SnapshotEditDialog({
  snapshot,
  isOpen,
}: {
  snapshot: Snapshot | undefined
  isOpen: boolean
}) {
  const { close } = useBranchPlace()
  return (
    <Dialog title={`Edit ${snapshot?.name ?? ''}`} isOpen={isOpen} onClose={close}>
      {snapshot && <EditForm snapshot={snapshot} />}
    </Dialog>
  )
}

function EditForm({ snapshot }: { snapshot: Snapshot }) {
  const { projectId, close } = useBranchPlace()
  const [name, setName] = useState(snapshot.name)
  const [expiry, setExpiry] = useState<ChosenExpiry>(
    snapshot.expires_at === undefined ? never : { seconds: -1, atMs: Date.parse(snapshot.expires_at) },
  )
  const saving = useEarlyChange(
    projectId,
    (endMs: number | undefined) =>
      call<typeof routes.updateSnapshot>('patch', '/projects/{project_id}/snapshots/{snapshot_id}', {
        params: { project_id: projectId, snapshot_id: snapshot.id },
        body: { snapshot: { name, expires_at: endMs === undefined ? null : new Date(endMs).toISOString() } },
      }),
    () => ({ working: `Changing ${snapshot.name}`, done: `${name} is changed` }),
    endMs => [
      early(snapshotsQuery(projectId), reply => ({
        ...reply,
        snapshots: reply.snapshots.map(one => (one.id === snapshot.id ? edited(one, name, endMs) : one)),
      })),
    ],
    close,
  )
  const problem = name.trim() === '' ? 'It needs a name' : expiryProblem(expiry, Date.now())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === undefined) saving.mutate(expiryMs(expiry, Date.now()))
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={name}
        maxLength={limits.projectNameChars}
        onChange={event => setName(event.target.value)}
      />
      <ExpiryField
        chosen={expiry}
        onChange={setExpiry}
        hint="It is then deleted by itself. Branches that were made of it stay."
      />
      <Button type="submit" look="main" disabledBecause={problem}>
        Save
      </Button>
    </form>
  )
}

function edited({ expires_at: _, ...one }: Snapshot, name: string, endMs: number | undefined): Snapshot {
  return { ...one, name, ...(endMs !== undefined && { expires_at: new Date(endMs).toISOString() }) }
}
