import { type FormEvent, useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useChange } from '../api/use-change.ts'
import { durationText } from '../lib/duration.ts'
import { type Choice, withCurrent } from '../lib/setting-choices.ts'
import { Button } from '../ui/button.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { ChoiceField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { useBranchPlace } from './branch-place.ts'
import { frequencies, keepChoices, months, type ScheduleRow, scheduleOf, weekdays } from './schedule.ts'

const hours: readonly Choice[] = Array.from({ length: 24 }, (_, hour) => [
  hour,
  `${String(hour).padStart(2, '0')}:00`,
])

export function ScheduleForm({ initial }: { initial: ScheduleRow[] }) {
  const { projectId, params, close } = useBranchPlace()
  const [rows, setRows] = useState(initial)
  const saving = useChange(
    projectId,
    () =>
      call<typeof routes.setBackupSchedule>(
        'put',
        '/projects/{project_id}/branches/{branch_id}/backup_schedule',
        { params, body: { schedule: scheduleOf(rows) } },
      ),
    () => ({ working: 'Saving the schedule', done: 'The schedule is saved' }),
    close,
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {rows.map(row => (
        <RowFields
          key={row.frequency}
          row={row}
          change={next => setRows(rows.map(one => (one === row ? next : one)))}
        />
      ))}
      {saving.isError && <Problem error={saving.error} />}
      <Button type="submit" look="main" disabledBecause={saving.isPending ? 'It is being saved' : undefined}>
        Save
      </Button>
    </form>
  )
}

function RowFields({ row, change }: { row: ScheduleRow; change: (row: ScheduleRow) => void }) {
  const { title, asks, days } = frequencies[row.frequency]
  return (
    <fieldset className="space-y-2 rounded-lg border border-line p-3">
      <legend className="sr-only">{title}</legend>
      <CheckboxField label={title} checked={row.isOn} onChange={isOn => change({ ...row, isOn })} />
      {row.isOn && (
        <div className="grid gap-3 sm:grid-cols-4">
          {asks.includes('month') && (
            <ChoiceField
              label="Month"
              choices={months.map((name, index) => [index + 1, name])}
              value={row.month}
              onChoose={month => change({ ...row, month })}
            />
          )}
          {asks.includes('day') && (
            <ChoiceField
              label="Day"
              hint={days > 7 ? 'Of a shorter month: its last day.' : undefined}
              choices={Array.from({ length: days }, (_, index) => [
                index + 1,
                days === 7 ? weekdays[index]! : String(index + 1),
              ])}
              value={row.day}
              onChoose={day => change({ ...row, day })}
            />
          )}
          {asks.includes('hour') && (
            <ChoiceField
              label="At (UTC)"
              choices={hours}
              value={row.hour}
              onChoose={hour => change({ ...row, hour })}
            />
          )}
          <ChoiceField
            label="Keep each for"
            choices={withCurrent(keepChoices, row.keepSeconds, durationText)}
            value={row.keepSeconds}
            onChoose={keepSeconds => change({ ...row, keepSeconds })}
          />
        </div>
      )}
    </fieldset>
  )
}
