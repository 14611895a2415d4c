import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { MonitoredState } from '../../../src/contract/console-monitoring.ts'
import type { MonitoringRange } from '../../../src/contract/monitoring-ranges.ts'
import { branchesQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { SelectField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { DatabasesSection } from './databases-section.tsx'
import { HistorySection } from './history-section.tsx'
import type { MonitoredBranch } from './monitoring-queries.ts'
import { type MonitoringSearch, rangeNames } from './monitoring-search.ts'
import { NowSection } from './now-section.tsx'
import { SessionsSection } from './sessions-section.tsx'
import { StatementsSection } from './statements-section.tsx'
import { useLiveMetrics } from './use-live-metrics.ts'
import { UseSection } from './use-section.tsx'

const from = '/shell/projects/$projectId/monitoring'

export const route = createLazyRoute(from)({ component: MonitoringPage })

function MonitoringPage() {
  const { projectId } = useParams({ from })
  const { branch, range = '1h' } = useSearch({ from })
  const navigate = useNavigate()
  const branches = useQuery(branchesQuery(projectId))
  const go = (search: MonitoringSearch) =>
    void navigate({ to: '/projects/$projectId/monitoring', params: { projectId }, search })
  const failure = readFailure(branches)
  if (failure) return <Problem error={failure} retry={() => branches.refetch()} />
  if (!branches.data) return <Skeleton lines={6} />
  const all = branches.data.branches
  const chosen = all.find(({ id }) => id === branch) ?? (branch === undefined && all.find(one => one.default))
  return (
    <div className="space-y-8">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h1 className="font-semibold text-2xl">Monitoring</h1>
        <div className="flex flex-wrap items-end gap-3">
          <div className="w-44">
            <SelectField
              label="Branch"
              value={chosen ? chosen.id : ''}
              onChange={event => go({ branch: event.target.value, ...(range !== '1h' && { range }) })}
            >
              {!chosen && <option value="">Choose one</option>}
              {all.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </SelectField>
          </div>
          <fieldset className="flex flex-wrap gap-1">
            <legend className="sr-only">How far back</legend>
            {rangeNames.map(([id, name]) => (
              <Button
                key={id}
                aria-pressed={id === range}
                look={id === range ? 'main' : 'plain'}
                onClick={() => go({ ...(branch && { branch }), ...(id !== '1h' && { range: id }) })}
              >
                {name}
              </Button>
            ))}
          </fieldset>
        </div>
      </div>
      {chosen ? (
        <Monitored key={chosen.id} of={{ projectId, branchId: chosen.id }} range={range} />
      ) : (
        <Empty title="No such branch">It was deleted, or the address is mistyped. Choose another one.</Empty>
      )}
    </div>
  )
}

function Monitored({ of, range }: { of: MonitoredBranch; range: MonitoringRange }) {
  const { reply, points } = useLiveMetrics(of)
  const problem = reply.isError && <Problem error={reply.error} retry={() => reply.refetch()} />
  if (!reply.data) return problem || <Skeleton lines={6} />
  const { state } = reply.data
  return (
    <>
      {problem}
      {state === 'awake' ? (
        <NowSection now={reply.data} last={points.at(-1)} />
      ) : (
        <Away of={of} state={state} />
      )}
      <HistorySection of={of} range={range} now={reply.data} live={points} />
      {state === 'awake' && (
        <>
          <SessionsSection of={of} />
          <StatementsSection of={of} endpointId={reply.data.endpoint_id ?? ''} />
          <DatabasesSection of={of} />
        </>
      )}
      <UseSection projectId={of.projectId} span={range === '7d' ? 'week' : 'day'} />
    </>
  )
}

const titles: Record<Exclude<MonitoredState, 'awake'>, string> = {
  asleep: 'The compute is asleep',
  waking: 'The compute is waking',
  going_to_sleep: 'The compute is going to sleep',
  none: 'This branch has no compute',
}

function Away({ of, state }: { of: MonitoredBranch; state: Exclude<MonitoredState, 'awake'> }) {
  return (
    <Empty
      title={titles[state]}
      action={
        <Link
          to="/projects/$projectId/branches/$branchId"
          params={{ projectId: of.projectId, branchId: of.branchId }}
          className="text-link underline"
        >
          To its branch
        </Link>
      }
    >
      {state === 'none'
        ? 'Figures, sessions and statements are those of a compute. One can be added on the branch’s page.'
        : 'Looking does not wake it. Its sessions, statements and figures of now are here while it is awake.'}
    </Empty>
  )
}
