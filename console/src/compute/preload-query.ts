import { queryOptions } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'

/** What the project's build has: it changes with an installation. */
export const preloadLibrariesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'preload-libraries'],
    queryFn: ({ signal }) =>
      call<typeof routes.getAvailablePreloadLibraries>(
        'get',
        '/projects/{project_id}/available_preload_libraries',
        { params: { project_id: projectId } },
        signal,
      ),
    staleTime: 300_000,
  })
