import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ConsoleOperation } from '../../../src/contract/console-operations.ts'
import { hasEnded } from '../../../src/contract/operations.ts'
import { branchesQuery } from '../api/queries.ts'
import { capitalised } from '../lib/capitalised.ts'
import { durationMsText } from '../lib/duration.ts'
import { timeText } from '../lib/local-time.ts'
import { useNow } from '../lib/use-now.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Fact } from '../ui/fact.tsx'
import { actionText } from './action-text.ts'
import { askerText, sleepReasonText } from './cause-text.ts'
import { OperationStatusText } from './operation-status.tsx'
import { timesOf } from './operation-times.ts'

export function OperationFacts({ operation }: { operation: ConsoleOperation }) {
  const { project_id: projectId, branch_id: branchId, status, error, cause } = operation
  const branches = useQuery(branchesQuery(projectId))
  const branch = branches.data?.branches.find(({ id }) => id === branchId)
  const isOver = hasEnded(status)
  const nowMs = useNow(isOver ? undefined : 1000)
  const { waitedMs, workedMs } = timesOf(operation, nowMs)
  return (
    <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
      <Fact name="What">
        {actionText(operation.action)} <code className="text-ink-soft text-xs">{operation.action}</code>
      </Fact>
      <Fact name="Status">
        <OperationStatusText status={status} />
      </Fact>
      {error !== null && (
        <Fact name="Error" isWide>
          <span className="whitespace-pre-wrap text-bad">{error}</span>
          {operation.remedy !== null && <span className="block">{operation.remedy}</span>}
        </Fact>
      )}
      <Fact name={operation.action === 'suspend_compute' ? 'Why' : 'By'} isWide>
        {capitalised(operation.action === 'suspend_compute' ? sleepReasonText(cause) : askerText(cause))}
      </Fact>
      <Fact name="Asked for">{timeText(Date.parse(operation.created_at))}</Fact>
      <Fact name="Began">
        {operation.started_at === null
          ? isOver
            ? 'never'
            : 'it waits for its turn'
          : timeText(Date.parse(operation.started_at))}
      </Fact>
      <Fact name="Waited">{durationMsText(waitedMs)}</Fact>
      <Fact name={isOver ? 'Took' : 'Has taken'}>{workedMs === null ? '–' : durationMsText(workedMs)}</Fact>
      <Fact name="Ended">
        {operation.finished_at === null ? 'not yet' : timeText(Date.parse(operation.finished_at))}
      </Fact>
      <Fact name="Failed tries">
        {operation.failures_count === 0 ? 'none' : operation.failures_count}
        {operation.retry_at !== null && `, tried again ${timeText(Date.parse(operation.retry_at))}`}
      </Fact>
      {branchId !== null && (
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
            `${branchId}${branches.data ? ', which is gone or never was listed' : ''}`
          )}
        </Fact>
      )}
      {operation.endpoint_id !== null && <Fact name="Compute">{operation.endpoint_id}</Fact>}
      <Fact name="Id" isWide>
        <span className="inline-flex flex-wrap items-center gap-2">
          <code>{operation.id}</code>
          <CopyButton text={() => operation.id} label="Copy id" />
        </span>
      </Fact>
    </dl>
  )
}
