import { type Kysely, sql } from 'kysely'

/** Settings of projects and endpoints, as the API takes them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table projects add column settings jsonb not null default '{}'`.execute(db)
  await sql`
    alter table endpoints
      add column settings jsonb not null default '{}',
      add column pooler_enabled boolean not null default false,
      add column passwordless_access boolean not null default false,
      add column provisioner text not null default 'k8s-neonvm'`.execute(db)
}
