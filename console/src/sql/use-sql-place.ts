import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/live.ts'
import {
  type Branch,
  branchesQuery,
  databasesQuery,
  type Endpoint,
  endpointsQuery,
  rolesQuery,
} from '../api/queries.ts'
import { type SqlSearch, sqlSearch } from './sql-search.ts'

const from = '/shell/projects/$projectId/sql'
export interface SqlPlace {
  projectId: string
  branches: Branch[]
  branch: Branch
  endpoint: Endpoint | undefined
  databases: string[]
  /** Undefined: the branch has none yet. */
  database: string | undefined
  roles: string[]
  role: string | undefined
  at: string | undefined
  isReadOnly: boolean
}

/** Where SQL would go by the address. What it leaves open, or names and is not there, is what Connect would take. */
export function useSqlPlace() {
  const { projectId } = useParams({ from })
  const search = useSearch({ from })
  const navigate = useNavigate()
  const branches = useQuery(branchesQuery(projectId))
  const endpoints = useQuery({ ...endpointsQuery(projectId), refetchInterval: useFallbackInterval(3000) })
  const branch =
    branches.data?.branches.find(({ id }) => id === search.branch) ??
    branches.data?.branches.find(one => one.default)
  const branchId = branch?.id ?? ''
  const roles = useQuery({ ...rolesQuery(projectId, branchId), enabled: branch !== undefined })
  const databases = useQuery({ ...databasesQuery(projectId, branchId), enabled: branch !== undefined })
  const all = [branches, endpoints, roles, databases]
  return {
    place: placeOf(),
    error: all.find(({ error }) => error !== null)?.error ?? undefined,
    retry: () => {
      for (const query of all) void query.refetch()
    },
    /** `undefined` takes a choice back. */
    choose: (some: { [Name in keyof SqlSearch]?: SqlSearch[Name] | undefined }) =>
      void navigate({
        to: '/projects/$projectId/sql',
        params: { projectId },
        search: sqlSearch({ ...search, ...some }),
        replace: true,
      }),
  }

  function placeOf(): SqlPlace | undefined {
    if (!branch || !branches.data || !endpoints.data || !roles.data || !databases.data) return undefined
    const database =
      databases.data.databases.find(({ name }) => name === search.database) ?? databases.data.databases[0]
    const roleNames = roles.data.roles.map(({ name }) => name)
    return {
      ...{ projectId, branches: branches.data.branches, branch },
      endpoint: endpoints.data.endpoints.find(
        ({ branch_id, type }) => branch_id === branch.id && type === 'read_write',
      ),
      databases: databases.data.databases.map(({ name }) => name),
      database: database?.name,
      roles: roleNames,
      role: [search.role, database?.owner_name, roleNames[0]].find(
        name => name !== undefined && roleNames.includes(name),
      ),
      at: search.at,
      isReadOnly: search.read_only === true,
    }
  }
}
