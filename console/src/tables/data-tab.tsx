import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Branch } from '../api/queries.ts'
import { at, type Cell, within } from '../grid/selection.ts'
import { counted } from '../lib/count-text.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type Browsing, shownColumns } from './browse-sql.ts'
import { CellEditor, type EditedCell } from './cell-editor.tsx'
import type { NewRow } from './change-sql.ts'
import { ChangesBar } from './changes-bar.tsx'
import { editorKind, isMadeByPostgres } from './column-kinds.ts'
import { DataGrid } from './data-grid.tsx'
import { FilterBar } from './filter-bar.tsx'
import { gridLines } from './grid-lines.ts'
import { PageBar } from './page-bar.tsx'
import { withCell, withDeleted, withNewRow, without } from './pending-changes.ts'
import { ReviewDialog } from './review-dialog.tsx'
import { RowFormDialog } from './row-form-dialog.tsx'
import type { RowIdentity } from './row-identity.ts'
import { SqlProblem } from './sql-problem.tsx'
import type { TableDetails } from './table-details.ts'
import type { TablesPlace } from './tables-client.ts'
import { pageQuery } from './tables-queries.ts'
import { otherRows } from './tables-search.ts'
import type { Changes } from './use-pending-changes.ts'
import { useTablesPlace } from './use-tables-place.ts'
import { WholeValueDialog } from './whole-value-dialog.tsx'

interface DataTabProps {
  place: TablesPlace
  branch: Branch
  table: TableDetails
  identity: RowIdentity
  changes: Changes
}

/** What stands open above the grid. */
type Opened =
  | { kind: 'cell'; edited: EditedCell; element: Element }
  | { kind: 'value'; cell: Cell; row: EditedCell['row']; column: EditedCell['column']; index: number }
  | { kind: 'row'; row: NewRow; number: number; isNew: boolean }
  | { kind: 'review' }

export function DataTab({ place, branch, table, identity, changes }: DataTabProps) {
  const { search, go } = useTablesPlace()
  const { filter = [], sort = [], page = 1 } = search
  const browsing: Browsing = {
    filters: filter.map(([column, operator, value]) => ({ column, operator, value })),
    sort: sort.map(([column, direction]) => ({ column, isDescending: direction === 'desc' })),
    page,
  }
  const reply = useQuery({
    ...pageQuery(place, table, identity, browsing),
    // Until another page is there, the one before is shown.
    placeholderData: before => before,
  })
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set())
  const [opened, setOpened] = useState<Opened>()
  const gridRef = useRef<HTMLDivElement | null>(null)
  const active = useRef<Cell>({ row: 0, column: 0 })
  const columns = useMemo(() => shownColumns(table), [table])
  const { pending } = changes
  const rows = reply.data?.rows
  const lines = useMemo(() => gridLines(rows ?? [], pending), [rows, pending])
  const isEditable = identity.kind !== 'none'
  const chosen = (rows ?? []).filter(({ id }) => checked.has(id) && !pending.deletes.has(id))

  const show = (next: Parameters<typeof otherRows>[1]) => {
    setChecked(new Set())
    go(otherRows(search, next))
  }
  const close = () => {
    setOpened(undefined)
    // After the dialog has put it where it was.
    requestAnimationFrame(() => gridRef.current?.focus())
  }
  const open = (cell: Cell, typed?: string) => {
    const line = lines[cell.row]
    const column = columns[cell.column]
    if (!line || !column) return
    if (line.kind === 'new') {
      setOpened({ kind: 'row', row: line.row, number: line.number, isNew: false })
      return
    }
    const canEdit = isEditable && column.canUpdate && !isMadeByPostgres(column) && line.state !== 'deleted'
    // Scrolled away, the cell is not in the page.
    const element = gridRef.current?.querySelector(`[data-row="${cell.row}"][data-column="${cell.column}"]`)
    const anchor = element ?? gridRef.current
    if (canEdit && anchor) {
      const waiting = pending.updates.get(line.row.id)?.cells.get(column.name)?.next
      const isChosen = editorKind(column, null) === 'boolean' || column.enumLabels !== null
      const edited = { row: line.row, column, pending: waiting, typed: isChosen ? undefined : typed }
      setOpened({ kind: 'cell', edited, element: anchor })
    } else if (typed === undefined) {
      const index = cell.row - pending.inserts.size
      setOpened({ kind: 'value', cell, row: line.row, column, index })
    }
  }
  // Nothing is left to review: all is saved, or taken back, or its rows are gone.
  const isReviewed = opened?.kind === 'review' && changes.count === 0
  useEffect(() => {
    if (isReviewed) close()
  })
  const lastNumber = Math.max(0, ...pending.inserts.keys())

  return (
    <div className="space-y-3">
      <FilterBar columns={columns} filters={filter} onChange={next => show({ filter: next })} />
      <div className="flex flex-wrap items-center gap-2">
        {isEditable && (
          <>
            <Button
              onClick={() => setOpened({ kind: 'row', row: new Map(), number: lastNumber + 1, isNew: true })}
              disabledBecause={
                table.columns.some(column => column.canInsert) ? undefined : 'The role may not add rows'
              }
            >
              Add row
            </Button>
            <Button
              look={chosen.length > 0 ? 'danger' : 'plain'}
              disabledBecause={
                !table.canDelete
                  ? 'The role may not delete rows'
                  : chosen.length === 0
                    ? 'Select rows first: by their boxes, or with the space bar'
                    : undefined
              }
              onClick={() => {
                changes.change(now => withDeleted(now, chosen))
                setChecked(new Set())
              }}
            >
              {chosen.length > 0 ? `Delete ${counted(chosen.length, 'row')}` : 'Delete rows'}
            </Button>
          </>
        )}
        <Button
          // A finger has no double click.
          onClick={() => open(within(at(active.current), lines.length, columns.length).active)}
          disabledBecause={lines.length === 0 ? 'There is no cell' : undefined}
        >
          {isEditable ? 'Edit cell' : 'Show cell'}
        </Button>
        <Button
          look="quiet"
          onClick={changes.reload}
          disabledBecause={reply.isFetching ? 'They are being read' : undefined}
        >
          Reload
        </Button>
        {identity.kind === 'none' && <p className="text-ink-soft text-sm">{identity.because}</p>}
        {identity.kind === 'version' && (
          <p className="text-ink-soft text-sm">
            Without a primary key: a row that is changed meanwhile cannot be found again.
          </p>
        )}
      </div>
      {reply.isError && <SqlProblem error={reply.error} retry={changes.reload} />}
      {!reply.isError && reply.isPending && <Skeleton lines={8} />}
      {!reply.isError && reply.data && (
        <div aria-busy={reply.isPlaceholderData} className={reply.isPlaceholderData ? 'opacity-60' : ''}>
          {columns.length === 0 ? (
            <Empty title="Nothing to see">The role {place.role} may read no column of this table.</Empty>
          ) : lines.length === 0 ? (
            <Empty title={filter.length > 0 ? 'No row is like that' : 'No rows'}>
              {filter.length > 0
                ? 'Take a filter away to see more.'
                : 'What is written to this table stands here.'}
            </Empty>
          ) : (
            <DataGrid
              {...{ table, columns, lines, pending, sort, page, gridRef }}
              checked={isEditable && table.canDelete ? checked : undefined}
              onCheck={(ids, isChecked) =>
                setChecked(now => {
                  const next = new Set(now)
                  for (const id of ids) isChecked ? next.add(id) : next.delete(id)
                  return next
                })
              }
              onRestore={row => changes.change(now => without(now, { kind: 'delete', id: row.id }))}
              onSort={next => show({ sort: next })}
              onOpen={open}
              onActive={cell => {
                active.current = cell
              }}
            />
          )}
        </div>
      )}
      {reply.data && !reply.isError && (
        <PageBar
          key={JSON.stringify(filter)}
          {...{ place, table, page }}
          filters={browsing.filters}
          shown={reply.data.rows.length}
          hasMore={reply.data.hasMore}
          isReading={reply.isPlaceholderData}
          onPage={next => show({ page: next })}
        />
      )}
      {changes.count > 0 && <ChangesBar changes={changes} onReview={() => setOpened({ kind: 'review' })} />}
      {opened?.kind === 'cell' && (
        <CellEditor
          {...{ place, table, identity }}
          edited={opened.edited}
          anchor={{ current: opened.element }}
          onKeep={(old, next) =>
            changes.change(now => withCell(now, opened.edited.row, opened.edited.column.name, old, next))
          }
          onClose={close}
        />
      )}
      {opened?.kind === 'value' && (
        <WholeValueDialog
          {...{ place, table, identity, browsing }}
          row={opened.row}
          index={opened.index}
          column={opened.column}
          onClose={close}
        />
      )}
      <RowFormDialog
        table={table}
        row={opened?.kind === 'row' ? opened.row : undefined}
        onKeep={row => opened?.kind === 'row' && changes.change(now => withNewRow(now, opened.number, row))}
        onRemove={
          opened?.kind === 'row' && !opened.isNew
            ? () => changes.change(now => without(now, { kind: 'insert', number: opened.number }))
            : undefined
        }
        onClose={close}
      />
      <ReviewDialog
        {...{ branch, changes }}
        database={place.database}
        role={place.role}
        isOpen={opened?.kind === 'review'}
        onClose={close}
      />
    </div>
  )
}
