// What the operations' page reads: operations with their causes and steps.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  ConsoleOperationDetails,
  ConsoleOperations,
  ConsoleOperationsQuery,
} from '../../../src/contract/console-operations.ts'
import { send } from '../api/call.ts'
import { type OperationsSearch, statusesOf } from './operations-search.ts'

const base = '/api/console/operations'

export const operationPagesQuery = (
  projectId: string,
  { status, action, branch }: Omit<OperationsSearch, 'operation'>,
) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'operations', 'pages', { status, action, branch }],
    queryFn: ({ pageParam, signal }) => {
      const query: ConsoleOperationsQuery = {
        project_id: projectId,
        ...(status && { status: statusesOf(status).join() }),
        ...(action && { action }),
        ...(branch && { branch_id: branch }),
        ...(pageParam !== undefined && { cursor: pageParam }),
      }
      const search = new URLSearchParams(query as Record<string, string>)
      return send('get', `${base}?${search}`, undefined, signal) as Promise<ConsoleOperations>
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.cursor,
  })

export const operationDetailsQuery = (projectId: string, operationId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'operations', operationId, 'details'],
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ project_id: projectId })
      const url = `${base}/${encodeURIComponent(operationId)}?${search}`
      return send('get', url, undefined, signal) as Promise<ConsoleOperationDetails>
    },
  })
