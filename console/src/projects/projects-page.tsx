import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useFallbackInterval } from '../api/live.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ProjectCreateDialog } from './project-create-dialog.tsx'
import { matching, ordered, type ProjectOrder, projectOrders } from './project-order.ts'
import { ProjectTable } from './project-table.tsx'
import { projectListQuery, projectStatesQuery } from './projects-queries.ts'
import { type ProjectsSearch, projectsSearch } from './projects-search.ts'

export function ProjectsPage() {
  const place = useSearch({ from: '/shell/' })
  const { search = '', order = 'created', create } = place
  const navigate = useNavigate()
  const refetchInterval = useFallbackInterval(5000)
  const all = useQuery({ ...projectListQuery(''), refetchInterval })
  // Where there are more than a page holds, the server looks among the others, too.
  const isSearchedThere = search !== '' && all.data?.isCut === true
  const found = useQuery({
    ...projectListQuery(search),
    ...{ enabled: isSearchedThere, placeholderData: keepPreviousData },
  })
  const states = useQuery({ ...projectStatesQuery, refetchInterval })
  const list = isSearchedThere ? (found.data ?? all.data) : all.data
  const byId = useMemo(
    () => new Map(states.data?.projects.map(state => [state.project_id, state])),
    [states.data],
  )
  const shown = useMemo(
    () => list && ordered(matching(list.projects, search), order, byId),
    [list, search, order, byId],
  )
  const go = (some: Partial<ProjectsSearch>, replace = false) =>
    void navigate({ to: '/', search: projectsSearch({ ...place, create: undefined, ...some }), replace })
  const openCreate = () => go({ create: true })
  const error = all.error ?? states.error ?? (isSearchedThere ? found.error : null)
  const retry = () => {
    void all.refetch()
    void states.refetch()
  }
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Projects</h1>
        <div className="flex flex-wrap gap-2">
          <SearchBox label="Search projects" value={search} onChange={text => go({ search: text }, true)} />
          <select
            aria-label="Sort by"
            value={order}
            onChange={event => go({ order: event.target.value as ProjectOrder }, true)}
            className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-sm"
          >
            {projectOrders.map(([id, text]) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </select>
          <Button look="main" onClick={openCreate}>
            New Project
          </Button>
        </div>
      </div>
      {all.isPending && <Skeleton lines={4} />}
      {error && <Problem error={error} retry={retry} />}
      {shown && shown.length === 0 && <Nothing isSearch={search !== ''} create={openCreate} />}
      {shown && shown.length > 0 && <ProjectTable projects={shown} states={byId} />}
      {list?.isCut && search === '' && (
        <p className="mt-3 text-ink-soft text-sm">There are more: the search finds them.</p>
      )}
      <ProjectCreateDialog isOpen={create === true} onClose={() => go({})} />
    </>
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
