// What somebody has changed in the grid and not saved yet: nothing of it is in the database.

import { type CellChange, deleteSql, insertSql, type NewRow, updateSql } from './change-sql.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableDetails } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import { isSameValue, type NewValue, newValue } from './value-sql.ts'

export interface RowUpdate {
  row: TableRow
  /** By column; never empty. */
  cells: ReadonlyMap<string, CellChange>
}

export interface PendingChanges {
  /** By the row's id. */
  updates: ReadonlyMap<string, RowUpdate>
  deletes: ReadonlyMap<string, TableRow>
  /** By a number of ours. */
  inserts: ReadonlyMap<number, NewRow>
}

export interface PendingStatement {
  sql: string
  /** Whose it is; of a new row its number. */
  of: { kind: 'update' | 'delete'; id: string } | { kind: 'insert'; number: number }
}

export const noChanges: PendingChanges = { updates: new Map(), deletes: new Map(), inserts: new Map() }

/** Statements that it takes. */
export const changeCount = ({ updates, deletes, inserts }: PendingChanges): number =>
  updates.size + deletes.size + inserts.size

/** `old` is the whole value, as it was read last. What is the same is no change. */
export function withCell(
  pending: PendingChanges,
  row: TableRow,
  column: string,
  old: string | null,
  next: NewValue,
): PendingChanges {
  const update = pending.updates.get(row.id)
  const cells = new Map(update?.cells)
  // What was there when it was first changed, even if the page has been read anew since.
  const known = cells.get(column)
  if (isSameValue(newValue(old), next)) cells.delete(column)
  else cells.set(column, { old: known ? known.old : old, next })
  const updates = new Map(pending.updates)
  if (cells.size === 0) updates.delete(row.id)
  else updates.set(row.id, { row: update?.row ?? row, cells })
  return { ...pending, updates }
}

/** What was changed in rows that go is dropped. */
export function withDeleted(pending: PendingChanges, rows: readonly TableRow[]): PendingChanges {
  const deletes = new Map(pending.deletes)
  const updates = new Map(pending.updates)
  for (const row of rows) {
    deletes.set(row.id, row)
    updates.delete(row.id)
  }
  return { ...pending, deletes, updates }
}

export function withNewRow(pending: PendingChanges, number: number, row: NewRow): PendingChanges {
  return { ...pending, inserts: new Map(pending.inserts).set(number, row) }
}

/** Takes back what one statement would do. */
export function without(pending: PendingChanges, of: PendingStatement['of']): PendingChanges {
  const less = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key) => {
    const copy = new Map(map)
    copy.delete(key)
    return copy
  }
  if (of.kind === 'insert') return { ...pending, inserts: less(pending.inserts, of.number) }
  if (of.kind === 'delete') return { ...pending, deletes: less(pending.deletes, of.id) }
  return { ...pending, updates: less(pending.updates, of.id) }
}

/** In the order in which they are carried out: what goes makes room for what is new under the same key. */
export function pendingStatements(
  table: TableDetails,
  identity: RowIdentity,
  { updates, deletes, inserts }: PendingChanges,
): PendingStatement[] {
  return [
    ...[...deletes].map(([id, row]): PendingStatement => {
      return { sql: deleteSql(table, identity, row), of: { kind: 'delete', id } }
    }),
    ...[...updates].map(([id, { row, cells }]): PendingStatement => {
      return { sql: updateSql(table, identity, row, cells), of: { kind: 'update', id } }
    }),
    ...[...inserts].map(([number, row]): PendingStatement => {
      return { sql: insertSql(table, row), of: { kind: 'insert', number } }
    }),
  ]
}

/** The rows that are to be changed or deleted, and the columns whose whole values are changed. */
export function touchedRows({ updates, deletes }: PendingChanges): {
  rows: TableRow[]
  wholeColumns: Set<string>
} {
  return {
    rows: [...deletes.values(), ...[...updates.values()].map(({ row }) => row)],
    wholeColumns: new Set([...updates.values()].flatMap(({ cells }) => [...cells.keys()])),
  }
}

/** The same changes to the rows as they are now, `fresh`; those of rows that are gone are dropped, and counted. */
export function rebased(
  pending: PendingChanges,
  fresh: readonly TableRow[],
): { pending: PendingChanges; gone: number } {
  const now = new Map(fresh.map(row => [row.id, row]))
  let next: PendingChanges = { ...noChanges, inserts: pending.inserts }
  let gone = 0
  for (const [id, { cells }] of pending.updates) {
    const row = now.get(id)
    if (!row) gone++
    else
      for (const [column, { next: value }] of cells)
        next = withCell(next, row, column, row.values.get(column) ?? null, value)
  }
  for (const id of pending.deletes.keys()) {
    const row = now.get(id)
    if (row) next = withDeleted(next, [row])
    else gone++
  }
  return { pending: next, gone }
}
