import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useFallbackInterval } from '../api/live.ts'
import { type Branch, snapshotsQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { useChange } from '../api/use-change.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { useBranchPlace } from './branch-place.ts'
import { snapshotRefusal } from './branch-refusals.ts'
import { ScheduleSection } from './schedule-section.tsx'
import { SnapshotCreateDialog } from './snapshot-create-dialog.tsx'
import { SnapshotEditDialog } from './snapshot-edit-dialog.tsx'
import { SnapshotRestoreDialog } from './snapshot-restore-dialog.tsx'

export function SnapshotsTab({ branch }: { branch: Branch }) {
  const { projectId, branchId, dialog, item = '', show, close } = useBranchPlace()
  const refetchInterval = useFallbackInterval(3000)
  const snapshots = useQuery({ ...snapshotsQuery(projectId), refetchInterval })
  const deletion = useChange(
    projectId,
    (id: string) =>
      call<typeof routes.deleteSnapshot>('delete', '/projects/{project_id}/snapshots/{snapshot_id}', {
        params: { project_id: projectId, snapshot_id: id },
      }),
    () => ({ working: 'Deleting a snapshot', done: 'The snapshot is deleted' }),
  )
  const failure = readFailure(snapshots)
  if (failure) return <Problem error={failure} retry={() => snapshots.refetch()} />
  if (!snapshots.data) return <Skeleton />
  const own = snapshots.data.snapshots.filter(one => one.source_branch_id === branchId)
  const about = own.find(({ id }) => id === item)
  const nowMs = Date.now()
  const add = (
    <Button
      look="main"
      onClick={() => show('add-snapshot')}
      disabledBecause={snapshotRefusal(branch, snapshots.data.snapshots.length)}
    >
      Create snapshot
    </Button>
  )
  return (
    <div className="space-y-6">
      {own.length === 0 ? (
        <Empty title="No snapshot" action={add}>
          History ends with its window. A snapshot keeps the branch as it is now until it is deleted or
          expires, also when the branch itself is gone.
        </Empty>
      ) : (
        <div className="space-y-3">
          <Table label="Snapshots" columns={['Snapshot', 'Keeps', 'Made', 'Expires', null]}>
            {own.map(snapshot => (
              <Row key={snapshot.id}>
                <Cell>
                  <span className="font-medium">{snapshot.name}</span>
                  {snapshot.name !== snapshot.id && (
                    <div className="text-ink-soft text-xs">{snapshot.id}</div>
                  )}
                </Cell>
                <Cell>
                  {snapshot.timestamp === undefined
                    ? 'being made'
                    : `the branch ${ageText(snapshot.timestamp, nowMs)}`}
                </Cell>
                <Cell>{snapshot.manual === false ? 'by the schedule' : 'by hand'}</Cell>
                <Cell>
                  {snapshot.expires_at === undefined ? 'never' : ageText(snapshot.expires_at, nowMs)}
                </Cell>
                <ActionsCell>
                  <Button
                    look="quiet"
                    aria-label={`Restore ${snapshot.name}`}
                    onClick={() => show('restore-snapshot', snapshot.id)}
                    disabledBecause={snapshot.timestamp === undefined ? 'It is being made' : undefined}
                  >
                    Restore
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Edit ${snapshot.name}`}
                    onClick={() => show('edit-snapshot', snapshot.id)}
                  >
                    Edit
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Delete ${snapshot.name}`}
                    onClick={() => show('delete-snapshot', snapshot.id)}
                  >
                    Delete
                  </Button>
                </ActionsCell>
              </Row>
            ))}
          </Table>
          {add}
        </div>
      )}
      <ScheduleSection />
      <SnapshotCreateDialog branchName={branch.name} isOpen={dialog === 'add-snapshot'} />
      <SnapshotEditDialog snapshot={about} isOpen={dialog === 'edit-snapshot' && about !== undefined} />
      <SnapshotRestoreDialog
        {...{ snapshot: about, branch }}
        isOpen={dialog === 'restore-snapshot' && about !== undefined}
      />
      <ConfirmDialog
        title={`Delete snapshot ${about?.name ?? ''}`}
        action="Delete snapshot"
        isOpen={dialog === 'delete-snapshot' && about !== undefined}
        onClose={close}
        confirm={() => deletion.mutateAsync(item)}
      >
        <p>
          What it keeps cannot be had back once it is gone, unless the branch's history still reaches that
          far. Branches that were made of it stay.
        </p>
      </ConfirmDialog>
    </div>
  )
}
