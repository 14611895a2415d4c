import { PostgresProblem } from '../sql-client/postgres-problem.tsx'
import { Problem } from '../ui/problem.tsx'
import { SqlError } from './tables-client.ts'

/** What Postgres said, with all that helps; or what Pilotlight did. */
export function SqlProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!(error instanceof SqlError)) return <Problem error={error} {...(retry && { retry })} />
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
