import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useFallbackInterval } from '../api/live.ts'
import { branchesQuery, endpointsQuery, projectQuery, recentOperationsQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { ConnectDialog } from '../connect/connect-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { BranchesAtAGlance } from './branches-at-a-glance.tsx'
import { RecentOperations } from './recent-operations.tsx'

export const route = createLazyRoute('/shell/projects/$projectId/')({ component: ProjectPage })

/** Behind the branches, which people come for. */
const UseSection = lazy(() =>
  import('../monitoring/use-section.tsx').then(module => ({ default: module.UseSection })),
)

function ProjectPage() {
  const { projectId } = useParams({ from: '/shell/projects/$projectId/' })
  const { connect } = useSearch({ from: '/shell/projects/$projectId/' })
  const navigate = useNavigate()
  const project = useQuery(projectQuery(projectId))
  const refetchInterval = useFallbackInterval(3000)
  const branches = useQuery({ ...branchesQuery(projectId), refetchInterval })
  const endpoints = useQuery({ ...endpointsQuery(projectId), refetchInterval })
  const operations = useQuery({ ...recentOperationsQuery(projectId), refetchInterval })
  const openConnect = (isOpen: boolean) =>
    navigate({
      to: '/projects/$projectId',
      params: { projectId },
      search: isOpen ? { connect: true } : {},
    })
  const reads = [project, branches, endpoints, operations] as const
  const failure = readFailure(...reads)
  const retry = () => {
    for (const read of reads) void read.refetch()
  }
  if (failure) return <Problem error={failure} retry={retry} />
  if (!project.data) return <Skeleton lines={6} />
  return (
    <div className="space-y-8">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="font-semibold text-2xl">{project.data.project.name}</h1>
          <p className="text-ink-soft text-sm">
            {projectId} · Postgres {project.data.project.pg_version}
          </p>
        </div>
        <Button look="main" onClick={() => openConnect(true)}>
          Connect
        </Button>
      </div>
      <section aria-labelledby="branches-title">
        <h2 id="branches-title" className="mb-2 font-medium text-lg">
          Branches
        </h2>
        {branches.data && endpoints.data ? (
          <BranchesAtAGlance branches={branches.data.branches} endpoints={endpoints.data.endpoints} />
        ) : (
          <Skeleton />
        )}
      </section>
      <Suspense fallback={<Skeleton lines={3} />}>
        <UseSection projectId={projectId} span="month" only={['compute', 'storage']} />
      </Suspense>
      <section aria-labelledby="operations-title">
        <h2 id="operations-title" className="mb-2 font-medium text-lg">
          Recent operations
        </h2>
        {operations.data ? <RecentOperations operations={operations.data.operations} /> : <Skeleton />}
      </section>
      <ConnectDialog projectId={projectId} isOpen={connect === true} onClose={() => openConnect(false)} />
    </div>
  )
}
