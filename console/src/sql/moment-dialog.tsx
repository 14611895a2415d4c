import { type FormEvent, useState } from 'react'
import { momentProblem, momentWords, type WantedMoment } from '../branches/moment.ts'
import { MomentFields, useMoment } from '../branches/moment-fields.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField } from '../ui/field.tsx'
import { momentOf } from './sql-search.ts'
import type { SqlPlace } from './use-sql-place.ts'

interface MomentDialogProps {
  place: Pick<SqlPlace, 'projectId' | 'branch' | 'at'>
  onClose: () => void
  onChoose: (at: string) => void
}

export function MomentDialog({ place, onClose, onChoose }: MomentDialogProps) {
  const { projectId, branch, at } = place
  const [chosen, setChosen] = useState<WantedMoment>(() => chosenOf(at))
  const { moment, window } = useMoment(projectId, branch.id, chosen)
  const problem = momentProblem(moment, window)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { time, lsn } = momentWords(moment)
    const words = time ?? lsn
    if (problem === undefined && words !== undefined) onChoose(words)
  }
  return (
    <Dialog
      title={`The past of ${branch.name}`}
      description="You then read what was there at that moment. Nothing is changed by it, and nothing can be written."
      isOpen
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-4">
        <SelectField
          label="As of"
          value={chosen.kind}
          onChange={event => setChosen({ ...chosen, kind: event.target.value === 'lsn' ? 'lsn' : 'time' })}
        >
          <option value="time">A time</option>
          <option value="lsn">An LSN</option>
        </SelectField>
        <MomentFields projectId={projectId} branchId={branch.id} chosen={moment} onChange={setChosen} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="main" disabledBecause={problem}>
            Look into it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

function chosenOf(at: string | undefined): WantedMoment {
  const moment = at === undefined ? undefined : momentOf(at)
  if (!moment) return { kind: 'time', timeMs: 'likely', lsn: '' }
  return 'lsn' in moment
    ? { kind: 'lsn', timeMs: 'likely', lsn: moment.lsn }
    : { kind: 'time', timeMs: Date.parse(moment.timestamp), lsn: '' }
}
