// What the branches' pages read beside the branches themselves.

import { queryOptions } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'

export type DataUsage = Reply<typeof routes.getStorage>['projects'][number]['data'][number]

/** Those that can still be recovered. */
export const deletedBranchesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branches', 'deleted'],
    queryFn: async ({ signal }) => {
      const { branches } = await call<typeof routes.listBranches>(
        'get',
        '/projects/{project_id}/branches',
        { params: { project_id: projectId }, query: { include_deleted: 'true' } },
        signal,
      )
      return branches.filter(({ recovery }) => recovery !== undefined)
    },
  })

export const branchHistoryQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId, 'history'],
    queryFn: ({ signal }) =>
      call<typeof routes.getBranchHistory>(
        'get',
        '/pilotlight/projects/{project_id}/branches/{branch_id}/history',
        { params: { project_id: projectId, branch_id: branchId } },
        signal,
      ),
  })
