// One run of the editor: what was asked, and what has come of it so far.

import type { ConsoleQuery } from '../../../src/contract/console-query.ts'
import { counted } from '../lib/count-text.ts'
import type { QueryAnswer } from '../sql-client/query-results.ts'
import type { HistoryEntry } from './tab-memory.ts'

export interface RunStatement {
  sql: string
  /** Its beginning, to tell its results by. */
  head: string
  /** Where it stood in the editor, and how many letters of `sql` did not stand there but before it. */
  from: number
  prefixLength: number
}

export interface Asked {
  query: ConsoleQuery
  /** As many as the query has; of those that the editor put in by itself there is none. */
  statements: (RunStatement | undefined)[]
  /** What stood in the editor, for the history. */
  text: string
  /** `shop_db on main`, with the moment. */
  place: string
}

export interface Run {
  id: number
  asked: Asked
  startedAtMs: number
  /** Until it ended. */
  elapsedMs: number
  state: 'running' | 'done' | 'cancelled' | 'failed'
  /** It grows while it runs, and is not copied. */
  answer: QueryAnswer
  /** Of the way there, rather than of Postgres. */
  problem: unknown
}

/** There may be other tables and columns after it. */
export const changesNames = ({ answer }: Run): boolean =>
  answer.results.some(
    ({ command = '', columns }) =>
      // A table that was made of a query is told as SELECT, but without rows.
      /^(CREATE|ALTER|DROP|IMPORT|DO|CALL|COMMIT)\b/.test(command) ||
      (!columns && command.startsWith('SELECT')),
  )

/** Of all its statements, in words: `3 statements, 12 rows`. */
export function outcomeOf({ state, answer, problem, asked }: Run): string {
  const error = answer.error ?? answer.results.find(result => result.error)?.error
  if (error) return error.message
  if (state === 'failed') return problem instanceof Error ? problem.message : String(problem)
  if (state === 'cancelled') return 'cancelled'
  const rows = answer.results.reduce((count, result) => count + (result.rowCount ?? 0), 0)
  const statements = asked.statements.filter(Boolean).length
  return [statements > 1 && `${statements} statements`, counted(rows, 'row')].filter(Boolean).join(', ')
}

/**
 * For the history: all that was sent. What Explain Analyze puts around a statement is part of it, or whoever runs it again
 * from there would keep what it does.
 */
export function historyEntryOf(run: Run): Omit<HistoryEntry, 'id'> {
  const { asked, startedAtMs, elapsedMs, state, answer } = run
  return {
    sql: asked.query.statements.map(({ sql }) => sql).join(';\n'),
    ...{ atMs: startedAtMs, place: asked.place, outcome: outcomeOf(run) },
    status: state === 'running' ? 'cancelled' : state,
    durationMs: answer.end?.ms ?? elapsedMs,
  }
}
