// SQL to the branch whose tables are looked at.

import { isLsn } from '../lib/lsn.ts'
import { collectQuery, PostgresError } from '../sql-client/query-results.ts'

export interface TablesPlace {
  projectId: string
  branchId: string
  database: string
  role: string
  /** A moment of the past: RFC 3339, or an LSN. */
  at: string | undefined
}

/** The row is not there any more as it was shown. */
export const isConflict = (error: unknown): boolean =>
  error instanceof PostgresError && error.fields.error_code === 'rows_unexpected'

/** As long as somebody looks at a skeleton; a count may take as long as a query may at all. */
const readTimeoutMs = 60_000
/** Somebody may hold a lock on the row. */
const writeTimeoutMs = 30_000

/** The rows of one statement that only reads. Throws PostgresError, ApiError. */
export async function readRowsOf(
  place: TablesPlace,
  sql: string,
  signal?: AbortSignal,
  timeoutMs = readTimeoutMs,
): Promise<(string | null)[][]> {
  const query = { ...queryOf(place), statements: [{ sql }], read_only: true, timeout_ms: timeoutMs }
  const { results } = await collectQuery(query, signal)
  return results[0]?.rows ?? []
}

/** All of them or none, one row each. Throws PostgresError, ApiError. */
export async function changeRows(place: TablesPlace, statements: readonly string[]): Promise<void> {
  await collectQuery({
    ...queryOf(place),
    statements: statements.map(sql => ({ sql, expected_rows: 1 })),
    transaction: true,
    timeout_ms: writeTimeoutMs,
  })
}

function queryOf({ projectId, branchId, database, role, at }: TablesPlace) {
  return {
    ...{ project_id: projectId, branch_id: branchId, database, role },
    ...(at !== undefined && { at: isLsn(at) ? { lsn: at } : { timestamp: new Date(at).toISOString() } }),
  }
}
