import { queryOptions } from '@tanstack/react-query'
import type {
  DeleteSavedQuery,
  SavedQuery,
  SaveQuery,
} from '../../../../src/contract/console-saved-queries.ts'
import { send } from '../../api/call.ts'

const place = '/api/console/saved_queries'

export const savedQueriesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'saved-queries'],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ project_id: projectId })
      const reply = (await send('get', `${place}?${query}`, undefined, signal)) as { queries: SavedQuery[] }
      return reply.queries
    },
  })

/** Throws ApiError saved_query_exists, saved_query_limit. */
export async function saveQuery(query: SaveQuery): Promise<void> {
  await send('put', place, query)
}

/** Throws ApiError saved_query_not_found. */
export async function deleteSavedQuery(query: DeleteSavedQuery): Promise<void> {
  await send('delete', place, query)
}
