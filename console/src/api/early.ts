// What will be is shown before the server has said so, and taken back where it says no.

import type { QueryClient, QueryKey } from '@tanstack/react-query'

/** Shows it; what comes back takes it back. */
export type Early = (queries: QueryClient) => Promise<() => void>

/** `early(branchQuery(…), reply => …)`: what the query's readers see until it is read anew. */
export function early<Data>(
  query: { queryKey: QueryKey; queryFn?: ((context: never) => Data | Promise<Data>) | symbol | undefined },
  update: (data: Data) => Data,
): Early {
  const { queryKey } = query
  return async queries => {
    // What was asked before the change would come with the old state.
    await queries.cancelQueries({ queryKey, exact: true })
    const before = queries.getQueryData<Data>(queryKey)
    if (before === undefined) return () => {}
    const shown = queries.setQueryData<Data>(queryKey, update(before))
    return () => {
      // What has been read meanwhile is the server's own word.
      if (queries.getQueryData(queryKey) === shown) queries.setQueryData(queryKey, before)
    }
  }
}

/** The value. Throws what `change` does, once all is as before. */
export async function withEarly<T>(
  queries: QueryClient,
  earlies: readonly Early[],
  change: () => Promise<T>,
): Promise<T> {
  const takeBacks = await Promise.all(earlies.map(show => show(queries)))
  try {
    return await change()
  } catch (error) {
    for (const takeBack of takeBacks) takeBack()
    throw error
  }
}
