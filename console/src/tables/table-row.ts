// A row as it was read, and the condition by which it is found again.

import { hasEquality } from './column-kinds.ts'
import { identifier, literal } from './quoting.ts'
import { keyColumns, type RowIdentity } from './row-identity.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import { valueSql } from './value-sql.ts'

export interface TableRow {
  /** Of the key's values, or of the version: the same row read again has the same one. */
  id: string
  /** Undefined: rows of this table are only shown. */
  version: { ctid: string; xmin: string; tableoid: string } | undefined
  /** By column; null: NULL. */
  values: ReadonlyMap<string, string | null>
  /** Columns whose value is longer than what is here. */
  cut: ReadonlySet<string>
}

/** Undefined: nothing tells the rows apart. */
export function rowId(
  key: readonly TableColumn[],
  values: TableRow['values'],
  version: TableRow['version'],
): string | undefined {
  if (key.length > 0) return JSON.stringify(key.map(({ name }) => values.get(name)))
  return version && `${version.tableoid} ${version.ctid} ${version.xmin}`
}

/** Behind WHERE. */
export function rowConditionSql(table: TableDetails, identity: RowIdentity, row: TableRow): string {
  if (identity.kind === 'key') {
    // As the key's own index compares, whatever the type.
    return keyColumns(table, identity)
      .map(column => `${identifier(column.name)} = ${valueSql(column, row.values.get(column.name) ?? '')}`)
      .join(' AND ')
  }
  return `${versionSql(table, row)} AND ctid = ${literal(row.version?.ctid ?? '')}`
}

/** That nobody has changed the row since: each change gives a row another xmin. */
export function versionSql(table: TableDetails, row: TableRow): string {
  const xmin = `xmin = ${literal(row.version?.xmin ?? '')}`
  const isOfSeveral = table.kind === 'p' || table.hasHeirs
  return isOfSeveral ? `tableoid = ${literal(row.version?.tableoid ?? '')} AND ${xmin}` : xmin
}

/** That the column still has this value. */
export function holdsSql(column: TableColumn, text: string | null): string {
  const name = identifier(column.name)
  if (text === null) return `${name} IS NULL`
  return hasEquality(column) ? `${name} = ${valueSql(column, text)}` : `${name}::text = ${literal(text)}`
}
