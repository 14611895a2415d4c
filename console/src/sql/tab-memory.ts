// What the editor remembers for as long as this tab is open, and nowhere else: SQL may have secrets in it, and a browser's
// storage outlives whoever sat there. It lies with what the pages have read, which signing out forgets.

import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'

export interface HistoryEntry {
  id: string
  sql: string
  atMs: number
  /** What it was run on: `shop_db on main, as of …`. */
  place: string
  status: 'done' | 'failed' | 'cancelled'
  /** How long, for all statements together. */
  durationMs: number
  /** `3 statements, 12 rows`, or what went wrong. */
  outcome: string
}

const historyLength = 200

const memory = ['sql-memory'] as const
/** Nobody may be looking at it for long. */
const forEver = { gcTime: Number.POSITIVE_INFINITY, staleTime: Number.POSITIVE_INFINITY }

const remembered = <T>(name: string, projectId: string, initialData: T) =>
  queryOptions({
    queryKey: [...memory, name, projectId],
    // There is nowhere to read it from but here.
    queryFn: ({ client, queryKey }): T => client.getQueryData<T>(queryKey) ?? initialData,
    ...{ initialData, ...forEver },
  })

const historyOf = (projectId: string) => remembered<HistoryEntry[]>('history', projectId, [])

/** Newest first. */
export function useHistory(projectId: string): HistoryEntry[] {
  return useQuery(historyOf(projectId)).data ?? []
}

export function addToHistory(queries: QueryClient, projectId: string, entry: Omit<HistoryEntry, 'id'>): void {
  const past = recall<HistoryEntry[]>(queries, 'history', projectId, [])
  const all = [{ ...entry, id: crypto.randomUUID() }, ...past]
  remember(queries, 'history', projectId, all.slice(0, historyLength))
}

export function forgetHistory(queries: QueryClient, projectId: string): void {
  remember(queries, 'history', projectId, [])
}

/** As `useState`, for what should still be there when somebody comes back to the page. */
export function useRemembered<T>(name: string, projectId: string, initial: T): [T, (value: T) => void] {
  const queries = useQueryClient()
  const { data = initial } = useQuery(remembered(name, projectId, initial))
  return [data, value => remember(queries, name, projectId, value)]
}

/** Without listening to it: a draft changes with each letter. */
export function recall<T>(queries: QueryClient, name: string, projectId: string, initial: T): T {
  return queries.getQueryData<T>([...memory, name, projectId]) ?? initial
}

export function remember(queries: QueryClient, name: string, projectId: string, value: unknown): void {
  queries.setQueryDefaults(memory, forEver)
  queries.setQueryData<unknown>([...memory, name, projectId], value)
}
