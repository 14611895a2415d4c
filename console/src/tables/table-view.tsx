import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Branch } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { bytesText } from '../lib/bytes.ts'
import { counted } from '../lib/count-text.ts'
import { Empty } from '../ui/empty.tsx'
import { Label } from '../ui/label.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { DataTab } from './data-tab.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { changeCount } from './pending-changes.ts'
import { rowIdentity } from './row-identity.ts'
import { SqlProblem } from './sql-problem.tsx'
import { StructureTab } from './structure-tab.tsx'
import { kindTexts, type TableDetails, type TableName } from './table-details.ts'
import type { TablesPlace } from './tables-client.ts'
import { tableQuery } from './tables-queries.ts'
import { usePendingChanges } from './use-pending-changes.ts'
import { useTablesPlace } from './use-tables-place.ts'

interface TableViewProps {
  place: TablesPlace
  branch: Branch
  name: TableName
}

export function TableView({ place, branch, name }: TableViewProps) {
  const { search } = useTablesPlace()
  const reply = useQuery(tableQuery(place, name))
  const problem = reply.isError && <SqlProblem error={reply.error} retry={() => reply.refetch()} />
  if (readFailure(reply)) return problem
  if (reply.data === undefined) return <Skeleton lines={6} />
  if (reply.data === null) {
    return (
      <Empty title={`No table ${name.name} in ${name.schema}`}>
        It was dropped or renamed, or the role {place.role} may not use the schema.
      </Empty>
    )
  }
  return (
    <>
      {problem}
      <Loaded place={place} branch={branch} table={reply.data} isStructure={search.tab === 'structure'} />
    </>
  )
}

interface LoadedProps {
  place: TablesPlace
  branch: Branch
  table: TableDetails
  isStructure: boolean
}

/** What is changed and not saved stays while one looks at the structure. */
function Loaded({ place, branch, table, isStructure }: LoadedProps) {
  const identity = rowIdentity(table, place.at !== undefined)
  const changes = usePendingChanges(place, table, identity)
  return (
    <div className="space-y-4">
      <header className="space-y-2">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="break-all font-semibold text-lg">
            {table.schema !== 'public' && <span className="text-ink-soft">{table.schema}.</span>}
            {table.name}
          </h2>
          {table.kind !== 'r' && <Label text={kindTexts[table.kind]} />}
          {table.hasRowSecurity && <Label text="row security" />}
          <span className="text-ink-soft text-sm">
            {table.estimatedRows !== undefined && `≈ ${counted(table.estimatedRows, 'row')} · `}
            {table.kind !== 'v' && bytesText(table.bytes)}
          </span>
        </div>
        {table.comment !== null && <p className="text-ink-soft text-sm">{table.comment}</p>}
        <Tabs isStructure={isStructure} />
      </header>
      {isStructure ? (
        <StructureTab table={table} />
      ) : (
        <DataTab {...{ place, branch, table, identity, changes }} />
      )}
      <LeaveDialog count={changeCount(changes.pending)} />
    </div>
  )
}

function Tabs({ isStructure }: { isStructure: boolean }) {
  const { projectId, search } = useTablesPlace()
  const { tab: _, ...data } = search
  return (
    <nav aria-label="Table" className="border-line border-b">
      <ul className="flex gap-1">
        {(
          [
            ['Data', data, !isStructure],
            ['Structure', { ...data, tab: 'structure' }, isStructure],
          ] as const
        ).map(([title, to, isCurrent]) => (
          <li key={title}>
            <Link
              to="/projects/$projectId/tables"
              params={{ projectId }}
              search={to}
              activeOptions={{ exact: true }}
              aria-current={isCurrent ? 'page' : undefined}
              className="block border-transparent border-b-2 px-3 py-1.5 text-sm aria-[current=page]:border-flame aria-[current=page]:font-medium"
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
