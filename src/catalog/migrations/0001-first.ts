import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_keys (
      id bigint generated always as identity primary key,
      name text not null,
      token_hash bytea not null unique,
      created_at timestamptz not null default now(),
      last_used_at timestamptz
    )`.execute(db)
  await sql`
    create table projects (
      id text primary key,
      name text not null,
      region_id text not null,
      pg_version integer not null,
      build text not null,
      history_retention_seconds integer not null,
      store_passwords boolean not null,
      default_endpoint_settings jsonb not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    )`.execute(db)
  await sql`
    create table branches (
      id text primary key,
      project_id text not null references projects on delete cascade,
      parent_id text references branches,
      name text not null,
      state text not null check (state in ('init', 'ready', 'failed')),
      gen bigint not null default 1,
      is_default boolean not null,
      protected boolean not null,
      bootstrapped boolean not null default false,
      creation_source text not null,
      state_changed_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (project_id, name)
    )`.execute(db)
  await sql`create unique index branches_one_default on branches (project_id) where is_default`.execute(db)
  await sql`
    create table endpoints (
      id text primary key,
      project_id text not null references projects on delete cascade,
      branch_id text not null references branches on delete cascade,
      type text not null check (type in ('read_write', 'read_only')),
      state text not null check (state in ('suspended', 'starting', 'running', 'stopping', 'failed')),
      gen bigint not null default 1,
      suspend_timeout_seconds integer not null,
      min_cu double precision not null,
      max_cu double precision not null,
      disabled boolean not null default false,
      creation_source text not null,
      last_active_at timestamptz,
      started_at timestamptz,
      suspended_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`create unique index endpoints_one_writer on endpoints (branch_id) where type = 'read_write'`.execute(
    db,
  )
  await sql`create index endpoints_project on endpoints (project_id)`.execute(db)
  await sql`
    create table roles (
      branch_id text not null references branches on delete cascade,
      name text not null,
      verifier text,
      password_box bytea,
      next_verifier text,
      next_password_box bytea,
      protected boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (branch_id, name)
    )`.execute(db)
  await sql`
    create table databases (
      id bigint generated always as identity primary key,
      branch_id text not null references branches on delete cascade,
      name text not null,
      owner_name text not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (branch_id, name)
    )`.execute(db)
  await sql`
    create table operations (
      id uuid primary key,
      project_id text not null references projects on delete cascade,
      branch_id text,
      endpoint_id text,
      action text not null,
      status text not null,
      chain_id uuid,
      position integer not null default 0,
      error text,
      failures_count integer not null default 0,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      started_at timestamptz,
      finished_at timestamptz
    )`.execute(db)
  await sql`create index operations_project on operations (project_id, created_at desc, id)`.execute(db)
  await sql`create index operations_chain on operations (chain_id, position)`.execute(db)
  await sql`
    create index operations_unfinished on operations (project_id)
     where status in ('scheduling', 'running', 'cancelling')`.execute(db)
}
