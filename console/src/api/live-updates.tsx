import { useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { live, useLiveState } from './live.ts'
import { isOld } from './live-nouns.ts'
import { LiveRefresh } from './live-refresh.ts'

/** Keeps what pages show up to date, as long as it stands in the page; and says so where it cannot. */
export function LiveUpdates() {
  const { projectId = null } = useParams({ strict: false })
  const queries = useQueryClient()
  const state = useLiveState()
  useEffect(() => {
    const refresh = new LiveRefresh((noun, projects) =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => isOld(queryKey, noun, projects) }),
    )
    return live.onEvent(event => {
      if ('news' in event) refresh.note(event.news)
      else refresh.everything()
    })
  }, [queries])
  useEffect(() => {
    const look = () => live.hide(document.hidden)
    const retry = () => live.retry()
    look()
    document.addEventListener('visibilitychange', look)
    window.addEventListener('online', retry)
    return () => {
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('online', retry)
      live.follow(undefined)
    }
  }, [])
  useEffect(() => live.follow(projectId), [projectId])
  return (
    <span role="status" className="text-xs">
      {state === 'off' && (
        <span
          title="The server does not tell this page what changes, so it asks every few seconds. It tries again by itself."
          className="inline-flex items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-ink-soft"
        >
          <span aria-hidden="true" className="size-2 rounded-full border border-warn" />
          Not live
        </span>
      )}
    </span>
  )
}
