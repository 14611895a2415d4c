import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useFallbackInterval } from '../api/live.ts'
import { type Branch, type Endpoint, endpointsQuery } from '../api/queries.ts'
import { type Connection, useConnection } from '../connect/use-connection.ts'
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
  const queries = useQueryClient()
  const { connection, error } = useConnection(projectId, search)
  // So that its state is seen to change.
  useQuery({ ...endpointsQuery(projectId), refetchInterval: useFallbackInterval(3000) })
  const place = connection && placeOf(projectId, connection, search)
  const last = useRef<SqlPlace>(undefined)
  useEffect(() => {
    if (place) last.current = place
  })
  return {
    /** Undefined: it is being read. */
    place,
    /** What was there before, until then: whoever chooses by keys stays where they are. */
    shownPlace: place ?? withBranch(last.current?.projectId === projectId ? last.current : undefined, search),
    error,
    retry: () => void queries.refetchQueries({ queryKey: ['project', projectId], type: 'active' }),
    /** `undefined` takes a choice back. */
    choose: (some: { [Name in keyof SqlSearch]?: SqlSearch[Name] | undefined }) =>
      void navigate({
        to: '/projects/$projectId/sql',
        params: { projectId },
        search: sqlSearch({ ...search, ...some }),
        replace: true,
      }),
  }
}

function withBranch(place: SqlPlace | undefined, { branch: id }: SqlSearch): SqlPlace | undefined {
  const branch = place?.branches.find(one => one.id === id)
  return place && branch ? { ...place, branch } : place
}

function placeOf(projectId: string, connection: Connection, { at, read_only }: SqlSearch): SqlPlace {
  const { branches, branch, endpoint, databases, database, roles, role } = connection
  return {
    ...{ projectId, branches, branch, endpoint, at, isReadOnly: read_only === true },
    ...{ databases: databases.map(({ name }) => name), database: database?.name },
    ...{ roles: roles.map(({ name }) => name), role: role?.name },
  }
}
