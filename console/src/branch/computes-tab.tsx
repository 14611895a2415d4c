import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { useFallbackInterval } from '../api/live.ts'
import { endpointsQuery, machineQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useBranchPlace } from './branch-place.ts'
import { ComputeCard } from './compute-card.tsx'
import { ComputeFormDialog } from './compute-form-dialog.tsx'

export function ComputesTab({ isProtected }: { isProtected: boolean }) {
  const { projectId, branchId, dialog, item, show, close } = useBranchPlace()
  const refetchInterval = useFallbackInterval(1500)
  const endpoints = useQuery({ ...endpointsQuery(projectId), refetchInterval })
  const machine = useQuery(machineQuery)
  const retry = () => {
    void endpoints.refetch()
    void machine.refetch()
  }
  const deletion = useChange(
    projectId,
    (id: string) =>
      call<typeof routes.deleteEndpoint>('delete', '/projects/{project_id}/endpoints/{endpoint_id}', {
        params: { project_id: projectId, endpoint_id: id },
      }),
    id => ({ working: `Deleting ${id}`, done: `${id} is deleted` }),
  )
  const failure = readFailure(endpoints, machine)
  if (failure) return <Problem error={failure} retry={retry} />
  if (!endpoints.data || !machine.data) return <Skeleton />
  const own = endpoints.data.endpoints.filter(one => one.branch_id === branchId)
  const about = own.find(one => one.id === item)
  const add = (
    <Button
      look="main"
      onClick={() => show('add-compute')}
      disabledBecause={
        own.some(one => one.type === 'read_write') ? 'The branch has its compute already' : undefined
      }
    >
      Add compute
    </Button>
  )
  return (
    <div className="space-y-4">
      {own.length === 0 ? (
        <Empty title="No compute" action={add}>
          A compute is the Postgres process that serves the branch, with a host name of its own. Without one
          the branch keeps its data, and nobody can connect to it.
        </Empty>
      ) : (
        <>
          {own.map(endpoint => (
            <ComputeCard
              key={endpoint.id}
              endpoint={endpoint}
              suspendAfterSeconds={machine.data.suspend_after_seconds}
              isProtected={isProtected}
            />
          ))}
          <div>{add}</div>
        </>
      )}
      <ComputeFormDialog
        endpoint={dialog === 'edit-compute' ? about : undefined}
        isOpen={dialog === 'add-compute' || (dialog === 'edit-compute' && about !== undefined)}
      />
      <ConfirmDialog
        title={`Delete compute ${item ?? ''}`}
        action="Delete compute"
        isOpen={dialog === 'delete-compute' && about !== undefined}
        onClose={close}
        confirm={() => deletion.mutateAsync(item ?? '')}
        disabledBecause={isProtected ? 'The branch is protected: unprotect it first' : undefined}
      >
        <p>Open sessions end, and nobody can connect to this branch by {about?.host} any more.</p>
        <p>
          The data stays. A compute that is added later has another host name: programs need a new connection
          string.
        </p>
      </ConfirmDialog>
    </div>
  )
}
