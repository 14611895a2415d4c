import { createLazyRoute, Link, useParams } from '@tanstack/react-router'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { PlaceBar } from './place-bar.tsx'
import { SqlWorkbench } from './sql-workbench.tsx'
import { useSqlPlace } from './use-sql-place.ts'

export const route = createLazyRoute('/shell/projects/$projectId/sql')({ component: SqlPage })

function SqlPage() {
  const { projectId } = useParams({ from: '/shell/projects/$projectId/sql' })
  const { place, shownPlace, error, retry, choose } = useSqlPlace()
  return (
    <div className="space-y-4">
      <h1 className="font-semibold text-2xl">SQL Editor</h1>
      {error && <Problem error={error} retry={retry} />}
      {!shownPlace && !error && <Skeleton lines={6} />}
      {shownPlace && <PlaceBar place={shownPlace} choose={choose} />}
      {place && place.endpoint === undefined && (
        <p className="text-sm">
          This branch has no compute, which its SQL would run on.{' '}
          <Link
            to="/projects/$projectId/branches/$branchId"
            params={{ projectId, branchId: place.branch.id }}
            className="text-link underline"
          >
            Add one
          </Link>
        </p>
      )}
      {!error && <SqlWorkbench key={projectId} {...{ projectId, place }} />}
    </div>
  )
}
