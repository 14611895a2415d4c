import { PostgresProblem } from '../sql-client/postgres-problem.tsx'
import { PostgresError } from '../sql-client/query-results.ts'
import { Problem } from '../ui/problem.tsx'

/** What Postgres said, with all that helps; or what Pilotlight did. */
export function SqlProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!(error instanceof PostgresError)) return <Problem error={error} {...(retry && { retry })} />
  return (
    <PostgresProblem error={error.fields}>
      {retry && (
        <button type="button" onClick={retry} className="mt-2 text-link underline">
          Try again
        </button>
      )}
    </PostgresProblem>
  )
}
