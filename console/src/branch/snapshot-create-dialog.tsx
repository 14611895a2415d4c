import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import { keepChoices } from './schedule.ts'

export function SnapshotCreateDialog({ branchName, isOpen }: { branchName: string; isOpen: boolean }) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title={`Snapshot of ${branchName}`}
      description="The branch as it is now. It goes on serving while the snapshot is made."
      isOpen={isOpen}
      onClose={close}
    >
      <SnapshotForm />
    </Dialog>
  )
}

function SnapshotForm() {
  const { projectId, params, close } = useBranchPlace()
  const [name, setName] = useState('')
  const [keepSeconds, setKeepSeconds] = useState(0)
  const creation = useChange(
    projectId,
    () =>
      call<typeof routes.createSnapshot>('post', '/projects/{project_id}/branches/{branch_id}/snapshot', {
        params,
        query: {
          ...(name !== '' && { name }),
          ...(keepSeconds > 0 && { expires_at: new Date(Date.now() + keepSeconds * 1000).toISOString() }),
        },
      }),
    () => ({ working: 'Making a snapshot', done: 'The snapshot is made' }),
    close,
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creation.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={name}
        maxLength={limits.projectNameChars}
        placeholder="before-migration"
        hint="Left empty, it is called by its moment."
        onChange={event => setName(event.target.value)}
      />
      <ChoiceField label="Keep it for" choices={keepChoices} value={keepSeconds} onChoose={setKeepSeconds} />
      {creation.isError && <Problem error={creation.error} />}
      <Button type="submit" look="main" disabledBecause={creation.isPending ? 'It is being made' : undefined}>
        Create snapshot
      </Button>
    </form>
  )
}
