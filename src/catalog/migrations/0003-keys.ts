import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { organizationId } from '../../lib/ids.ts'

/** Who may: the organization, its user and member, kinds of keys; what was done by whom; answers that are given again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organizations (
      id text primary key,
      name text not null,
      handle text not null,
      is_default boolean not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db)
  await sql`create unique index organizations_one_default on organizations (is_default) where is_default`.execute(
    db,
  )
  await sql`
    create table users (
      id uuid primary key,
      email text not null unique,
      name text not null,
      created_at timestamptz not null default now()
    )`.execute(db)
  await sql`
    create table members (
      id uuid primary key,
      org_id text not null references organizations on delete cascade,
      user_id uuid not null references users on delete cascade,
      role text not null check (role in ('admin', 'member', 'editor', 'viewer', 'collaborator')),
      joined_at timestamptz not null default now(),
      unique (org_id, user_id)
    )`.execute(db)
  // The one organization and the one user of an installation. Clients keep their ids, so they never change.
  const org = organizationId()
  const user = randomUUID()
  await sql`
    insert into organizations (id, name, handle, is_default)
    values (${org}, 'Pilotlight', ${`pilotlight-${org}`}, true)`.execute(db)
  await sql`
    insert into users (id, email, name) values (${user}, 'owner@pilotlight.localhost', 'Owner')`.execute(db)
  await sql`
    insert into members (id, org_id, user_id, role)
    values (${randomUUID()}, ${org}, ${user}, 'admin')`.execute(db)

  await sql`
    alter table api_keys
      add column kind text not null default 'personal' check (kind in ('personal', 'organization', 'project')),
      add column org_id text references organizations on delete cascade,
      add column project_id text references projects on delete cascade,
      add column created_by uuid references users on delete cascade,
      add column last_used_from text`.execute(db)
  await sql`update api_keys set created_by = ${user}`.execute(db)
  await sql`
    alter table api_keys
      alter column created_by set not null,
      add constraint api_keys_scope check (
        (kind = 'personal') = (org_id is null) and (kind = 'project') = (project_id is not null))`.execute(db)
  await sql`create index api_keys_project on api_keys (project_id) where project_id is not null`.execute(db)

  await sql`
    create table audit_log (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      actor text not null check (actor in ('personal', 'organization', 'project', 'system', 'anonymous')),
      key_id bigint,
      key_name text,
      operation_id text not null,
      method text,
      path text,
      ids jsonb not null,
      project_id text,
      status integer,
      remote_address text,
      request_id text
    )`.execute(db)
  await sql`create index audit_log_at on audit_log (at)`.execute(db)
  await sql`create index audit_log_project on audit_log (project_id, id) where project_id is not null`.execute(
    db,
  )
  await sql`create index audit_log_strangers on audit_log (id) where actor = 'anonymous'`.execute(db)

  await sql`
    create table idempotency_keys (
      api_key_id bigint not null references api_keys on delete cascade,
      key text not null,
      request_hash bytea not null,
      status integer not null,
      answer_box bytea not null,
      created_at timestamptz not null default now(),
      primary key (api_key_id, key)
    )`.execute(db)
  await sql`create index idempotency_keys_created on idempotency_keys (created_at)`.execute(db)
}
