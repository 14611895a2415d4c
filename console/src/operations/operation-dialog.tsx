import { useQuery } from '@tanstack/react-query'
import { hasEnded } from '../../../src/contract/operations.ts'
import { useFallbackInterval } from '../api/live.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { OperationCall } from './operation-call.tsx'
import { OperationFacts } from './operation-facts.tsx'
import { operationDetailsQuery } from './operation-queries.ts'
import { OperationSteps } from './operation-steps.tsx'

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
  const everyMs = useFallbackInterval(1000)
  const reply = useQuery({
    ...operationDetailsQuery(projectId, operationId),
    // Until it has ended; from then on it stays as it is.
    refetchInterval: query => {
      const status = query.state.data?.operation.status
      return status !== undefined && hasEnded(status) ? false : everyMs
    },
  })
  if (reply.isError) return <Problem error={reply.error} retry={() => reply.refetch()} />
  if (!reply.data) return <Skeleton lines={4} />
  const { operation, call } = reply.data
  return (
    <div className="space-y-5">
      <OperationFacts operation={operation} />
      <OperationSteps operation={operation} />
      {call.length > 1 && <OperationCall projectId={projectId} operationId={operationId} call={call} />}
    </div>
  )
}
