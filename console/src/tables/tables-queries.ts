// What the tables' page reads. Nothing here is asked by itself: a query wakes a compute that sleeps.

import { queryOptions } from '@tanstack/react-query'
import { limits } from '../../../src/contract/limits.ts'
import {
  type Browsing,
  countSql,
  pageRows,
  pageSql,
  readRows,
  valueAtSql,
  wholeValueSql,
} from './browse-sql.ts'
import { readTable, readTables, tableSql, tablesShown, tablesSql } from './catalog-sql.ts'
import type { Filter } from './filters.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableColumn, TableDetails, TableName } from './table-details.ts'
import type { TableRow } from './table-row.ts'
import { readRowsOf, type TablesPlace } from './tables-client.ts'

/** Not below the project's: what a change of the project reads anew must not run SQL. */
export const placeKey = (place: TablesPlace) => ['tables', place] as const

const onlyWhenAsked = {
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
  retry: false,
} as const

/** `isMore`: there are more than are listed. */
export const tablesQuery = (place: TablesPlace) =>
  queryOptions({
    ...onlyWhenAsked,
    queryKey: [...placeKey(place), 'list'],
    queryFn: async ({ signal }) => {
      const tables = readTables(await readRowsOf(place, tablesSql, signal))
      return { tables: tables.slice(0, tablesShown), isMore: tables.length > tablesShown }
    },
  })

/** null: there is none of that name. */
export const tableQuery = (place: TablesPlace, { schema, name }: TableName) =>
  queryOptions({
    ...onlyWhenAsked,
    queryKey: [...placeKey(place), 'table', schema, name],
    queryFn: async ({ signal }) =>
      readTable(await readRowsOf(place, tableSql({ schema, name }), signal)) ?? null,
  })

/** What everything begins with that is asked of a table's rows. */
export const rowsKey = (place: TablesPlace, { schema, name }: TableName) =>
  [...placeKey(place), 'rows', schema, name] as const

/** Of them the rows, without what else is asked of the table. */
export const pagesKey = (place: TablesPlace, name: TableName) => [...rowsKey(place, name), 'page'] as const

export const pageQuery = (
  place: TablesPlace,
  table: TableDetails,
  identity: RowIdentity,
  browsing: Browsing,
) => {
  const sql = pageSql(table, identity, browsing)
  return queryOptions({
    ...onlyWhenAsked,
    // The statement itself: a table that has changed its columns has other rows.
    queryKey: [...pagesKey(place, table), sql],
    // Rows of other pages are not kept: they would soon not be what they are.
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const read = readRows(table, identity, await readRowsOf(place, sql, signal))
      return { rows: read.slice(0, pageRows), hasMore: read.length > pageRows }
    },
  })
}

export const countQuery = (place: TablesPlace, table: TableDetails, filters: readonly Filter[]) => {
  const sql = countSql(table, filters)
  return queryOptions({
    ...onlyWhenAsked,
    queryKey: [...rowsKey(place, table), 'count', sql],
    // Whoever comes back later sees other rows: an old count would pass for theirs.
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const rows = await readRowsOf(place, sql, signal, limits.consoleQueryMs)
      return Number(rows[0]?.[0])
    },
  })
}

/** `at`: the row's place among those that are browsed, where nothing else tells it from others. null: NULL. */
export const wholeValueQuery = (
  place: TablesPlace,
  table: TableDetails,
  identity: RowIdentity,
  { row, column, at }: { row: TableRow; column: TableColumn; at?: { browsing: Browsing; index: number } },
) => {
  const sql = at
    ? valueAtSql(table, identity, at.browsing, at.index, column)
    : wholeValueSql(table, identity, row, column)
  return queryOptions({
    ...onlyWhenAsked,
    queryKey: [...rowsKey(place, table), 'value', sql],
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const value = (await readRowsOf(place, sql, signal))[0]?.[0]
      if (value === undefined) throw new Error('The row is not there any more. Reload the rows.')
      return value
    },
  })
}
