import type { ReactNode } from 'react'
import type { ConsoleQueryError } from '../../../src/contract/console-query.ts'

/** What Postgres says, all of it. */
export function PostgresProblem({ error, children }: { error: ConsoleQueryError; children?: ReactNode }) {
  const { severity, message, code, detail, hint, where, schema, table, column, constraint } = error
  const names = [
    schema !== undefined && table !== undefined ? `table ${schema}.${table}` : undefined,
    column !== undefined && `column ${column}`,
    constraint !== undefined && `constraint ${constraint}`,
  ].filter(Boolean)
  return (
    <div role="alert" className="space-y-1 rounded-lg border border-bad bg-raised p-4 text-sm">
      <p className="break-words">
        <span className="font-medium text-bad">{severity}</span> {message}
      </p>
      {detail !== undefined && <p className="break-words">{detail}</p>}
      {hint !== undefined && <p className="break-words">Hint: {hint}</p>}
      {where !== undefined && <p className="whitespace-pre-wrap break-words text-ink-soft">{where}</p>}
      <p className="text-ink-soft text-xs">
        {[code !== '' && `SQLSTATE ${code}`, ...names].filter(Boolean).join(' · ')}
      </p>
      {children}
    </div>
  )
}
