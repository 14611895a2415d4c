import { type Kysely, sql } from 'kysely'

/** Roles and databases that are made and dropped by operations; when an operation is tried again, and when it is forgotten. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table roles
      add column can_login boolean not null default true,
      add column dropping boolean not null default false`.execute(db)
  await sql`alter table databases add column dropping boolean not null default false`.execute(db)
  await sql`alter table operations add column retry_at timestamptz`.execute(db)
  await sql`create index operations_branch_open on operations (branch_id) where finished_at is null`.execute(
    db,
  )
  await sql`create index operations_ended on operations (finished_at) where finished_at is not null`.execute(
    db,
  )
}
