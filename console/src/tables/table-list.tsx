import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { countText } from '../lib/count-text.ts'
import { classes } from '../ui/classes.ts'
import { SearchBox } from '../ui/search-box.tsx'
import { kindTexts, type TableSummary } from './table-details.ts'
import { useTablesPlace } from './use-tables-place.ts'

/** More are found by search. */
const shownAtOnce = 300

interface TableListProps {
  tables: readonly TableSummary[]
  /** There are more than were read. */
  isMore: boolean
}

export function TableList({ tables, isMore }: TableListProps) {
  const [wanted, setWanted] = useState('')
  const found = tables.filter(table => isFound(table, wanted))
  const shown = found.slice(0, shownAtOnce)
  const schemas = [...new Set(shown.map(({ schema }) => schema))]
  return (
    <div className="space-y-3">
      <div className="grid pr-1">
        <SearchBox label="Search tables" value={wanted} onChange={setWanted} />
      </div>
      {found.length === 0 && <p className="text-ink-soft text-sm">None is called that.</p>}
      <nav aria-label="Tables" className="max-h-[70dvh] space-y-4 overflow-y-auto pr-1">
        {schemas.map(schema => (
          <section key={schema} aria-label={`Schema ${schema}`}>
            <h2 className="mb-1 truncate px-2 text-ink-soft text-xs">{schema}</h2>
            <ul>
              {shown
                .filter(table => table.schema === schema)
                .map(table => (
                  <li key={table.name}>
                    <TableLink table={table} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </nav>
      {found.length > shown.length && (
        <p className="text-ink-soft text-xs">
          {countText(found.length - shown.length)} more: search for them.
        </p>
      )}
      {isMore && (
        <p className="text-ink-soft text-xs">
          Only the first {countText(tables.length)} were read. The SQL editor reaches the others.
        </p>
      )}
    </div>
  )
}

function TableLink({ table }: { table: TableSummary }) {
  const { projectId, kept, search } = useTablesPlace()
  const isCurrent = search.schema === table.schema && search.table === table.name
  const kind = table.isPartition ? 'partition' : kindTexts[table.kind]
  return (
    <Link
      to="/projects/$projectId/tables"
      params={{ projectId }}
      search={{ ...kept, schema: table.schema, table: table.name }}
      // Hovering would otherwise read each page's code and nothing else; rows are read by a click alone.
      preload={false}
      aria-current={isCurrent ? 'page' : undefined}
      className={classes(
        'flex items-baseline justify-between gap-2 rounded-md px-2 py-1 text-sm hover:bg-sunken',
        isCurrent && 'bg-sunken font-medium',
      )}
    >
      <span className="truncate" title={table.name}>
        {table.name}
      </span>
      <span className="shrink-0 text-ink-soft text-xs">
        {kind !== 'table' && <span>{kind} </span>}
        {table.estimatedRows !== undefined && (
          <span title="Rows, as of the last ANALYZE">≈ {countText(table.estimatedRows)}</span>
        )}
      </span>
    </Link>
  )
}

/** Of its own name, or, with a dot, of its schema's as well. */
function isFound({ schema, name }: TableSummary, wanted: string): boolean {
  const text = wanted.includes('.') ? `${schema}.${name}` : name
  return text.toLowerCase().includes(wanted.toLowerCase())
}
