// A database's tables as Neon's JSON: columns and keys.

import type pg from 'pg'

export interface SchemaColumn {
  name: string
  type: string
  nullable: boolean
  generated: boolean
}

export interface SchemaConstraint {
  name: string
  type: 'primary_key' | 'unique' | 'foreign_key'
  columns: string[]
  referenced_table?: { schema: string; table: string; columns: string[] }
}

export interface SchemaTable {
  schema: string
  name: string
  columns: SchemaColumn[]
  constraints: SchemaConstraint[]
}

/** Tables of the user's, partitions included; those of extensions are not, as in a dump. */
const tablesSql = `
  with tables as (
    select c.oid, n.nspname, c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  )
  select nspname as schema, relname as name,
         (select coalesce(json_agg(json_build_object(
                   'name', attname, 'type', format_type(atttypid, atttypmod),
                   'nullable', not attnotnull, 'generated', attgenerated <> '') order by attnum), '[]')
            from pg_attribute where attrelid = tables.oid and attnum > 0 and not attisdropped) as columns,
         (select coalesce(json_agg(json_build_object(
                   'name', conname,
                   'type', case contype when 'p' then 'primary_key' when 'u' then 'unique' else 'foreign_key' end,
                   'columns', (select json_agg(attname order by place)
                                 from unnest(conkey) with ordinality as key (num, place)
                                 join pg_attribute on attrelid = conrelid and attnum = num),
                   'referenced_table', case contype when 'f' then (
                      select json_build_object('schema', rn.nspname, 'table', rc.relname, 'columns', (
                               select json_agg(attname order by place)
                                 from unnest(confkey) with ordinality as key (num, place)
                                 join pg_attribute on attrelid = confrelid and attnum = num))
                        from pg_class rc join pg_namespace rn on rn.oid = rc.relnamespace
                       where rc.oid = confrelid) end) order by contype <> 'p', conname), '[]')
            from pg_constraint where conrelid = tables.oid and contype in ('p', 'u', 'f')) as constraints
    from tables order by nspname, relname`

type Row = Omit<SchemaTable, 'constraints'> & {
  constraints: (Omit<SchemaConstraint, 'referenced_table'> & {
    referenced_table: SchemaConstraint['referenced_table'] | null
  })[]
}

export async function readTables(client: pg.Client): Promise<SchemaTable[]> {
  const { rows } = await client.query<Row>(tablesSql)
  return rows.map(row => ({
    ...row,
    constraints: row.constraints.map(({ referenced_table, ...constraint }) => ({
      ...constraint,
      ...(referenced_table && { referenced_table }),
    })),
  }))
}
