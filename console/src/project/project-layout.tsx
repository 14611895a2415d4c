import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, Outlet, useParams } from '@tanstack/react-router'
import { projectQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ProjectNav } from './project-nav.tsx'

export const route = createLazyRoute('/shell/projects/$projectId')({ component: ProjectLayout })

/** What all pages of a project have around them. A page's own `h1` stands in the page. */
function ProjectLayout() {
  const { projectId } = useParams({ from: '/shell/projects/$projectId' })
  const project = useQuery(projectQuery(projectId))
  const failure = readFailure(project)
  if (failure) return <Problem error={failure} retry={() => project.refetch()} />
  if (!project.data) return <Skeleton lines={6} />
  return (
    <div className="space-y-6">
      <div className="space-y-2">
        <p className="text-ink-soft text-sm">
          <Link to="/" className="text-link underline">
            Projects
          </Link>{' '}
          / {project.data.project.name}
        </p>
        <ProjectNav projectId={projectId} />
      </div>
      <Outlet />
    </div>
  )
}
