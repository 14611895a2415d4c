import type { ReactNode } from 'react'
import type { ConsoleQueryError } from '../../../../src/contract/console-query.ts'

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
      <p className="text-ink-soft text-xs">{[`SQLSTATE ${code}`, ...names].join(' · ')}</p>
      {children}
    </div>
  )
}

export function Notices({ notices }: { notices: ConsoleQueryError[] }) {
  if (notices.length === 0) return null
  return (
    <ul aria-label="Notices" className="max-h-40 space-y-1 overflow-y-auto text-sm">
      {notices.map((notice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they come one after the other, and never move
        <li key={index} className="rounded-md border border-line bg-raised px-3 py-1.5">
          <span className="text-warn">{notice.severity}</span> {notice.message}
          {notice.detail !== undefined && <span className="text-ink-soft"> {notice.detail}</span>}
          {notice.hint !== undefined && <span className="text-ink-soft"> Hint: {notice.hint}</span>}
        </li>
      ))}
    </ul>
  )
}
