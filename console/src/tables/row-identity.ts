// By what one row of a table is told from all others, or why its rows are only shown.

import type { TableColumn, TableDetails } from './table-details.ts'

export type RowIdentity =
  /** By columns of a unique key. */
  | { kind: 'key'; columns: string[] }
  /** By where the row's version lies: no other version has both ctid and xmin, and one that is changed has new ones. */
  | { kind: 'version' }
  | { kind: 'none'; because: string }

/** `isPast`: a moment of the past is looked at. */
export function rowIdentity(table: TableDetails, isPast: boolean): RowIdentity {
  if (isPast) return none('This is the past: it can be read, but not changed.')
  if (table.kind === 'v') return none('A view is read here. Change the tables that it is made of.')
  if (table.kind === 'm') return none('A materialized view is made anew by REFRESH MATERIALIZED VIEW.')
  if (table.kind === 'f') return none('A foreign table is read here: its rows stand in another database.')
  if (table.hasForeignPartitions) return none('Some of its partitions are foreign tables: it is read here.')
  const canSelect = new Set(table.columns.filter(column => column.canSelect).map(({ name }) => name))
  // The row's version is read with each row, and Postgres shows it to those who may read all of the table.
  if (!table.canSelect) return none('The role may not read all columns of this table.')
  const canChange = table.canDelete || table.columns.some(column => column.canUpdate || column.canInsert)
  if (!canChange) return none('The role may read this table, and nothing more.')
  // A key holds within one table, not with those that inherit from it.
  if (table.hasHeirs) return { kind: 'version' }
  const key = table.keys.find(({ columns }) => columns.every(name => canSelect.has(name)))
  return key ? { kind: 'key', columns: key.columns } : { kind: 'version' }
}

const none = (because: string): RowIdentity => ({ kind: 'none', because })

/** The columns of a key, in its order; of others none. */
export function keyColumns(table: TableDetails, identity: RowIdentity): TableColumn[] {
  if (identity.kind !== 'key') return []
  return identity.columns.flatMap(name => table.columns.filter(column => column.name === name))
}
