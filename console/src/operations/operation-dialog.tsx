import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { hasEnded } from '../../../src/contract/operations.ts'
import type { Operation } from '../api/follow-operations.ts'
import { branchesQuery, operationQuery } from '../api/queries.ts'
import { durationMsText } from '../lib/duration.ts'
import { timeText } from '../lib/local-time.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Fact } from '../ui/fact.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { actionText } from './action-text.ts'
import { OperationStatusText } from './operation-status.tsx'

interface OperationDialogProps {
  projectId: string
  /** Undefined: none is looked at. */
  operationId: string | undefined
  onClose: () => void
}

export function OperationDialog({ projectId, operationId, onClose }: OperationDialogProps) {
  return (
    <Dialog title="Operation" isOpen={operationId !== undefined} onClose={onClose} width="wide">
      {operationId !== undefined && <Details projectId={projectId} operationId={operationId} />}
    </Dialog>
  )
}

function Details({ projectId, operationId }: { projectId: string; operationId: string }) {
  const reply = useQuery({
    ...operationQuery(projectId, operationId),
    // Until it has ended; from then on it stays as it is.
    refetchInterval: query => {
      const status = query.state.data?.operation.status
      return status !== undefined && hasEnded(status) ? false : 1000
    },
  })
  if (reply.isError) return <Problem error={reply.error} />
  if (!reply.data) return <Skeleton lines={4} />
  return <Facts operation={reply.data.operation} />
}

function Facts({ operation }: { operation: Operation }) {
  const { project_id: projectId, branch_id: branchId } = operation
  const branches = useQuery(branchesQuery(projectId))
  const branch = branches.data?.branches.find(({ id }) => id === branchId)
  const isOver = hasEnded(operation.status)
  return (
    <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
      <Fact name="What">
        {actionText(operation.action)} <code className="text-ink-soft text-xs">{operation.action}</code>
      </Fact>
      <Fact name="Status">
        <OperationStatusText status={operation.status} />
      </Fact>
      {operation.error !== undefined && (
        <Fact name="Error" isWide>
          <span className="text-bad">{operation.error}</span>
        </Fact>
      )}
      <Fact name="Asked for">{timeText(Date.parse(operation.created_at))}</Fact>
      <Fact name={isOver ? 'Ended' : 'Last change'}>{timeText(Date.parse(operation.updated_at))}</Fact>
      <Fact name={isOver ? 'Took' : 'Has taken'}>{durationMsText(operation.total_duration_ms)}</Fact>
      <Fact name="Failed tries">
        {operation.failures_count === 0 ? 'none' : operation.failures_count}
        {operation.retry_at !== undefined && `, tried again ${timeText(Date.parse(operation.retry_at))}`}
      </Fact>
      {branchId !== undefined && (
        <Fact name="Branch">
          {branch ? (
            <Link
              to="/projects/$projectId/branches/$branchId"
              params={{ projectId, branchId }}
              className="text-link underline"
            >
              {branch.name}
            </Link>
          ) : (
            `${branchId}, which is gone`
          )}
        </Fact>
      )}
      {operation.endpoint_id !== undefined && <Fact name="Compute">{operation.endpoint_id}</Fact>}
      <Fact name="Id" isWide>
        <span className="inline-flex flex-wrap items-center gap-2">
          <code>{operation.id}</code>
          <CopyButton text={() => operation.id} label="Copy id" />
        </span>
      </Fact>
    </dl>
  )
}
