// What the editor completes: the names in a database, read with SQL as anybody may read them.

import { queryOptions } from '@tanstack/react-query'
import { collectQuery } from '../sql-client/query-results.ts'

export interface SchemaNames {
  /** Those whose tables need no schema before them, in the order in which they are looked through. */
  path: string[]
  tables: { schema: string; name: string; kind: string; columns: [name: string, type: string][] }[]
  functions: { schema: string; name: string }[]
  /** Words that are no names unless they are quoted. T: of functions and types they are. */
  reserved: Record<string, 'R' | 'T'>
}

/** More than these nobody scrolls through, and the rest can still be written out. */
const tablesMax = 3000
const functionsMax = 5000

const sql = `
select json_build_object(
  'path', current_schemas(true),
  'tables', (
    select coalesce(json_agg(t), '[]') from (
      select n.nspname as schema, c.relname as name, c.relkind as kind, (
        select coalesce(json_agg(json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')
        from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      ) as columns
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'p', 'f') and not c.relispartition and n.nspname !~ '^pg_(toast|temp)'
      order by n.nspname in ('pg_catalog', 'information_schema'), n.nspname, c.relname limit ${tablesMax}
    ) t
  ),
  'functions', (
    select coalesce(json_agg(f), '[]') from (
      select distinct n.nspname as schema, p.proname as name
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.prokind <> 'p' and p.proname !~ '^_' and n.nspname <> 'information_schema'
        and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'cstring'::regtype)
        and not 'internal'::regtype = any (p.proargtypes::oid[])
      order by 1 desc, 2 limit ${functionsMax}
    ) f
  ),
  'reserved', (select json_object_agg(word, catcode) from pg_catalog.pg_get_keywords() where catcode in ('R', 'T'))
)`

export interface Place {
  projectId: string
  branchId: string
  database: string
  role: string
}

/** It wakes a compute that sleeps: ask only where it is awake, or somebody has just woken it. */
export const schemaNamesQuery = ({ projectId, branchId, database, role }: Place) =>
  queryOptions({
    queryKey: ['sql-names', projectId, branchId, database, role],
    queryFn: async ({ signal }) => {
      const query = {
        ...{ project_id: projectId, branch_id: branchId, database, role, read_only: true },
        statements: [{ sql }],
      }
      const { results } = await collectQuery(query, signal)
      return JSON.parse(results[0]?.rows[0]?.[0] ?? '{}') as SchemaNames
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
