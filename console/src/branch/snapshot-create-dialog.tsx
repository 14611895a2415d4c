import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { type MomentKind, momentProblem, momentWords, type WantedMoment } from '../branches/moment.ts'
import { MomentFields, useMoment } from '../branches/moment-fields.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ChoiceField, SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import { keepChoices } from './schedule.ts'

export function SnapshotCreateDialog({ branchName, isOpen }: { branchName: string; isOpen: boolean }) {
  const { close } = useBranchPlace()
  return (
    <Dialog
      title={`Snapshot of ${branchName}`}
      description="It keeps the branch as it is, or was. The branch goes on serving meanwhile."
      isOpen={isOpen}
      onClose={close}
    >
      <SnapshotForm />
    </Dialog>
  )
}

function SnapshotForm() {
  const { projectId, branchId, params, close } = useBranchPlace()
  const [name, setName] = useState('')
  const [keepSeconds, setKeepSeconds] = useState(0)
  const [chosen, setChosen] = useState<WantedMoment>({ kind: 'now', timeMs: 'likely', lsn: '' })
  const { moment, window } = useMoment(projectId, branchId, chosen)
  const creation = useChange(
    projectId,
    () => {
      const { time, lsn } = momentWords(moment)
      return call<typeof routes.createSnapshot>(
        'post',
        '/projects/{project_id}/branches/{branch_id}/snapshot',
        {
          params,
          query: {
            ...(name !== '' && { name }),
            ...(time !== undefined && { timestamp: time }),
            ...(lsn !== undefined && { lsn }),
            ...(keepSeconds > 0 && { expires_at: new Date(Date.now() + keepSeconds * 1000).toISOString() }),
          },
        },
      )
    },
    () => ({ working: 'Making a snapshot', done: 'The snapshot is made' }),
    close,
  )
  const disabledBecause =
    momentProblem(moment, window) ?? (creation.isPending ? 'It is being made' : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) creation.mutate()
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
      <SelectField
        label="Of the branch"
        value={moment.kind}
        onChange={event => setChosen({ ...chosen, kind: event.target.value as MomentKind })}
      >
        <option value="now">As it is now</option>
        <option value="time">As it was at a time</option>
        <option value="lsn">As it was at an LSN</option>
      </SelectField>
      <MomentFields projectId={projectId} branchId={branchId} chosen={moment} onChange={setChosen} />
      <ChoiceField label="Keep it for" choices={keepChoices} value={keepSeconds} onChoose={setKeepSeconds} />
      {creation.isError && <Problem error={creation.error} />}
      <Button type="submit" look="main" disabledBecause={disabledBecause}>
        Create snapshot
      </Button>
    </form>
  )
}
