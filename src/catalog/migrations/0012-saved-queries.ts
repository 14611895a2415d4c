import { type Kysely, sql } from 'kysely'

/** What people keep of the console's SQL editor. There may be secrets in SQL: it is sealed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table saved_queries (
      project_id text not null references projects on delete cascade,
      name text not null,
      sql_sealed bytea not null,
      updated_at timestamptz not null,
      primary key (project_id, name)
    )`.execute(db)
}
