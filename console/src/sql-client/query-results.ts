// The lines of an answer put together: what each statement gave.

import type {
  ConsoleQuery,
  ConsoleQueryColumn,
  ConsoleQueryError,
  ConsoleQueryLine,
} from '../../../src/contract/console-query.ts'
import { runQuery } from './run-query.ts'

export type CellValue = string | null

export interface QueryResult {
  /** Which of the request's statements; one of them may give several results. */
  statement: number
  /** Undefined: it gives no rows. */
  columns: ConsoleQueryColumn[] | undefined
  rows: CellValue[][]
  notices: ConsoleQueryError[]
  /** `SELECT`; undefined while it runs, or when it failed. */
  command: string | undefined
  rowCount: number | null
  /** Why rows are missing. */
  cut: 'rows' | 'bytes' | undefined
  ms: number | undefined
  error: ConsoleQueryError | undefined
}

export interface QueryAnswer {
  connected: { ms: number; woke: boolean } | undefined
  results: QueryResult[]
  /** Of the session rather than of a statement. */
  error: ConsoleQueryError | undefined
  end: { ms: number; rolledBack: boolean } | undefined
}

export const emptyAnswer = (): QueryAnswer => ({
  connected: undefined,
  results: [],
  error: undefined,
  end: undefined,
})

/** Changes `answer`: rows are many, and are not copied for each line. */
export function addLine(answer: QueryAnswer, line: ConsoleQueryLine): void {
  if (line.type === 'connected') answer.connected = { ms: line.ms, woke: line.woke }
  else if (line.type === 'end') answer.end = { ms: line.ms, rolledBack: line.rolled_back }
  else if (line.statement !== null) addToResult(openResult(answer, line.statement), line)
  else if (line.type === 'error') answer.error = line.error
}

type ResultLine = Exclude<ConsoleQueryLine, { type: 'connected' | 'end' }>

function addToResult(result: QueryResult, line: ResultLine): void {
  switch (line.type) {
    case 'columns':
      result.columns = line.columns
      return
    case 'rows':
      for (const row of line.rows) result.rows.push(row)
      return
    case 'notice':
      result.notices.push(line.notice)
      return
    case 'done':
      result.command = line.command
      result.rowCount = line.row_count
      result.cut = line.cut
      result.ms = line.ms
      return
    case 'error':
      result.error = line.error
  }
}

/** The one that lines of this statement now belong to: a new one once the last is over. */
function openResult(answer: QueryAnswer, statement: number): QueryResult {
  const last = answer.results.at(-1)
  if (last?.statement === statement && last.command === undefined && last.error === undefined) return last
  const result: QueryResult = {
    ...{ statement, columns: undefined, rows: [], notices: [], command: undefined, rowCount: null },
    ...{ cut: undefined, ms: undefined, error: undefined },
  }
  answer.results.push(result)
  return result
}

/** An error of Postgres's where there was to be an answer. */
export class PostgresError extends Error {
  readonly fields: ConsoleQueryError
  /** Which of the request's statements, from 0; null: the session. */
  readonly statement: number | null

  constructor(fields: ConsoleQueryError, statement: number | null) {
    super(fields.message)
    this.name = 'PostgresError'
    this.fields = fields
    this.statement = statement
  }
}

/**
 * Everything at once, for what is small. Throws PostgresError for the first statement that failed, and what `runQuery`
 * throws.
 */
export async function collectQuery(query: ConsoleQuery, signal?: AbortSignal): Promise<QueryAnswer> {
  const answer = emptyAnswer()
  await runQuery(query, line => addLine(answer, line), signal)
  if (answer.error) throw new PostgresError(answer.error, null)
  const failed = answer.results.find(({ error }) => error !== undefined)
  if (failed?.error) throw new PostgresError(failed.error, failed.statement)
  return answer
}
