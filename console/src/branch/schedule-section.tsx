import { useQuery } from '@tanstack/react-query'
import { backupScheduleQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useBranchPlace } from './branch-place.ts'
import { rowsOf, scheduleText } from './schedule.ts'
import { ScheduleForm } from './schedule-form.tsx'

/** When snapshots of the branch are made by themselves. */
export function ScheduleSection() {
  const { projectId, branchId, dialog, show, close } = useBranchPlace()
  const reply = useQuery(backupScheduleQuery(projectId, branchId))
  const failure = readFailure(reply)
  if (failure) return <Problem error={failure} retry={() => reply.refetch()} />
  if (!reply.data) return <Skeleton lines={1} />
  const rows = rowsOf(reply.data.schedule)
  const on = rows.filter(({ isOn }) => isOn)
  return (
    <section aria-labelledby="schedule-title" className="space-y-2 text-sm">
      <h2 id="schedule-title" className="font-medium text-lg">
        Schedule
      </h2>
      {on.length === 0 ? (
        <p className="text-ink-soft">Snapshots of this branch are made by hand only.</p>
      ) : (
        <ul className="list-inside list-disc">
          {on.map(row => (
            <li key={row.frequency}>{scheduleText(row)}</li>
          ))}
        </ul>
      )}
      <Button onClick={() => show('schedule')}>Change schedule</Button>
      <Dialog
        title="Snapshots by schedule"
        description="Times are UTC. What was missed while Pilotlight did not run is made up for by one snapshot."
        isOpen={dialog === 'schedule'}
        onClose={close}
        width="wide"
      >
        <ScheduleForm initial={rows} />
      </Dialog>
    </section>
  )
}
