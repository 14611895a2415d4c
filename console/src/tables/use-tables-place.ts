import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { TablesSearch } from './tables-search.ts'

export const tablesFrom = '/shell/projects/$projectId/tables'

/** Where in which project we are, and the way to elsewhere. */
export function useTablesPlace() {
  const { projectId } = useParams({ from: tablesFrom })
  const search = useSearch({ from: tablesFrom })
  const navigate = useNavigate()
  return {
    projectId,
    search,
    /** What was chosen above the tables: it goes along to each of them. */
    kept: keptOf(search),
    go: (next: TablesSearch) =>
      void navigate({ to: '/projects/$projectId/tables', params: { projectId }, search: next }),
  }
}

function keptOf({ branch, database, role, at }: TablesSearch): TablesSearch {
  return {
    ...(branch !== undefined && { branch }),
    ...(database !== undefined && { database }),
    ...(role !== undefined && { role }),
    ...(at !== undefined && { at }),
  }
}

/** Whose changes are kept: the same as long as one looks at the same table. */
export const tableKey = ({ branch, database, role, at, schema, table }: TablesSearch): string =>
  JSON.stringify([branch, database, role, at, schema, table])
