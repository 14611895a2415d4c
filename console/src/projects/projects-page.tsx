import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { projectsQuery } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ProjectCreateDialog } from './project-create-dialog.tsx'

export function ProjectsPage() {
  const { search = '', create } = useSearch({ from: '/shell/' })
  const navigate = useNavigate()
  const projects = useQuery({
    ...projectsQuery(search),
    placeholderData: keepPreviousData,
    refetchInterval: 5000,
  })
  const openDialog = (isOpen: boolean) =>
    navigate({ to: '/', search: { ...(search !== '' && { search }), ...(isOpen && { create: true }) } })
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Projects</h1>
        <div className="flex flex-wrap gap-2">
          <input
            type="search"
            aria-label="Search projects"
            placeholder="Search"
            value={search}
            onChange={event =>
              navigate({
                to: '/',
                search: event.target.value === '' ? {} : { search: event.target.value },
                replace: true,
              })
            }
            className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-sm"
          />
          <Button look="main" onClick={() => openDialog(true)}>
            New Project
          </Button>
        </div>
      </div>
      {projects.isPending && <Skeleton lines={4} />}
      {projects.isError && <Problem error={projects.error} retry={() => projects.refetch()} />}
      {projects.data && (
        <ProjectList
          projects={projects.data.projects}
          isSearch={search !== ''}
          create={() => openDialog(true)}
        />
      )}
      <ProjectCreateDialog isOpen={create === true} onClose={() => openDialog(false)} />
    </>
  )
}

type Project = Awaited<
  ReturnType<NonNullable<ReturnType<typeof projectsQuery>['queryFn']>>
>['projects'][number]

function ProjectList(props: { projects: Project[]; isSearch: boolean; create: () => void }) {
  if (props.projects.length === 0) return <Nothing isSearch={props.isSearch} create={props.create} />
  const nowMs = Date.now()
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-raised">
      <table className="w-full text-left text-sm">
        <thead className="text-ink-soft">
          <tr className="border-line border-b">
            <th className="px-4 py-2 font-medium">Project</th>
            <th className="px-4 py-2 font-medium">Postgres</th>
            <th className="px-4 py-2 font-medium">Last active</th>
            <th className="px-4 py-2 font-medium">Created</th>
          </tr>
        </thead>
        <tbody>
          {props.projects.map(project => (
            <tr key={project.id} className="border-line border-t first:border-t-0 hover:bg-sunken">
              <td className="px-4 py-3">
                <Link
                  to="/projects/$projectId"
                  params={{ projectId: project.id }}
                  className="font-medium text-link"
                >
                  {project.name}
                </Link>
                {project.name !== project.id && <div className="text-ink-soft text-xs">{project.id}</div>}
              </td>
              <td className="px-4 py-3">{project.pg_version}</td>
              <td className="px-4 py-3">
                {project.compute_last_active_at ? ageText(project.compute_last_active_at, nowMs) : 'never'}
              </td>
              <td className="px-4 py-3">{ageText(project.created_at, nowMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Nothing({ isSearch, create }: { isSearch: boolean; create: () => void }) {
  if (isSearch) return <p className="text-ink-soft">No project has such a name or id.</p>
  return (
    <div className="rounded-lg border border-line border-dashed p-8 text-center">
      <h2 className="font-medium text-lg">No project yet</h2>
      <p className="mx-auto mt-1 max-w-md text-ink-soft">
        A project is a Postgres of its own, with its branches and their history. It sleeps while nobody uses
        it, and wakes when somebody connects.
      </p>
      <Button look="main" onClick={create} className="mt-4">
        Create the first one
      </Button>
    </div>
  )
}
