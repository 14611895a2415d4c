import { Problem } from '../ui/problem.tsx'
import { SqlError } from './tables-client.ts'

/** What Postgres said, with all that helps; or what Pilotlight did. */
export function SqlProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!(error instanceof SqlError)) return <Problem error={error} {...(retry && { retry })} />
  const { message, detail, hint, code } = error.fields
  return (
    <div role="alert" className="rounded-lg border border-bad bg-raised p-4 text-sm">
      <p className="break-words text-bad">{message}</p>
      {detail !== undefined && <p className="mt-1 break-words">{detail}</p>}
      {hint !== undefined && <p className="mt-1 break-words">{hint}</p>}
      {code !== '' && (
        <p className="mt-1 text-ink-soft text-xs">
          SQLSTATE <code>{code}</code>
        </p>
      )}
      {retry && (
        <button type="button" onClick={retry} className="mt-2 text-link underline">
          Try again
        </button>
      )}
    </div>
  )
}
