// What a check of the advisors is: a query, and what is said about each row that it finds. The names and levels are those
// of Supabase's linter, which Neon's advisors show too.

export type Level = 'INFO' | 'WARN' | 'ERROR'
export type Category = 'SECURITY' | 'PERFORMANCE'

export interface Lint {
  name: string
  title: string
  level: Level
  category: Category
  /** EXTERNAL: others than the database's own users may come by it. */
  facing: 'EXTERNAL' | 'INTERNAL'
  description: string
  /** A page that says what to do about it. */
  remediation: string
  /**
   * Returns `detail` (a sentence), `key` (names the object), `metadata` (jsonb). It runs read-only, with pg_catalog as the
   * only schema of its search path: nothing of the user's is called.
   */
  sql: string
}

/** Of the user's own making: neither Postgres's nor an extension's. `n` is its pg_namespace. */
export const ownSchema = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

export const ofNoExtension = (catalog: string, oid: string): string => `not exists (
  select from pg_depend
   where deptype = 'e' and classid = '${catalog}'::regclass and objid = ${oid})`

/** `c` is a pg_class. */
export const ownRelation = `${ownSchema} and ${ofNoExtension('pg_class', 'c.oid')}`

export const relationKey = `n.nspname || '_' || c.relname`

/** Who comes without being anybody: everybody, or the roles that data APIs use for it. `c` is a pg_class. */
export const isExposed = (privileges: string): string => `(
  has_table_privilege(0::oid, c.oid, '${privileges}')
  or exists (select from pg_roles r where r.rolname in ('anon', 'anonymous', 'authenticated')
                and has_table_privilege(r.oid, c.oid, '${privileges}')))
  and (has_schema_privilege(0::oid, n.oid, 'usage')
  or exists (select from pg_roles r where r.rolname in ('anon', 'anonymous', 'authenticated')
                and has_schema_privilege(r.oid, n.oid, 'usage')))`

export const relationMetadata = (type: string): string =>
  `jsonb_build_object('schema', n.nspname, 'name', c.relname, 'type', '${type}')`
