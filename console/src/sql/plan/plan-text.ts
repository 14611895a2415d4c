import type { QueryResult } from '../../sql-client/query-results.ts'
import { parsePlan } from './plan.ts'

/** The JSON of a plan, where a result is one; undefined: it is not, or is not there yet. */
export function planTextOf({ columns, rows }: QueryResult): string | undefined {
  const [column] = columns ?? []
  const text = rows[0]?.[0]
  if (columns?.length !== 1 || rows.length !== 1 || column?.name !== 'QUERY PLAN' || text == null)
    return undefined
  return parsePlan(text) ? text : undefined
}
