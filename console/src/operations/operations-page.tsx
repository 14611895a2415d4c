import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { branchesQuery } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { durationMsText } from '../lib/duration.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { SelectField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { actionText } from './action-text.ts'
import { OperationDialog } from './operation-dialog.tsx'
import { OperationStatusText } from './operation-status.tsx'
import { isShown, type OperationsSearch, type StatusFilter, statusFilters } from './operations-search.ts'

const from = '/shell/projects/$projectId/operations'
const pageSize = 50
/** With more pages than this open somebody reads what was, which does not change. */
const livePages = 3

export const route = createLazyRoute(from)({ component: OperationsPage })

function OperationsPage() {
  const { projectId } = useParams({ from })
  const { status, operation } = useSearch({ from })
  const navigate = useNavigate()
  const go = (search: OperationsSearch) =>
    void navigate({ to: '/projects/$projectId/operations', params: { projectId }, search })
  const kept = { ...(status && { status }) }
  const branches = useQuery(branchesQuery(projectId))
  const pages = useInfiniteQuery({
    queryKey: ['project', projectId, 'operations', 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call<typeof routes.listOperations>(
        'get',
        '/projects/{project_id}/operations',
        {
          params: { project_id: projectId },
          query: { limit: pageSize, ...(pageParam !== undefined && { cursor: pageParam }) },
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    // The API gives a cursor as long as there is anything on the page: a short page is the last.
    getNextPageParam: page => (page.operations.length < pageSize ? undefined : page.pagination?.cursor),
    refetchInterval: query => ((query.state.data?.pages.length ?? 1) > livePages ? false : 2000),
  })
  const all = pages.data?.pages.flatMap(page => page.operations)
  const shown = all?.filter(one => isShown(one.status, status))
  const branchNames = new Map(branches.data?.branches.map(({ id, name }) => [id, name]))
  const nowMs = Date.now()
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="font-semibold text-2xl">Operations</h1>
          <p className="text-ink-soft text-sm">
            What Pilotlight has done for this project: what was asked for, and what it does by itself, as
            wakes.
          </p>
        </div>
        <div className="w-44">
          <SelectField
            label="Status"
            value={status ?? ''}
            onChange={event =>
              go(event.target.value === '' ? {} : { status: event.target.value as StatusFilter })
            }
          >
            <option value="">All</option>
            {statusFilters.map(([id, text]) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </SelectField>
        </div>
      </div>
      {pages.isPending && <Skeleton lines={6} />}
      {pages.isError && <Problem error={pages.error} retry={() => pages.refetch()} />}
      {shown?.length === 0 && (
        <Empty title={status === undefined ? 'Nothing has happened yet' : 'None of that kind'}>
          {pages.hasNextPage
            ? `There is none among the newest ${all?.length ?? 0}. Earlier ones can be looked at, too.`
            : 'Each change of a project is an operation: branches that are made, computes that start, settings that are applied.'}
        </Empty>
      )}
      {shown !== undefined && shown.length > 0 && (
        <Table label="Operations" columns={['Operation', 'Status', 'Branch', 'Took', 'When']}>
          {shown.map(one => (
            <Row key={one.id}>
              <Cell>
                <button
                  type="button"
                  className="text-left font-medium text-link"
                  onClick={() => go({ ...kept, operation: one.id })}
                >
                  {actionText(one.action)}
                </button>
                {one.error !== undefined && <div className="text-bad text-xs">{one.error}</div>}
              </Cell>
              <Cell>
                <OperationStatusText status={one.status} />
              </Cell>
              <Cell>{(one.branch_id && (branchNames.get(one.branch_id) ?? one.branch_id)) || '–'}</Cell>
              <Cell>{durationMsText(one.total_duration_ms)}</Cell>
              <Cell>{ageText(one.created_at, nowMs)}</Cell>
            </Row>
          ))}
        </Table>
      )}
      {pages.hasNextPage && (
        <Button
          onClick={() => void pages.fetchNextPage()}
          disabledBecause={pages.isFetchingNextPage ? 'They are being read' : undefined}
        >
          Show earlier ones
        </Button>
      )}
      <OperationDialog projectId={projectId} operationId={operation} onClose={() => go(kept)} />
    </div>
  )
}
