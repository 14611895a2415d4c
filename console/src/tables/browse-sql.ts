// Reads a page of a table's rows, single rows, single values, and their count.

import { isBytes, isShort, isText } from './column-kinds.ts'
import { conditionSql, type Filter } from './filters.ts'
import { identifier, qualifiedName } from './quoting.ts'
import { keyColumns, type RowIdentity } from './row-identity.ts'
import type { TableColumn, TableDetails } from './table-details.ts'
import { rowConditionSql, rowId, type TableRow } from './table-row.ts'

export const pageRows = 100
/** What is longer is cut in the grid, and fetched whole when somebody looks at it. */
const cellCharacters = 500
/** A larger table without a key is read as it lies: to sort all of it for its first page takes too long. */
const rowsSortedByPlace = 1_000_000

export interface Sort {
  column: string
  isDescending: boolean
}

export interface Browsing {
  filters: readonly Filter[]
  sort: readonly Sort[]
  /** From 1. */
  page: number
}

/** Those that are shown. A column that the role may not read is left out. */
export const shownColumns = (table: TableDetails): TableColumn[] =>
  table.columns.filter(column => column.canSelect)

/** One row more than the page has, which tells whether there is another. */
export function pageSql(table: TableDetails, identity: RowIdentity, browsing: Browsing): string {
  const first = (browsing.page - 1) * pageRows
  return `${selectSql(table, identity)}\n${rangeSql(table, identity, browsing, first, pageRows + 1)}`
}

/** The whole value of a row that nothing but its place on the page tells from others. */
export function valueAtSql(
  table: TableDetails,
  identity: RowIdentity,
  browsing: Browsing,
  index: number,
  column: TableColumn,
): string {
  const place = (browsing.page - 1) * pageRows + index
  const from = `FROM ${qualifiedName(table)} AS t`
  return `SELECT ${wholeSql(column)}\n${from}\n${rangeSql(table, identity, browsing, place, 1)}`
}

function rangeSql(
  table: TableDetails,
  identity: RowIdentity,
  browsing: Browsing,
  first: number,
  count: number,
): string {
  const where = conditionSql(shownColumns(table), browsing.filters)
  const order = orderSql(table, identity, browsing.sort)
  return [
    where && `WHERE ${where}`,
    order && `ORDER BY ${order}`,
    `LIMIT ${count}`,
    first > 0 && `OFFSET ${first}`,
  ]
    .filter(Boolean)
    .join('\n')
}

/** The rows as they are now: without those that are gone. `wholeColumns` come uncut. */
export function rowsSql(
  table: TableDetails,
  identity: RowIdentity,
  rows: readonly TableRow[],
  wholeColumns: ReadonlySet<string>,
): string {
  const conditions = rows.map(row => `(${rowConditionSql(table, identity, row)})`)
  return `${selectSql(table, identity, wholeColumns)}\nWHERE ${conditions.join(' OR ')}`
}

/** One value, however long. */
export function wholeValueSql(
  table: TableDetails,
  identity: RowIdentity,
  row: TableRow,
  column: TableColumn,
): string {
  return `SELECT ${wholeSql(column)}\nFROM ${qualifiedName(table)} AS t\nWHERE ${rowConditionSql(table, identity, row)}`
}

/** Reads all of the table, or all that the filters leave of it. */
export function countSql(table: TableDetails, filters: readonly Filter[]): string {
  const where = conditionSql(shownColumns(table), filters)
  return `SELECT count(*)\nFROM ${qualifiedName(table)} AS t${where === undefined ? '' : `\nWHERE ${where}`}`
}

function selectSql(
  table: TableDetails,
  identity: RowIdentity,
  wholeColumns: ReadonlySet<string> = new Set(),
): string {
  const isKey = new Set(keyColumns(table, identity).map(({ name }) => name))
  const values = shownColumns(table).map(column =>
    isKey.has(column.name) || wholeColumns.has(column.name) ? wholeSql(column) : cutSql(column),
  )
  const version = identity.kind === 'none' ? [] : ['t.ctid', 't.xmin', 't.tableoid']
  return `SELECT ${[...version, ...values].join(', ')}\nFROM ${qualifiedName(table)} AS t`
}

/** `t.` everywhere: a bare name in ORDER BY would mean what is selected, which may be cut. */
function orderSql(table: TableDetails, identity: RowIdentity, sort: readonly Sort[]): string | undefined {
  const names = new Set(shownColumns(table).map(({ name }) => name))
  const wanted = sort.filter(({ column }) => names.has(column))
  const sorted = new Set(wanted.map(({ column }) => column))
  const rest = stableColumns(table, identity).filter(name => !sorted.has(name))
  const orders = [
    ...wanted.map(({ column, isDescending }) =>
      isDescending ? `t.${identifier(column)} ${descending(table, column)}` : `t.${identifier(column)}`,
    ),
    ...rest.map(column => `t.${identifier(column)}`),
  ]
  // Without a key: by place, so that pages neither repeat nor leave out rows that stay as they are.
  const isByPlace = rest.length === 0 && !isOrderedByKey(table, sorted) && hasPlace(table)
  if (isByPlace && (orders.length > 0 || (table.estimatedRows ?? 0) <= rowsSortedByPlace)) {
    orders.push('t.tableoid', 't.ctid')
  }
  return orders.length === 0 ? undefined : orders.join(', ')
}

/** NULL last either way: who sorts wants to see values. Not said where there is none, since no index has that order. */
function descending(table: TableDetails, name: string): string {
  const isNullable = table.columns.find(column => column.name === name)?.isNullable ?? true
  return isNullable ? 'DESC NULLS LAST' : 'DESC'
}

function stableColumns(table: TableDetails, identity: RowIdentity): string[] {
  if (identity.kind === 'key') return identity.columns
  if (table.hasHeirs) return []
  const readable = new Set(shownColumns(table).map(({ name }) => name))
  return table.keys.find(({ columns }) => columns.every(name => readable.has(name)))?.columns ?? []
}

function isOrderedByKey(table: TableDetails, sorted: ReadonlySet<string>): boolean {
  return !table.hasHeirs && table.keys.some(({ columns }) => columns.every(name => sorted.has(name)))
}

const hasPlace = (table: TableDetails): boolean =>
  table.canSelect &&
  !table.hasForeignPartitions &&
  (table.kind === 'r' || table.kind === 'p' || table.kind === 'm')

function wholeSql(column: TableColumn): string {
  const name = `t.${identifier(column.name)}`
  return isShort(column) || isText(column) || isBytes(column) ? name : `${name}::text`
}

/** A little more than is shown, which tells that it is cut. */
function cutSql(column: TableColumn): string {
  const name = `t.${identifier(column.name)}`
  if (isShort(column)) return name
  if (isBytes(column)) return `substring(${name} FOR ${cellCharacters / 2 + 1})`
  return `left(${isText(column) ? name : `${name}::text`}, ${cellCharacters + 1})`
}

/** Undefined: all of it is here. */
function shortened(column: TableColumn, text: string): string | undefined {
  if (isShort(column) || text.length <= cellCharacters) return undefined
  if (isBytes(column)) {
    // Hex: two characters a byte, behind `\x`.
    return text.length <= cellCharacters + 2 ? undefined : text.slice(0, cellCharacters + 2)
  }
  const characters = [...text]
  return characters.length <= cellCharacters ? undefined : characters.slice(0, cellCharacters).join('')
}

/** What `pageSql` and `rowsSql` gave. */
export function readRows(
  table: TableDetails,
  identity: RowIdentity,
  rows: readonly (readonly (string | null)[])[],
  wholeColumns: ReadonlySet<string> = new Set(),
): TableRow[] {
  const columns = shownColumns(table)
  const key = keyColumns(table, identity)
  const whole = new Set([...wholeColumns, ...key.map(({ name }) => name)])
  return rows.map((row, index) => {
    const version = identity.kind === 'none' ? undefined : { ctid: row[0]!, xmin: row[1]!, tableoid: row[2]! }
    const texts = version ? row.slice(3) : row
    const cut = new Set<string>()
    const values = new Map<string, string | null>()
    for (const [place, column] of columns.entries()) {
      const text = texts[place] ?? null
      const short = text === null || whole.has(column.name) ? undefined : shortened(column, text)
      if (short !== undefined) cut.add(column.name)
      values.set(column.name, short ?? text)
    }
    return { id: rowId(key, values, version) ?? String(index), version, values, cut }
  })
}
