// One statement a row: what is shown before it is saved, and what is saved.

import { identifier, qualifiedName } from './quoting.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableDetails } from './table-details.ts'
import { holdsSql, rowConditionSql, type TableRow, versionSql } from './table-row.ts'
import { type NewValue, newValueSql } from './value-sql.ts'

export type NewRow = ReadonlyMap<string, NewValue>

export interface CellChange {
  /** The whole value that was there. */
  old: string | null
  next: NewValue
}

/** Columns that are left out have their default. */
export function insertSql(table: TableDetails, row: NewRow): string {
  const given = table.columns.flatMap(column => {
    const value = row.get(column.name)
    return value && value.kind !== 'default' ? [{ column, value }] : []
  })
  if (given.length === 0) return `INSERT INTO ${qualifiedName(table)} DEFAULT VALUES`
  const names = given.map(({ column }) => identifier(column.name)).join(', ')
  const values = given.map(({ column, value }) => newValueSql(column, value)).join(', ')
  return `INSERT INTO ${qualifiedName(table)} (${names})\nVALUES (${values})`
}

/** Finds the row only while its changed cells have the values that were shown; others may be changed meanwhile. */
export function updateSql(
  table: TableDetails,
  identity: RowIdentity,
  row: TableRow,
  changes: ReadonlyMap<string, CellChange>,
): string {
  const changed = table.columns.flatMap(column => {
    const change = changes.get(column.name)
    return change ? [{ column, change }] : []
  })
  const sets = changed.map(
    ({ column, change }) => `${identifier(column.name)} = ${newValueSql(column, change.next)}`,
  )
  const isKeyPart = new Set(identity.kind === 'key' ? identity.columns : [])
  const conditions = [
    rowConditionSql(table, identity, row),
    ...(identity.kind === 'key'
      ? changed
          .filter(({ column }) => !isKeyPart.has(column.name))
          .map(({ column, change }) => holdsSql(column, change.old))
      : []),
  ]
  return `UPDATE ${qualifiedName(table)}\nSET ${sets.join(', ')}\nWHERE ${conditions.join(' AND ')}`
}

/** Finds the row only as it was shown: what somebody has changed meanwhile may be worth keeping. */
export function deleteSql(table: TableDetails, identity: RowIdentity, row: TableRow): string {
  const condition = rowConditionSql(table, identity, row)
  const version = identity.kind === 'key' ? ` AND ${versionSql(table, row)}` : ''
  return `DELETE FROM ${qualifiedName(table)}\nWHERE ${condition}${version}`
}
