// One statement a row: what is shown before it is saved, and what is saved.

import { identifier, qualifiedName } from './quoting.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableDetails } from './table-details.ts'
import { holdsSql, rowConditionSql, type TableRow, versionSql } from './table-row.ts'
import { type NewValue, newValueSql } from './value-sql.ts'

/** A longer value is not sent once more to be compared: the row's version tells as well that it is the same. */
const comparedCharacters = 1000

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
  const compared = changed.filter(({ column }) => !isKeyPart.has(column.name))
  const conditions = [rowConditionSql(table, identity, row)]
  if (identity.kind === 'key') {
    const isLong = (old: string | null) => old !== null && old.length > comparedCharacters
    for (const { column, change } of compared) {
      if (!isLong(change.old)) conditions.push(holdsSql(column, change.old))
    }
    if (compared.some(({ change }) => isLong(change.old))) conditions.push(versionSql(table, row))
  }
  return `UPDATE ${qualifiedName(table)}\nSET ${sets.join(', ')}\nWHERE ${conditions.join(' AND ')}`
}

/** Finds the row only as it was shown: what somebody has changed meanwhile may be worth keeping. */
export function deleteSql(table: TableDetails, identity: RowIdentity, row: TableRow): string {
  const condition = rowConditionSql(table, identity, row)
  const version = identity.kind === 'key' ? ` AND ${versionSql(table, row)}` : ''
  return `DELETE FROM ${qualifiedName(table)}\nWHERE ${condition}${version}`
}
