// SQL to the branch whose tables are looked at.

import type { ConsoleQuery, ConsoleQueryError } from '../../../src/contract/console-query.ts'
import { addLine, emptyAnswer, type QueryResult } from '../sql-client/query-results.ts'
import { runQuery } from '../sql-client/run-query.ts'
import { isLsn } from './tables-search.ts'

export interface TablesPlace {
  projectId: string
  branchId: string
  database: string
  role: string
  /** A moment of the past: RFC 3339, or an LSN. */
  at: string | undefined
}

/** What Postgres, or Pilotlight on its behalf, said instead of an answer. */
export class SqlError extends Error {
  readonly fields: ConsoleQueryError
  /** Which of the statements, from 0; null: the session. */
  readonly statement: number | null

  constructor(fields: ConsoleQueryError, statement: number | null) {
    super(fields.message)
    this.name = 'SqlError'
    this.fields = fields
    this.statement = statement
  }

  /** The row is not there any more as it was shown. */
  get isConflict(): boolean {
    return this.fields.error_code === 'rows_unexpected'
  }
}

/** As long as somebody looks at a skeleton; a count may take as long as a query may at all. */
const readTimeoutMs = 60_000
/** Somebody may hold a lock on the row. */
const writeTimeoutMs = 30_000

/** The rows of one statement that only reads. Throws SqlError, ApiError. */
export async function readRowsOf(
  place: TablesPlace,
  sql: string,
  signal?: AbortSignal,
  timeoutMs = readTimeoutMs,
): Promise<(string | null)[][]> {
  const query = { ...queryOf(place), statements: [{ sql }], read_only: true, timeout_ms: timeoutMs }
  const [result] = await resultsOf(query, signal)
  return result?.rows ?? []
}

/** All of them or none, one row each. Throws SqlError, ApiError. */
export async function changeRows(place: TablesPlace, statements: readonly string[]): Promise<void> {
  await resultsOf({
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

async function resultsOf(query: ConsoleQuery, signal?: AbortSignal): Promise<QueryResult[]> {
  const answer = emptyAnswer()
  await runQuery(query, line => addLine(answer, line), signal)
  if (answer.error) throw new SqlError(answer.error, null)
  const failed = answer.results.find(({ error }) => error !== undefined)
  if (failed?.error) throw new SqlError(failed.error, failed.statement)
  return answer.results
}
