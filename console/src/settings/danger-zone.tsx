import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { branchesQuery, machineQuery, snapshotsQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { durationText } from '../lib/duration.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { showToast } from '../ui/toasts.tsx'
import { useSettingsPlace } from './settings-place.ts'
import type { Project } from './use-project-update.ts'

export function DangerZone({ project }: { project: Project }) {
  const { dialog, show, close } = useSettingsPlace()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const machine = useQuery(machineQuery)
  const branches = useQuery(branchesQuery(project.id))
  const snapshots = useQuery(snapshotsQuery(project.id))
  const failure = readFailure(machine, branches, snapshots)
  if (failure) return <Problem error={failure} />
  if (!machine.data || !branches.data || !snapshots.data) return <Skeleton />
  const protectedBranch = branches.data.branches.find(one => one.protected)
  const isRecoverable = machine.data.cloning !== 'copy'
  const recovery = isRecoverable
    ? `It can be had back for ${durationText(limits.projectRecoverySeconds)}: pilotlight projects recover ${project.id}. Until then its data takes its room.`
    : 'It cannot be had back: on this disk branches are full copies, and are gone at once.'
  const remove = async () => {
    await call<typeof routes.deleteProject>('delete', '/projects/{project_id}', {
      params: { project_id: project.id },
    })
    showToast({ kind: 'good', text: `${project.name} is deleted`, detail: recovery })
    await navigate({ to: '/' })
    queries.removeQueries({ queryKey: ['project', project.id] })
    await queries.invalidateQueries({ queryKey: ['projects'] })
  }
  return (
    <section aria-labelledby="danger-title" className="max-w-2xl space-y-3 rounded-lg border border-bad p-4">
      <h2 id="danger-title" className="font-medium text-lg">
        Delete project
      </h2>
      <p className="text-sm">
        All sessions end and nobody can connect any more, at once. What it holds goes:{' '}
        {countText(branches.data.branches.length, 'branch')},{' '}
        {countText(snapshots.data.snapshots.length, 'snapshot')}. {recovery}
      </p>
      <Button
        look="danger"
        onClick={() => show('delete-project')}
        disabledBecause={
          protectedBranch && `Branch ${protectedBranch.name} is protected: take its protection away first`
        }
      >
        Delete project
      </Button>
      <ConfirmDialog
        title={`Delete ${project.name}`}
        action="Delete project"
        typed={project.name}
        isOpen={dialog === 'delete-project' && protectedBranch === undefined}
        onClose={close}
        confirm={remove}
      >
        <p>
          What goes: the databases, roles and history of {namesText(branches.data.branches)}
          {snapshots.data.snapshots.length > 0 &&
            `, and ${countText(snapshots.data.snapshots.length, 'snapshot')}`}
          .
        </p>
        <p>{recovery}</p>
      </ConfirmDialog>
    </section>
  )
}

/** Whoever has more of them knows so. */
const namesShown = 10

function namesText(branches: { name: string }[]): string {
  const names = branches.slice(0, namesShown).map(({ name }) => name)
  const others = branches.length - names.length
  return others > 0 ? `${names.join(', ')} and ${others} others` : names.join(', ')
}

function countText(count: number, noun: 'branch' | 'snapshot'): string {
  const plural = noun === 'branch' ? 'branches' : 'snapshots'
  return `${count} ${count === 1 ? noun : plural}`
}
