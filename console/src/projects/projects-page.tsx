import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type * as routes from '../../../src/contract/routes/index.ts'
import type { Reply } from '../api/call.ts'
import { useFallbackInterval } from '../api/live.ts'
import { projectsQuery } from '../api/queries.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { ProjectCreateDialog } from './project-create-dialog.tsx'

export function ProjectsPage() {
  const { search = '', create } = useSearch({ from: '/shell/' })
  const navigate = useNavigate()
  const refetchInterval = useFallbackInterval(5000)
  const projects = useQuery({
    ...projectsQuery(search),
    placeholderData: keepPreviousData,
    refetchInterval,
  })
  const openDialog = (isOpen: boolean) =>
    navigate({ to: '/', search: { ...(search !== '' && { search }), ...(isOpen && { create: true }) } })
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Projects</h1>
        <div className="flex flex-wrap gap-2">
          <SearchBox
            label="Search projects"
            value={search}
            onChange={text =>
              navigate({ to: '/', search: text === '' ? {} : { search: text }, replace: true })
            }
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

type Project = Reply<typeof routes.listProjects>['projects'][number]

function ProjectList(props: { projects: Project[]; isSearch: boolean; create: () => void }) {
  if (props.projects.length === 0) return <Nothing isSearch={props.isSearch} create={props.create} />
  const nowMs = Date.now()
  return (
    <Table label="Projects" columns={['Project', 'Postgres', 'Last active', 'Created']}>
      {props.projects.map(project => (
        <Row key={project.id}>
          <Cell>
            <Link
              to="/projects/$projectId"
              params={{ projectId: project.id }}
              className="font-medium text-link"
            >
              {project.name}
            </Link>
            {project.name !== project.id && <div className="text-ink-soft text-xs">{project.id}</div>}
          </Cell>
          <Cell>{project.pg_version}</Cell>
          <Cell>
            {project.compute_last_active_at ? ageText(project.compute_last_active_at, nowMs) : 'never'}
          </Cell>
          <Cell>{ageText(project.created_at, nowMs)}</Cell>
        </Row>
      ))}
    </Table>
  )
}

function Nothing({ isSearch, create }: { isSearch: boolean; create: () => void }) {
  if (isSearch) return <p className="text-ink-soft">No project has such a name or id.</p>
  return (
    <Empty
      title="No project yet"
      action={
        <Button look="main" onClick={create}>
          Create the first one
        </Button>
      }
    >
      A project is a Postgres of its own, with its branches and their history. It sleeps while nobody uses it,
      and wakes when somebody connects.
    </Empty>
  )
}
