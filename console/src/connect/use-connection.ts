import { useQuery } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import type { Reply } from '../api/call.ts'
import {
  type Branch,
  branchesQuery,
  databasesQuery,
  type Endpoint,
  endpointsQuery,
  machineQuery,
  rolesQuery,
} from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import type { ConnectionWish } from './connect-search.ts'
import { type Choice, chooseBranch, chooseOf } from './connection-choice.ts'

type Database = Reply<typeof routes.listDatabases>['databases'][number]
type Role = Reply<typeof routes.listRoles>['roles'][number]

/** All that can be chosen, and what is. */
export interface Connection extends Choice<Database, Role> {
  branches: Branch[]
  branch: Branch
  databases: Database[]
  roles: Role[]
  machine: Reply<typeof routes.getMachine>
}

export type ConnectionState =
  | { connection: Connection; error?: undefined }
  | { connection?: undefined; error: Error | undefined }

/** `connection` and `error` undefined: it is being read. */
export function useConnection(projectId: string, wish: ConnectionWish): ConnectionState {
  const branches = useQuery(branchesQuery(projectId))
  const endpoints = useQuery(endpointsQuery(projectId))
  const machine = useQuery(machineQuery)
  const branch = chooseBranch(branches.data?.branches ?? [], wish)
  const roles = useQuery({ ...rolesQuery(projectId, branch?.id ?? ''), enabled: branch !== undefined })
  const databases = useQuery({
    ...databasesQuery(projectId, branch?.id ?? ''),
    enabled: branch !== undefined,
  })
  const error = readFailure(branches, endpoints, machine, roles, databases)
  if (error || !branch || !endpoints.data || !machine.data || !roles.data || !databases.data) return { error }
  const there: { endpoints: Endpoint[]; databases: Database[]; roles: Role[] } = {
    endpoints: endpoints.data.endpoints,
    databases: databases.data.databases,
    roles: roles.data.roles,
  }
  const connection = {
    branches: branches.data?.branches ?? [],
    branch,
    databases: there.databases,
    roles: there.roles,
    machine: machine.data,
    ...chooseOf(branch.id, there, wish),
  }
  return { connection }
}
