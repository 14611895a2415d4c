// Live updates of this page: its one connection, and what pages make of it.

import { useSyncExternalStore } from 'react'
import type { NewsNoun } from '../../../src/contract/console-events.ts'
import { LiveConnection, type LiveState } from './live-connection.ts'

export const live = new LiveConnection({
  open: url => new EventSource(url),
  now: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
})

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    listener => live.onState(listener),
    () => live.state,
  )
}

/** What no news tells of: sizes that grow, times of last use. */
const unhurriedMs = 20_000

/** A query's `refetchInterval`: it asks by itself every `fallbackMs` while nobody tells it what is new. */
export function useFallbackInterval(fallbackMs: number): number {
  return isTold(useLiveState()) ? Math.max(unhurriedMs, fallbackMs) : fallbackMs
}

/** Where it is not known yet, it is as good as certain. */
export const isTold = (state: LiveState): boolean => state === 'live' || state === 'opening'

/** Begins to listen at once; settles with the next news of it, or when something may have been missed. */
export function nextNews(noun: NewsNoun, projectId: string): { heard: Promise<void>; leave: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const leave = live.onEvent(event => {
    const projects = 'news' in event ? event.news[noun] : ['*']
    if (projects?.some(id => id === '*' || id === projectId)) resolve()
  })
  return { heard: promise, leave }
}
