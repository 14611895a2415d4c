import { type Kysely, sql } from 'kysely'

/** What computes and data have used, by hour, day and month; quotas that are used up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No reference to a branch: what a deleted one has used was used by its project all the same.
  await sql`
    create table consumption (
      project_id text not null references projects on delete cascade,
      grain text not null check (grain in ('hour', 'day', 'month')),
      starts_at timestamptz not null,
      data_id text not null,
      active_ms bigint not null default 0,
      compute_ms bigint not null default 0,
      written_bytes bigint not null default 0,
      transfer_bytes bigint not null default 0,
      logical_byte_ms numeric not null default 0,
      root_byte_ms numeric not null default 0,
      child_byte_ms numeric not null default 0,
      history_byte_ms numeric not null default 0,
      snapshot_byte_ms numeric not null default 0,
      logical_bytes_max bigint not null default 0,
      storage_bytes_max bigint not null default 0,
      primary key (project_id, grain, starts_at, data_id)
    )`.execute(db)
  await sql`create index consumption_age on consumption (grain, starts_at)`.execute(db)
  // No reference to a branch either: what it took until it was deleted is counted afterwards.
  await sql`
    create table levels (
      data_id text primary key,
      project_id text not null references projects on delete cascade,
      kind text not null check (kind in ('root', 'child', 'snapshot')),
      logical_bytes bigint,
      own_bytes bigint not null default 0,
      history_bytes bigint not null default 0,
      storage_at timestamptz,
      counted_until timestamptz not null,
      wal_of text,
      wal_lsn pg_lsn
    )`.execute(db)
  await sql`create index levels_project on levels (project_id)`.execute(db)
  await sql`alter table endpoints add column counted_until timestamptz`.execute(db)
  await sql`update endpoints set counted_until = now()`.execute(db)
  await sql`
    alter table projects
      add column over_quota text,
      add column over_quota_until timestamptz`.execute(db)
  await sql`create index projects_over_quota on projects (over_quota) where over_quota is not null`.execute(
    db,
  )
  await sql`alter table branches add column over_size boolean not null default false`.execute(db)
}
