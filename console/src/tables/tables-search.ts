// What the address of the tables' page keeps: where we are, and which rows are shown in which order. A filter's value
// stands in it, since it is what somebody wants to send along; what is changed and not saved does not.

import { isLsn } from '../lib/lsn.ts'
import { searchWord } from '../lib/search-word.ts'
import { type FilterOperator, filterOperators } from './filter-operators.ts'

/** [column, operator, value] */
export type FilterWords = [string, FilterOperator, string]
/** [column, direction] */
export type SortWords = [string, 'asc' | 'desc']

export interface TablesSearch {
  branch?: string
  database?: string
  role?: string
  /** A moment of the past: RFC 3339, or an LSN. */
  at?: string
  schema?: string
  table?: string
  tab?: 'structure'
  filter?: FilterWords[]
  sort?: SortWords[]
  page?: number
}

const maxFilters = 20

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function tablesSearch(search: Record<string, unknown>): TablesSearch {
  const { at, page } = search
  const filter = list(search.filter, readFilter)
  const sort = list(search.sort, readSort)
  const hasTable = search.table !== undefined
  return {
    ...words(search, ['branch', 'database', 'role']),
    ...(isMoment(at) && { at }),
    ...(hasTable && { schema: 'public', ...words(search, ['schema', 'table']) }),
    ...(hasTable && search.tab === 'structure' && { tab: search.tab }),
    ...(hasTable && filter.length > 0 && { filter }),
    ...(hasTable && sort.length > 0 && { sort }),
    ...(hasTable && typeof page === 'number' && Number.isInteger(page) && page > 1 && { page }),
  }
}

function words<Name extends string>(
  search: Record<string, unknown>,
  names: Name[],
): { [K in Name]?: string } {
  const found: { [K in Name]?: string } = {}
  for (const name of names) {
    const value = searchWord(search[name])
    if (value !== undefined) found[name] = value
  }
  return found
}

function list<Item>(value: unknown, read: (item: unknown) => Item | undefined): Item[] {
  if (!Array.isArray(value)) return []
  return value
    .slice(0, maxFilters)
    .map(read)
    .filter(item => item !== undefined)
}

function readFilter(item: unknown): FilterWords | undefined {
  if (!Array.isArray(item)) return undefined
  const [column, wanted, value = ''] = item as unknown[]
  const operator = filterOperators.find(([one]) => one === wanted)?.[0]
  if (typeof column !== 'string' || operator === undefined || typeof value !== 'string') return undefined
  return [column, operator, value]
}

function readSort(item: unknown): SortWords | undefined {
  if (!Array.isArray(item)) return undefined
  const [column, direction] = item as unknown[]
  if (typeof column !== 'string' || (direction !== 'asc' && direction !== 'desc')) return undefined
  return [column, direction]
}

function isMoment(value: unknown): value is string {
  return typeof value === 'string' && (isLsn(value) || !Number.isNaN(Date.parse(value)))
}

/** Other rows of the same table, from their first page unless another is named. */
export function otherRows(
  search: TablesSearch,
  next: { filter?: FilterWords[]; sort?: SortWords[]; page?: number },
): TablesSearch {
  const { filter: nowFilter = [], sort: nowSort = [], page: _, ...rest } = search
  const { filter = nowFilter, sort = nowSort, page = 1 } = next
  return {
    ...rest,
    ...(filter.length > 0 && { filter }),
    ...(sort.length > 0 && { sort }),
    ...(page > 1 && { page }),
  }
}

/** What a click on a column's header makes of the order: up, down, as it lies. `adds`: behind the others. */
export function sortAfterClick(sort: readonly SortWords[], column: string, adds: boolean): SortWords[] {
  const now = sort.find(([name]) => name === column)?.[1]
  const next: SortWords[] = now === undefined ? [[column, 'asc']] : now === 'asc' ? [[column, 'desc']] : []
  if (!adds) return next
  if (now === undefined) return [...sort, ...next]
  return sort.flatMap(one => (one[0] === column ? next : [one]))
}
