// The rows of the grid: new ones first, then those of the page, each as it will be once it is saved.

import type { NewRow } from './change-sql.ts'
import { booleanText, isBoolean } from './column-kinds.ts'
import type { PendingChanges } from './pending-changes.ts'
import type { ForeignKey, TableColumn, TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import type { FilterWords, TablesSearch } from './tables-search.ts'
import { type NewValue, newValue } from './value-sql.ts'

export type GridLine =
  | { kind: 'new'; number: number; row: NewRow }
  | { kind: 'old'; row: TableRow; state: 'same' | 'changed' | 'deleted' }

export function gridLines(rows: readonly TableRow[], pending: PendingChanges): GridLine[] {
  return [
    ...[...pending.inserts].map(([number, row]): GridLine => ({ kind: 'new', number, row })),
    ...rows.map((row): GridLine => {
      const isDeleted = pending.deletes.has(row.id)
      const state = isDeleted ? 'deleted' : pending.updates.has(row.id) ? 'changed' : 'same'
      return { kind: 'old', row, state }
    }),
  ]
}

export interface ShownValue {
  value: NewValue
  isChanged: boolean
  isCut: boolean
}

export function shownValue(line: GridLine, column: TableColumn, pending: PendingChanges): ShownValue {
  if (line.kind === 'new') {
    const value = line.row.get(column.name) ?? { kind: 'default' }
    return { value, isChanged: false, isCut: false }
  }
  const change = pending.updates.get(line.row.id)?.cells.get(column.name)
  if (change) return { value: change.next, isChanged: true, isCut: false }
  const value = newValue(line.row.values.get(column.name) ?? null)
  return { value, isChanged: false, isCut: line.row.cut.has(column.name) }
}

/** What is shown and copied: that a value goes on is part of it. */
export function shownText(column: TableColumn, { value, isCut }: ShownValue): string | null {
  if (value.kind !== 'value') return value.kind === 'null' ? null : 'DEFAULT'
  if (isBoolean(column)) return booleanText(value.text)
  return isCut ? `${value.text}…` : value.text
}

/** The row to which a cell leads; undefined: it leads to none. */
export function referencedRow(
  table: TableDetails,
  line: GridLine,
  column: TableColumn,
): { key: ForeignKey; search: TablesSearch } | undefined {
  if (line.kind === 'new') return undefined
  const key = table.foreignKeys.find(({ columns }) => columns.includes(column.name))
  if (!key) return undefined
  const filter: FilterWords[] = []
  for (const [place, name] of key.columns.entries()) {
    const value = line.row.values.get(name) ?? null
    const other = key.otherColumns[place]
    // A key with a NULL in it refers to nothing.
    if (value === null || other === undefined) return undefined
    filter.push([other, '=', value])
  }
  return { key, search: { schema: key.other.schema, table: key.other.name, filter } }
}
