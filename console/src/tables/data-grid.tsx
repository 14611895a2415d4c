import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, type RefObject, useEffect, useMemo } from 'react'
import { isNumeric } from '../grid/cell-text.ts'
import { ResultGrid } from '../grid/result-grid.tsx'
import { type Cell, rectangleOf, type Selection } from '../grid/selection.ts'
import { countText } from '../lib/count-text.ts'
import { classes } from '../ui/classes.ts'
import { pageRows } from './browse-sql.ts'
import { canSort } from './column-kinds.ts'
import { type GridLine, referencedRow, shownText, shownValue } from './grid-lines.ts'
import type { PendingChanges } from './pending-changes.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import { type SortWords, sortAfterClick } from './tables-search.ts'
import { useTablesPlace } from './use-tables-place.ts'

interface DataGridProps {
  table: TableDetails
  columns: readonly TableColumn[]
  lines: readonly GridLine[]
  pending: PendingChanges
  /** Ids of rows; undefined: rows are only shown. */
  checked: ReadonlySet<string> | undefined
  onCheck: (ids: readonly string[], isChecked: boolean) => void
  /** One that was to be deleted stays. */
  onRestore: (row: TableRow) => void
  sort: readonly SortWords[]
  onSort: (sort: SortWords[]) => void
  page: number
  /** `typed`: the key that begins a new value. */
  onOpen: (cell: Cell, typed?: string) => void
  /** Where the keyboard, or the last click, is. */
  onActive: (cell: Cell) => void
  gridRef: RefObject<HTMLDivElement | null>
}

const marks = {
  new: ['+', 'new'],
  changed: ['●', 'changed'],
  deleted: ['−', 'to be deleted'],
  same: ['', ''],
} as const

export function DataGrid(props: DataGridProps) {
  const { table, columns, lines, pending, checked, onCheck, sort, page, gridRef } = props
  const { projectId, kept, go } = useTablesPlace()
  const gridColumns = useMemo(() => columns.map(({ name, type }) => ({ name, type })), [columns])
  const rows = useMemo(
    () => lines.map(line => columns.map(column => shownText(column, shownValue(line, column, pending)))),
    [lines, columns, pending],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new grid begins at its first cell
  useEffect(() => props.onActive({ row: 0, column: 0 }), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    gridRef.current?.scrollTo({ top: 0 })
  }, [page])

  const renderCell = ({ row, column: place }: Cell) => {
    const line = lines[row]
    const column = columns[place]
    if (!line || !column) return undefined
    const { value, isChanged } = shownValue(line, column, pending)
    if (value.kind === 'default') return <Apart text={isDefaultNull(column) ? 'NULL' : 'DEFAULT'} />
    if (value.kind === 'value' && value.text === '') return <Apart text="empty" />
    const referenced = isChanged ? undefined : referencedRow(table, line, column)
    if (!referenced || value.kind !== 'value') return undefined
    return (
      <span className={classes('flex items-center gap-1', isNumeric(column.type) && 'justify-between')}>
        <Link
          to="/projects/$projectId/tables"
          params={{ projectId }}
          search={{ ...kept, ...referenced.search }}
          preload={false}
          // The grid has one place in the keyboard's order; there it is Ctrl+Enter.
          tabIndex={-1}
          aria-label={`To ${referenced.key.other.name} ${value.text}`}
          title={`The row of ${referenced.key.other.name} (Ctrl+Enter)`}
          className="text-link"
        >
          ↗
        </Link>
        <span className="truncate">{value.text}</span>
      </span>
    )
  }

  const onKey = (event: KeyboardEvent, selection: Selection): boolean => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    const { active } = selection
    const line = lines[active.row]
    const column = columns[active.column]
    if (event.key === ' ' && isPlain && !event.shiftKey && checked) {
      const { top, bottom } = rectangleOf(selection)
      const ids = lines.slice(top, bottom + 1).flatMap(one => (one.kind === 'old' ? [one.row.id] : []))
      onCheck(ids, !ids.every(id => checked.has(id)))
      event.preventDefault()
      return true
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && line && column) {
      const referenced = referencedRow(table, line, column)
      if (referenced) go({ ...kept, ...referenced.search })
      return true
    }
    if (event.key.length === 1 && event.key !== ' ' && isPlain && !event.nativeEvent.isComposing) {
      props.onOpen(active, event.key)
      event.preventDefault()
      return true
    }
    return false
  }

  return (
    <ResultGrid
      label={`Rows of ${table.name}`}
      columns={gridColumns}
      rows={rows}
      className="max-h-[65dvh]"
      gridRef={gridRef}
      onOpen={cell => props.onOpen(cell)}
      onKey={onKey}
      onSelect={selection => props.onActive(selection.active)}
      renderCell={renderCell}
      cellLook={({ row, column }) => {
        const line = lines[row]
        if (line?.kind === 'new') return 'bg-good/12'
        if (line?.state === 'deleted') return 'bg-bad/12 line-through'
        const isChanged =
          line?.state === 'changed' &&
          pending.updates.get(line.row.id)?.cells.has(columns[column]?.name ?? '')
        return isChanged ? 'bg-warn/20 font-semibold' : undefined
      }}
      rowHeader={row => {
        const line = lines[row]
        // Where nothing can be done with rows, they are numbered.
        if (!checked && !(line?.kind === 'new' || line?.state === 'changed'))
          return countText((page - 1) * pageRows + row + 1 - pending.inserts.size)
        return <RowHeader line={line} {...{ checked, onCheck }} onRestore={props.onRestore} />
      }}
      rowHeaderWidth={56}
      columnTitle={index => <ColumnTitle column={columns[index]} sort={sort} onSort={props.onSort} />}
      columnSort={index => {
        const direction = sort.find(([name]) => name === columns[index]?.name)?.[1]
        return direction && (direction === 'asc' ? 'ascending' : 'descending')
      }}
    />
  )
}

/** What is no text of the column’s. */
function Apart({ text }: { text: string }) {
  return <span className="text-ink-soft text-xs italic">{text}</span>
}

const isDefaultNull = (column: TableColumn): boolean =>
  column.defaultSql === null && column.identity === '' && column.isNullable

interface RowHeaderProps extends Pick<DataGridProps, 'checked' | 'onCheck' | 'onRestore'> {
  line: GridLine | undefined
}

function RowHeader({ line, checked, onCheck, onRestore }: RowHeaderProps) {
  if (!line) return null
  const [mark, text] = marks[line.kind === 'new' ? 'new' : line.state]
  return (
    <span className="flex w-full items-center justify-between">
      <span
        className={classes(
          'font-bold',
          line.kind === 'new' ? 'text-good' : mark === '−' ? 'text-bad' : 'text-warn',
        )}
      >
        <span aria-hidden="true">{mark}</span>
        <span className="sr-only">{text}</span>
      </span>
      {line.kind === 'old' && line.state === 'deleted' && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Do not delete row ${line.row.id}`}
          title="Do not delete this row"
          onClick={() => onRestore(line.row)}
          className="text-ink"
        >
          ↺
        </button>
      )}
      {line.kind === 'old' && line.state !== 'deleted' && checked && (
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select row ${line.row.id}`}
          checked={checked.has(line.row.id)}
          onChange={event => onCheck([line.row.id], event.target.checked)}
          className="accent-flame"
        />
      )}
    </span>
  )
}

interface ColumnTitleProps extends Pick<DataGridProps, 'sort' | 'onSort'> {
  column: TableColumn | undefined
}

function ColumnTitle({ column, sort, onSort }: ColumnTitleProps) {
  if (!column) return null
  const direction = sort.find(([name]) => name === column.name)?.[1]
  const words = (
    <>
      <span className="flex items-center gap-1">
        <span className="truncate font-semibold">{column.name}</span>
        <span aria-hidden="true">{direction && (direction === 'asc' ? '▲' : '▼')}</span>
      </span>
      <span className="truncate text-[11px] text-ink-soft">
        {column.type}
        {column.generated !== '' && ', generated'}
      </span>
    </>
  )
  if (!canSort(column)) return words
  return (
    <button
      type="button"
      title={`Sort by ${column.name}; with Shift, as well by it`}
      onClick={event => onSort(sortAfterClick(sort, column.name, event.shiftKey))}
      className="flex w-full min-w-0 flex-col text-left"
    >
      {words}
    </button>
  )
}
