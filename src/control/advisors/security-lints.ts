import {
  isExposed,
  type Lint,
  ofNoExtension,
  ownRelation,
  ownSchema,
  relationKey,
  relationMetadata,
} from './lint.ts'

const security = { category: 'SECURITY' } as const
const external = { ...security, facing: 'EXTERNAL' } as const
const rowSecurity = 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html'

const relations = `pg_class c join pg_namespace n on n.oid = c.relnamespace`

export const securityLints: Lint[] = [
  {
    ...external,
    name: 'rls_disabled_in_public',
    title: 'RLS Disabled in Public',
    level: 'ERROR',
    description: 'Tables that everybody may read or write, without row level security.',
    remediation: rowSecurity,
    sql: `
      select ${relationKey} as key,
             format('Table \`%s.%s\` is public, but RLS has not been enabled.', n.nspname, c.relname) as detail,
             ${relationMetadata('table')} as metadata
        from ${relations}
       where c.relkind in ('r', 'p') and not c.relrowsecurity and ${ownRelation}
         and ${isExposed('select, insert, update, delete, truncate')}`,
  },
  {
    ...external,
    name: 'policy_exists_rls_disabled',
    title: 'Policy Exists RLS Disabled',
    level: 'ERROR',
    description:
      'Tables that have policies of row level security, which is not enabled: the policies do nothing.',
    remediation: rowSecurity,
    sql: `
      select ${relationKey} as key,
             format('Table \`%s.%s\` has RLS policies but RLS is not enabled on the table. Policies include %s.',
                    n.nspname, c.relname, array_agg(p.polname order by p.polname)) as detail,
             ${relationMetadata('table')} as metadata
        from ${relations} join pg_policy p on p.polrelid = c.oid
       where c.relkind in ('r', 'p') and not c.relrowsecurity and ${ownRelation}
       group by n.nspname, c.relname`,
  },
  {
    ...external,
    name: 'rls_enabled_no_policy',
    title: 'RLS Enabled No Policy',
    level: 'INFO',
    description: 'Tables with row level security enabled and no policy: nobody but the owner sees a row.',
    remediation: rowSecurity,
    sql: `
      select ${relationKey} as key,
             format('Table \`%s.%s\` has RLS enabled, but no policies exist', n.nspname, c.relname) as detail,
             ${relationMetadata('table')} as metadata
        from ${relations}
       where c.relkind in ('r', 'p') and c.relrowsecurity and ${ownRelation}
         and not exists (select from pg_policy p where p.polrelid = c.oid)`,
  },
  {
    ...external,
    name: 'security_definer_view',
    title: 'Security Definer View',
    level: 'ERROR',
    description:
      'Views that read tables with row level security by the rights of the view’s owner: the policies for whoever asks are not applied.',
    remediation: 'https://www.postgresql.org/docs/current/sql-createview.html',
    sql: `
      select ${relationKey} as key,
             format('View \`%s.%s\` is defined with the SECURITY DEFINER property', n.nspname, c.relname) as detail,
             ${relationMetadata('view')} as metadata
        from ${relations}
       where c.relkind = 'v' and ${ownRelation}
         and not (lower(coalesce(c.reloptions::text, '{}'))::text[]
                  && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes'])
         and exists (
           select from pg_rewrite w
             join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
                             and d.refclassid = 'pg_class'::regclass
             join pg_class t on t.oid = d.refobjid and t.relrowsecurity
            where w.ev_class = c.oid)`,
  },
  {
    ...external,
    name: 'function_search_path_mutable',
    title: 'Function Search Path Mutable',
    level: 'WARN',
    description:
      'Functions that run with the rights of their owner, and with the search path of whoever calls them: the caller chooses what they call.',
    remediation:
      'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    sql: `
      select n.nspname || '_' || p.proname || '_' || md5(pg_get_function_identity_arguments(p.oid)) as key,
             format('Function \`%s.%s\` has a role mutable search_path', n.nspname, p.proname) as detail,
             jsonb_build_object('schema', n.nspname, 'name', p.proname, 'type', 'function') as metadata
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosecdef and ${ownSchema} and ${ofNoExtension('pg_proc', 'p.oid')}
         and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%')`,
  },
  {
    ...security,
    facing: 'EXTERNAL',
    name: 'public_schema_create',
    title: 'Everybody May Create in Schema Public',
    level: 'WARN',
    description:
      'Any role may create objects in the schema public, and so put something in the way of what others call. It is the default of Postgres 14.',
    remediation: 'https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS',
    sql: `
      select n.nspname as key, 'Schema \`public\` lets everybody create objects in it' as detail,
             jsonb_build_object('name', n.nspname, 'type', 'schema') as metadata
        from pg_namespace n
       where n.nspname = 'public' and has_schema_privilege(0::oid, n.oid, 'create')`,
  },
  {
    ...external,
    name: 'extension_in_public',
    title: 'Extension in Public',
    level: 'WARN',
    description: 'Extensions that are installed in the schema public, beside the tables.',
    remediation: 'https://www.postgresql.org/docs/current/sql-alterextension.html',
    sql: `
      select e.extname as key,
             format('Extension \`%s\` is installed in the public schema. Move it to another schema.', e.extname) as detail,
             jsonb_build_object('schema', n.nspname, 'name', e.extname, 'type', 'extension') as metadata
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace
       where n.nspname = 'public'`,
  },
  {
    ...external,
    name: 'materialized_view_in_api',
    title: 'Materialized View in API',
    level: 'WARN',
    description: 'Materialized views that everybody may read: row level security does not apply to them.',
    remediation: rowSecurity,
    sql: `
      select ${relationKey} as key,
             format('Materialized view \`%s.%s\` can be read by everybody', n.nspname, c.relname) as detail,
             ${relationMetadata('materialized view')} as metadata
        from ${relations}
       where c.relkind = 'm' and ${ownRelation} and ${isExposed('select')}`,
  },
  {
    ...external,
    name: 'foreign_table_in_api',
    title: 'Foreign Table in API',
    level: 'WARN',
    description: 'Foreign tables that everybody may read: row level security does not apply to them.',
    remediation: 'https://www.postgresql.org/docs/current/ddl-foreign-data.html',
    sql: `
      select ${relationKey} as key,
             format('Foreign table \`%s.%s\` can be read by everybody', n.nspname, c.relname) as detail,
             ${relationMetadata('foreign table')} as metadata
        from ${relations}
       where c.relkind = 'f' and ${ownRelation} and ${isExposed('select')}`,
  },
]
