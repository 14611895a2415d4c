import { type Kysely, sql } from 'kysely'

/** Branches of branches and of moments, restores, soft deletion, expiry, annotations, snapshots and their schedules. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table branches
      add column kind text not null default 'branch' check (kind in ('branch', 'ephemeral', 'kept')),
      add column origin jsonb not null default '{"from": "empty"}',
      add column parent_lsn text,
      add column parent_timestamp timestamptz,
      add column init_source text not null default 'parent-data'
        check (init_source in ('parent-data', 'schema-only')),
      add column expires_at timestamptz,
      add column ttl_interval_seconds integer,
      add column last_reset_at timestamptz,
      add column restore_status text check (restore_status in ('restored', 'finalized')),
      add column restored_from text,
      add column restored_as text,
      add column deleted_at timestamptz,
      add column deletion_method text check (deletion_method in ('user', 'ttl')),
      add column recoverable_until timestamptz,
      add column contents text not null default 'template'
        check (contents in ('template', 'inherited', 'known'))`.execute(db)
  await sql`update branches set contents = 'known' where bootstrapped`.execute(db)
  await sql`alter table branches drop column bootstrapped`.execute(db)
  // Only what people see has a name of its own; what was deleted gives its name back.
  await sql`alter table branches drop constraint branches_project_id_name_key`.execute(db)
  await sql`
    create unique index branches_name on branches (project_id, name)
     where kind = 'branch' and deleted_at is null`.execute(db)
  // A parent may go before its child: the child then has no parent any more.
  await sql`alter table branches drop constraint branches_parent_id_fkey`.execute(db)
  await sql`
    alter table branches add constraint branches_parent_id_fkey
      foreign key (parent_id) references branches on delete set null`.execute(db)
  await sql`create index branches_parent on branches (parent_id) where parent_id is not null`.execute(db)
  await sql`create index branches_expiry on branches (expires_at) where expires_at is not null`.execute(db)
  await sql`create index branches_deleted on branches (deleted_at) where deleted_at is not null`.execute(db)

  await sql`
    alter table endpoints
      add column name text,
      add column deleted_at timestamptz,
      add column internal boolean not null default false`.execute(db)
  await sql`drop index endpoints_one_writer`.execute(db)
  await sql`
    create unique index endpoints_one_writer on endpoints (branch_id)
     where type = 'read_write' and not internal and deleted_at is null`.execute(db)
  await sql`create index endpoints_branch on endpoints (branch_id)`.execute(db)

  await sql`alter table operations add column details jsonb`.execute(db)

  await sql`
    create table annotations (
      branch_id text primary key references branches on delete cascade,
      value jsonb not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`
    create table snapshots (
      id text primary key,
      project_id text not null references projects on delete cascade,
      source_branch_id text not null,
      name text not null,
      state text not null check (state in ('init', 'ready', 'failed')),
      gen bigint not null default 1,
      origin jsonb not null,
      lsn text,
      taken_at timestamptz,
      manual boolean not null,
      roles jsonb not null,
      databases jsonb not null,
      expires_at timestamptz,
      deleted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`create index snapshots_project on snapshots (project_id, created_at desc)`.execute(db)
  await sql`create index snapshots_expiry on snapshots (expires_at) where expires_at is not null`.execute(db)
  await sql`
    create table backup_schedules (
      branch_id text primary key references branches on delete cascade,
      schedule jsonb not null,
      last_slots jsonb not null default '{}',
      since timestamptz not null default now()
    )`.execute(db)
}
