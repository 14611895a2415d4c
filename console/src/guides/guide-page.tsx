import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { rolePasswordQuery } from '../api/queries.ts'
import type { ConnectionWish } from '../connect/connect-search.ts'
import { dots } from '../connect/connection-details.ts'
import { ConnectionFields } from '../connect/connection-fields.tsx'
import type { Connection } from '../connect/use-connection.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { Guide, GuidePlace } from './guide.ts'
import { Block, type Filling } from './guide-blocks.tsx'
import { type GuideEntry, guideEntry } from './guides.ts'
import { useGuidePlace } from './use-guide-place.ts'

export const route = createLazyRoute('/shell/projects/$projectId/guides/$guide')({ component: GuidePage })

function GuidePage() {
  const { projectId, guide: id } = useParams({ from: '/shell/projects/$projectId/guides/$guide' })
  const entry = guideEntry(id)
  const guide = useQuery({
    queryKey: ['guide', id],
    queryFn: async () => (await entry!.load()).guide,
    enabled: entry !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <article className="space-y-6">
      <p className="text-sm">
        <Link to="/projects/$projectId/guides" params={{ projectId }} className="text-link underline">
          All guides
        </Link>
      </p>
      {!entry && (
        <>
          <h1 className="font-semibold text-2xl">There is no such guide</h1>
          <p className="text-ink-soft">The address may be mistyped. All guides has a search.</p>
        </>
      )}
      {entry && (
        <div>
          <h1 className="font-semibold text-2xl">{entry.title}</h1>
          <p className="text-ink-soft">{entry.summary}.</p>
        </div>
      )}
      {guide.isError && <Problem error={guide.error} retry={() => guide.refetch()} />}
      {entry && guide.isPending && <Skeleton lines={6} />}
      {entry && guide.data && <FilledIn key={id} projectId={projectId} entry={entry} guide={guide.data} />}
    </article>
  )
}

function FilledIn({ projectId, entry, guide }: { projectId: string; entry: GuideEntry; guide: Guide }) {
  const wish: ConnectionWish = useSearch({ from: '/shell/projects/$projectId/guides/$guide' })
  const navigate = useNavigate()
  const { connection, error, placeWith } = useGuidePlace(projectId, wish)
  if (error) return <Problem error={error} />
  if (!connection) return <Skeleton lines={6} />
  const go = (next: ConnectionWish) =>
    navigate({
      to: '/projects/$projectId/guides/$guide',
      params: { projectId, guide: entry.id },
      search: { ...wish, ...next },
      replace: true,
    })
  return (
    <>
      <details className="rounded-lg border border-line bg-raised p-3" open={!placeWith}>
        <summary className="cursor-pointer text-sm">
          Filled in for branch <strong>{connection.branch.name}</strong>
          {connection.database && (
            <>
              , database <strong>{connection.database.name}</strong>
            </>
          )}
          {connection.role && (
            <>
              , role <strong>{connection.role.name}</strong>
            </>
          )}
        </summary>
        <div className="mt-3">
          <ConnectionFields connection={connection} onWish={go} />
        </div>
      </details>
      {placeWith ? (
        <GuideText
          // A password is of one role on one branch.
          key={`${connection.branch.id} ${connection.role?.name}`}
          projectId={projectId}
          wish={wish}
          connection={connection}
          placeWith={placeWith}
          guide={guide}
        />
      ) : (
        <p className="text-ink-soft">
          There is nothing to fill in: this branch has no compute, or has not started yet. Choose another
          above, or give it a compute on its page.
        </p>
      )}
    </>
  )
}

interface GuideTextProps {
  projectId: string
  wish: ConnectionWish
  connection: Connection
  placeWith: (password: string) => GuidePlace
  guide: Guide
}

function GuideText({ projectId, wish, connection, placeWith, guide }: GuideTextProps) {
  const queries = useQueryClient()
  const [shown, setShown] = useState<string>()
  const [error, setError] = useState<unknown>()
  const reveal = async () => {
    setError(undefined)
    try {
      const role = connection.role?.name ?? ''
      const { password } = await queries.fetchQuery(rolePasswordQuery(projectId, connection.branch.id, role))
      return password
    } catch (problem) {
      setError(problem)
      throw problem
    }
  }
  const toggle = async () => {
    if (shown !== undefined) setShown(undefined)
    // What went wrong is shown already.
    else await reveal().then(setShown, () => {})
  }
  const filling: Filling = { projectId, wish, placeWith, shown, reveal }
  const hasOwnCommands = guide.sections.some(({ blocks }) =>
    blocks.some(block => block.kind === 'file' && /^pilotlight /m.test(block.text(placeWith(dots)))),
  )
  useEffect(() => {
    // Its text came after the page: the browser had nowhere to go yet.
    const id = window.location.hash.slice(1)
    if (id !== '') document.getElementById(id)?.scrollIntoView()
  }, [])
  return (
    <div className="gap-8 lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
      <div className="mb-6 space-y-4 lg:sticky lg:top-4 lg:mb-0 lg:self-start">
        <nav aria-label="On this page">
          <ol className="space-y-1 text-sm">
            {guide.sections.map(({ id, title }) => (
              <li key={id}>
                <a href={`#${id}`} className="text-link hover:underline">
                  {title}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <Button onClick={toggle} aria-pressed={shown !== undefined}>
          {shown === undefined ? 'Show password' : 'Hide password'}
        </Button>
        {error !== undefined && <Problem error={error} />}
        {hasOwnCommands && (
          <p className="text-ink-soft text-xs">
            <code>pilotlight</code> runs on Pilotlight’s own machine; in a checkout it is{' '}
            <code>npx pilotlight</code>.
          </p>
        )}
      </div>
      <div className="min-w-0 space-y-8 text-sm">
        {guide.sections.map(({ id, title, blocks }) => (
          <section key={id} id={id} aria-labelledby={`${id}-title`} className="scroll-mt-4 space-y-3">
            <h2 id={`${id}-title`} className="font-medium text-lg">
              {title}
            </h2>
            {blocks.map((block, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they never change their places
              <Block key={index} block={block} filling={filling} />
            ))}
          </section>
        ))}
      </div>
    </div>
  )
}
