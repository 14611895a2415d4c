import { type Lint, ownRelation, relationKey, relationMetadata } from './lint.ts'

const performance = { category: 'PERFORMANCE' } as const
const internal = { ...performance, facing: 'INTERNAL' } as const

/** A table that is mostly empty space matters once there is much of it. */
const bloatBytes = 10_485_760

export const performanceLints: Lint[] = [
  {
    ...performance,
    facing: 'EXTERNAL',
    name: 'no_primary_key',
    title: 'No Primary Key',
    level: 'INFO',
    description: 'Tables without a primary key: single rows are found slowly, and cannot be replicated.',
    remediation: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS',
    sql: `
      select ${relationKey} as key,
             format('Table \`%s.%s\` does not have a primary key', n.nspname, c.relname) as detail,
             ${relationMetadata('table')} as metadata
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and ${ownRelation}
         and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  },
  {
    ...performance,
    facing: 'EXTERNAL',
    name: 'unindexed_foreign_keys',
    title: 'Unindexed foreign keys',
    level: 'INFO',
    description:
      'Foreign keys that no index covers: each delete or change of the row that is referred to reads the whole table.',
    remediation: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
    sql: `
      select ${relationKey} || '_' || f.conname as key,
             format('Table \`%s.%s\` has a foreign key \`%s\` without a covering index.',
                    n.nspname, c.relname, f.conname) as detail,
             ${relationMetadata('table')} || jsonb_build_object('fkey_name', f.conname, 'fkey_columns', f.conkey)
               as metadata
        from pg_constraint f
        join pg_class c on c.oid = f.conrelid
        join pg_namespace n on n.oid = c.relnamespace
       where f.contype = 'f' and not c.relispartition and ${ownRelation}
         and not exists (
           select from pg_index i
            where i.indrelid = f.conrelid and i.indisvalid and i.indpred is null
              -- Its first columns are those of the key, in whatever order; indkey counts from 0.
              and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
              and f.conkey @> (i.indkey::int2[])[0:cardinality(f.conkey) - 1])`,
  },
  {
    ...performance,
    facing: 'EXTERNAL',
    name: 'unused_index',
    title: 'Unused Index',
    level: 'INFO',
    description:
      'Indexes that no query has used since statistics were reset: they slow down writing and take room. A restore and a branch of a past moment begin without statistics.',
    remediation:
      'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW',
    sql: `
      select n.nspname || '_' || c.relname || '_' || x.relname as key,
             format('Index \`%s\` on table \`%s.%s\` has not been used', x.relname, n.nspname, c.relname) as detail,
             ${relationMetadata('table')} || jsonb_build_object('index', x.relname, 'bytes', pg_relation_size(x.oid))
               as metadata
        from pg_stat_all_indexes s
        join pg_index i on i.indexrelid = s.indexrelid
        join pg_class x on x.oid = s.indexrelid
        join pg_class c on c.oid = s.relid
        join pg_namespace n on n.oid = c.relnamespace
       where s.idx_scan = 0 and not i.indisunique and not i.indisprimary and not i.indisexclusion
         and ${ownRelation}
         and not exists (select from pg_constraint k where k.conindid = s.indexrelid)`,
  },
  {
    ...performance,
    facing: 'EXTERNAL',
    name: 'duplicate_index',
    title: 'Duplicate Index',
    level: 'WARN',
    description: 'Indexes of one table that are the same but for their names.',
    remediation: 'https://www.postgresql.org/docs/current/sql-dropindex.html',
    sql: `
      select ${relationKey} || '_' || string_agg(x.relname, '_' order by x.relname) as key,
             format('Table \`%s.%s\` has identical indexes %s. Drop all except one of them.', n.nspname, c.relname,
                    array_agg(x.relname order by x.relname)) as detail,
             ${relationMetadata('table')} || jsonb_build_object('indexes', array_agg(x.relname order by x.relname))
               as metadata
        from pg_index i
        join pg_class x on x.oid = i.indexrelid
        join pg_class c on c.oid = i.indrelid
        join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm') and ${ownRelation}
       group by n.nspname, c.relname, c.oid, x.relam, i.indisunique, i.indkey::text,
                i.indclass::text, i.indcollation::text, i.indoption::text,
                pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
      having count(*) > 1`,
  },
  {
    ...performance,
    facing: 'EXTERNAL',
    name: 'multiple_permissive_policies',
    title: 'Multiple Permissive Policies',
    level: 'WARN',
    description:
      'Tables with several permissive policies for the same role and action: each of them is worked out for each row.',
    remediation: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    sql: `
      select ${relationKey} || '_' || role || '_' || action as key,
             format('Table \`%s.%s\` has multiple permissive policies for role \`%s\` for action \`%s\`. Policies include %s',
                    n.nspname, c.relname, role, action, array_agg(p.polname order by p.polname)) as detail,
             ${relationMetadata('table')} as metadata
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_policy p on p.polrelid = c.oid and p.polpermissive
       cross join lateral (
         select case when granted = 0 then 'public' else pg_get_userbyid(granted) end as role
           from unnest(p.polroles) as granted) as roles
       cross join lateral (
         select unnest(case p.polcmd when 'r' then array['SELECT'] when 'a' then array['INSERT']
                                     when 'w' then array['UPDATE'] when 'd' then array['DELETE']
                                     else array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] end) as action) as actions
       where c.relrowsecurity and ${ownRelation}
       group by n.nspname, c.relname, role, action
      having count(*) > 1`,
  },
  {
    ...internal,
    name: 'table_bloat',
    title: 'Table Bloat',
    level: 'INFO',
    description:
      'Tables that are mostly space of rows that are gone, by the estimates of the last ANALYZE. VACUUM FULL or a rewrite gives it back.',
    remediation: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY',
    sql: `
      select key, detail, metadata
        from (
          select ${relationKey} as key, c.relname, n.nspname, c.relpages,
                 -- 24 bytes of header and 4 of item pointer a row, aligned; 24 of header a page.
                 ceil(greatest(c.reltuples, 0) * (28 + ceil(width.bytes / 8.0) * 8)
                      / ((block.bytes - 24) * coalesce(fill.factor, 100) / 100.0)) as needed,
                 block.bytes as block_bytes
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
           cross join lateral (select current_setting('block_size')::int as bytes) as block
           cross join lateral (
             select sum((1 - null_frac) * avg_width) as bytes from pg_stats
              where schemaname = n.nspname and tablename = c.relname and not inherited) as width
           cross join lateral (
             select max(substr(option, 12)::int) as factor from unnest(c.reloptions) as option
              where option like 'fillfactor=%') as fill
           where c.relkind in ('r', 'm') and c.reltuples >= 0 and width.bytes is not null and ${ownRelation}
        ) as estimated
       cross join lateral (select (relpages - needed) * block_bytes as bytes) as waste
       cross join lateral (
         select format('Table \`%s.%s\` has excessive bloat: about %s of %s', nspname, relname,
                       pg_size_pretty(waste.bytes::bigint), pg_size_pretty(relpages::bigint * block_bytes)) as detail,
                jsonb_build_object('schema', nspname, 'name', relname, 'type', 'table', 'waste_bytes', waste.bytes::bigint)
                  as metadata) as words
       where waste.bytes > ${bloatBytes} and needed < relpages / 2.0`,
  },
]
