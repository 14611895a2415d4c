import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Problem } from '../ui/problem.tsx'
import { SearchBox } from '../ui/search-box.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type Finding, findIn } from './guide-search.ts'
import { guides } from './guides.ts'

export const route = createLazyRoute('/shell/projects/$projectId/guides')({ component: GuidesPage })

function GuidesPage() {
  const { projectId } = useParams({ from: '/shell/projects/$projectId/guides' })
  const { search = '', ...wish } = useSearch({ from: '/shell/projects/$projectId/guides' })
  const navigate = useNavigate()
  // What stands in guides can only be searched once they are there.
  const all = useQuery({
    queryKey: ['guides'],
    queryFn: () => Promise.all(guides.map(async entry => ({ entry, guide: (await entry.load()).guide }))),
    enabled: search !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Guides</h1>
        <SearchBox
          label="Search guides"
          value={search}
          onChange={text =>
            navigate({
              to: '/projects/$projectId/guides',
              params: { projectId },
              search: { ...wish, ...(text !== '' && { search: text }) },
              replace: true,
            })
          }
        />
      </div>
      {search === '' ? (
        <>
          <p className="text-ink-soft">
            From this project to a program that uses it, filled in with its own host, database and role.
          </p>
          <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {guides.map(({ id, title, summary }) => (
              <li key={id} className="relative rounded-lg border border-line bg-raised p-4 hover:bg-sunken">
                <h2 className="font-medium">
                  <Link
                    to="/projects/$projectId/guides/$guide"
                    params={{ projectId, guide: id }}
                    search={wish}
                    className="text-link after:absolute after:inset-0"
                  >
                    {title}
                  </Link>
                </h2>
                <p className="mt-1 text-ink-soft text-sm">{summary}</p>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          {all.isError && <Problem error={all.error} retry={() => all.refetch()} />}
          {all.isPending && <Skeleton lines={3} />}
          {all.data && <Findings projectId={projectId} findings={findIn(all.data, search)} />}
        </>
      )}
    </div>
  )
}

function Findings({ projectId, findings }: { projectId: string; findings: Finding[] }) {
  const { search: _, ...wish } = useSearch({ from: '/shell/projects/$projectId/guides' })
  return (
    <>
      <p aria-live="polite" className="text-ink-soft text-sm">
        {findings.length === 0
          ? 'No guide has all of these words. An error message is found by a part of it.'
          : `${findings.length} found`}
      </p>
      <ul className="space-y-2">
        {findings.map(({ entry, section }) => (
          <li key={`${entry.id} ${section?.id ?? ''}`}>
            <Link
              to="/projects/$projectId/guides/$guide"
              params={{ projectId, guide: entry.id }}
              search={wish}
              {...(section && { hash: section.id })}
              className="text-link underline"
            >
              {section ? `${entry.title}: ${section.title}` : entry.title}
            </Link>
            {!section && <p className="text-ink-soft text-sm">{entry.summary}</p>}
          </li>
        ))}
      </ul>
    </>
  )
}
