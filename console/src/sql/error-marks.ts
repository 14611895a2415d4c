import type { QueryResult } from '../sql-client/query-results.ts'
import type { TextMark } from './editor/sql-editor.tsx'
import type { Run, RunStatement } from './run.ts'
import { lengthAt, offsetOf } from './text-position.ts'

/** Where in the editor's text Postgres found something wrong. */
export function errorMarks({ answer, asked }: Run): TextMark[] {
  return answer.results.flatMap(result => {
    const statement = asked.statements[result.statement]
    const from = statement && errorPlace(result, statement)
    if (!result.error || from === undefined) return []
    return [{ from, to: from + Math.max(1, lengthAt(asked.text, from)), message: result.error.message }]
  })
}

/** Undefined: Postgres does not say, or it stands in what we put before the statement. */
export function errorPlace(
  { error }: QueryResult,
  { sql, from, prefixLength }: RunStatement,
): number | undefined {
  if (error?.position === undefined) return undefined
  const offset = offsetOf(sql, error.position) - prefixLength
  return offset < 0 ? undefined : from + offset
}
