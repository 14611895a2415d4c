import { type Kysely, sql } from 'kysely'

/** Projects that were deleted and can be recovered, what the API takes for them and gives back, and their JWKS. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table projects
      add column recoverable_until timestamptz,
      add column provisioner text not null default 'k8s-neonvm'
        check (provisioner in ('k8s-neonvm', 'k8s-pod'))`.execute(db)
  await sql`create index projects_list on projects (created_at desc, id desc)`.execute(db)
  await sql`create index projects_recoverable on projects (recoverable_until)
             where recoverable_until is not null`.execute(db)

  await sql`
    create table jwks (
      id uuid primary key,
      project_id text not null references projects on delete cascade,
      branch_id text references branches on delete cascade,
      jwks_url text not null,
      provider_name text not null,
      jwt_audience text,
      role_names text[],
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`create index jwks_project on jwks (project_id, created_at, id)`.execute(db)
}
