import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { ConsoleOperation } from '../../../src/contract/console-operations.ts'
import { hasEnded } from '../../../src/contract/operations.ts'
import { useFallbackInterval } from '../api/live.ts'
import { branchesQuery } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { durationMsText } from '../lib/duration.ts'
import { useNow } from '../lib/use-now.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { actionText } from './action-text.ts'
import { shortCauseText } from './cause-text.ts'
import { OperationDialog } from './operation-dialog.tsx'
import { operationPagesQuery } from './operation-queries.ts'
import { OperationStatusText } from './operation-status.tsx'
import { timesOf } from './operation-times.ts'
import { OperationsFilters } from './operations-filters.tsx'
import type { OperationsSearch } from './operations-search.ts'

const from = '/shell/projects/$projectId/operations'

export const route = createLazyRoute(from)({ component: OperationsPage })

function OperationsPage() {
  const { projectId } = useParams({ from })
  const { operation, ...filters } = useSearch({ from })
  const navigate = useNavigate()
  const go = (search: OperationsSearch) =>
    void navigate({ to: '/projects/$projectId/operations', params: { projectId }, search })
  const branches = useQuery(branchesQuery(projectId))
  const refetchInterval = useFallbackInterval(2000)
  const pages = useInfiniteQuery({
    ...operationPagesQuery(projectId, filters),
    placeholderData: keepPreviousData,
    refetchInterval,
  })
  const shown = pages.data?.pages.flatMap(page => page.operations)
  return (
    <div className="space-y-4">
      <div>
        <h1 className="font-semibold text-2xl">Operations</h1>
        <p className="text-ink-soft text-sm">
          What Pilotlight has done for this project: what was asked for, and what it does by itself, as wakes.
        </p>
      </div>
      <OperationsFilters filters={filters} branches={branches.data?.branches ?? []} onChange={go} />
      {pages.isPending && <Skeleton lines={6} />}
      {pages.isError && <Problem error={pages.error} retry={() => pages.refetch()} />}
      {shown?.length === 0 && <Nothing isFiltered={Object.keys(filters).length > 0} />}
      {shown !== undefined && shown.length > 0 && (
        <OperationTable
          operations={shown}
          branchNames={new Map(branches.data?.branches.map(({ id, name }) => [id, name]))}
          open={id => go({ ...filters, operation: id })}
        />
      )}
      {pages.hasNextPage && (
        <Button
          onClick={() => void pages.fetchNextPage()}
          disabledBecause={pages.isFetchingNextPage ? 'They are being read' : undefined}
        >
          Show earlier ones
        </Button>
      )}
      <OperationDialog projectId={projectId} operationId={operation} onClose={() => go(filters)} />
    </div>
  )
}

interface OperationTableProps {
  operations: ConsoleOperation[]
  branchNames: ReadonlyMap<string, string>
  open: (id: string) => void
}

const columns = ['Operation', 'Status', 'By', 'Branch', 'Took', 'When'] as const

function OperationTable({ operations, branchNames, open }: OperationTableProps) {
  const nowMs = useNow(operations.every(({ status }) => hasEnded(status)) ? 15_000 : 1000)
  return (
    <Table label="Operations" columns={columns}>
      {operations.map(one => {
        const { workedMs } = timesOf(one, nowMs)
        return (
          <Row key={one.id}>
            <Cell>
              <button type="button" className="text-left font-medium text-link" onClick={() => open(one.id)}>
                {actionText(one.action)}
              </button>
              {one.error !== null && <div className="line-clamp-2 text-bad text-xs">{one.error}</div>}
            </Cell>
            <Cell>
              <OperationStatusText status={one.status} />
            </Cell>
            <Cell>
              <span className="whitespace-nowrap">{shortCauseText(one.cause)}</span>
            </Cell>
            <Cell>{(one.branch_id && (branchNames.get(one.branch_id) ?? one.branch_id)) || '–'}</Cell>
            <Cell>{workedMs === null ? '–' : durationMsText(workedMs)}</Cell>
            <Cell>{ageText(one.created_at, nowMs)}</Cell>
          </Row>
        )
      })}
    </Table>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Empty title={isFiltered ? 'None of that kind' : 'Nothing has happened yet'}>
      {isFiltered
        ? 'No operation that is kept is of this status, kind and branch together. Those of the API are kept for six months, wakes and sleeps for two.'
        : 'Each change of a project is an operation: branches that are made, computes that start, settings that are applied.'}
    </Empty>
  )
}
