// What pages read, by noun. A key begins with the noun's place, so that one event can tell all who look below it.

import { queryOptions } from '@tanstack/react-query'
import type { ConsoleComputes } from '../../../src/contract/console-computes.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply, send } from './call.ts'

export type Branch = Reply<typeof routes.listBranches>['branches'][number]
export type Endpoint = Reply<typeof routes.listEndpoints>['endpoints'][number]

export interface Session {
  signed_in: boolean
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => send('get', '/api/console/session', undefined, signal) as Promise<Session>,
  staleTime: 60_000,
})

export const machineQuery = queryOptions({
  queryKey: ['machine'],
  queryFn: ({ signal }) => call<typeof routes.getMachine>('get', '/pilotlight/machine', {}, signal),
  staleTime: 60_000,
})

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId],
    queryFn: ({ signal }) =>
      call<typeof routes.getProject>(
        'get',
        '/projects/{project_id}',
        { params: { project_id: projectId } },
        signal,
      ),
  })

export const branchesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branches'],
    queryFn: ({ signal }) =>
      call<typeof routes.listBranches>(
        'get',
        '/projects/{project_id}/branches',
        { params: { project_id: projectId }, query: {} },
        signal,
      ),
  })

export const endpointsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'endpoints'],
    queryFn: ({ signal }) =>
      call<typeof routes.listEndpoints>(
        'get',
        '/projects/{project_id}/endpoints',
        { params: { project_id: projectId } },
        signal,
      ),
  })

const ofBranch = (projectId: string, branchId: string) => ({
  params: { project_id: projectId, branch_id: branchId },
})

export const rolesQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId, 'roles'],
    queryFn: ({ signal }) =>
      call<typeof routes.listRoles>(
        'get',
        '/projects/{project_id}/branches/{branch_id}/roles',
        ofBranch(projectId, branchId),
        signal,
      ),
  })

/** Kept no longer than it is looked at, and asked for whenever it is copied. */
export const rolePasswordQuery = (projectId: string, branchId: string, role: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId, 'role', role, 'password'],
    queryFn: ({ signal }) =>
      call<typeof routes.revealPassword>(
        'get',
        '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reveal_password',
        { params: { ...ofBranch(projectId, branchId).params, role_name: role } },
        signal,
      ),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })

export const databasesQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId, 'databases'],
    queryFn: ({ signal }) =>
      call<typeof routes.listDatabases>(
        'get',
        '/projects/{project_id}/branches/{branch_id}/databases',
        ofBranch(projectId, branchId),
        signal,
      ),
  })

/** The newest of them; the page of operations goes further back. */
export const recentOperationsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'operations', 'recent'],
    queryFn: ({ signal }) =>
      call<typeof routes.listOperations>(
        'get',
        '/projects/{project_id}/operations',
        { params: { project_id: projectId }, query: { limit: 10 } },
        signal,
      ),
  })

export const branchQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId],
    queryFn: ({ signal }) =>
      call<typeof routes.getBranch>(
        'get',
        '/projects/{project_id}/branches/{branch_id}',
        ofBranch(projectId, branchId),
        signal,
      ),
  })

/** Of all branches. */
export const snapshotsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'snapshots'],
    queryFn: ({ signal }) =>
      call<typeof routes.listSnapshots>(
        'get',
        '/projects/{project_id}/snapshots',
        { params: { project_id: projectId } },
        signal,
      ),
  })

export const backupScheduleQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'branch', branchId, 'schedule'],
    queryFn: ({ signal }) =>
      call<typeof routes.getBackupSchedule>(
        'get',
        '/projects/{project_id}/branches/{branch_id}/backup_schedule',
        ofBranch(projectId, branchId),
        signal,
      ),
  })

export const storageQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'storage'],
    queryFn: ({ signal }) =>
      call<typeof routes.getStorage>(
        'get',
        '/pilotlight/storage',
        { query: { project_id: projectId } },
        signal,
      ),
  })

/** Why computes of a branch are awake or asleep: what the Management API has no fields for. */
export const computesQuery = (projectId: string, branchId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'computes', branchId],
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ project_id: projectId, branch_id: branchId, inside: 'true' })
      const url = `/api/console/computes?${search}`
      return send('get', url, undefined, signal) as Promise<ConsoleComputes>
    },
  })

/** Personal keys. */
export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys', 'personal'],
  queryFn: ({ signal }) => call<typeof routes.listApiKeys>('get', '/api_keys', {}, signal),
})

/** Keys of the organization, and of its projects. */
export const organizationApiKeysQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['api-keys', organizationId],
    queryFn: ({ signal }) =>
      call<typeof routes.listOrgApiKeys>(
        'get',
        '/organizations/{org_id}/api_keys',
        { params: { org_id: organizationId } },
        signal,
      ),
  })
