import { type Kysely, sql } from 'kysely'

/** Who is signed in to the console holds a key that nobody sees, and that ends by itself, or with the key that opened it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys
      add column is_session boolean not null default false,
      add column expires_at timestamptz,
      add column opened_by bigint references api_keys on delete cascade,
      add constraint api_keys_session check (
        is_session = (expires_at is not null) and is_session = (opened_by is not null))`.execute(db)
  await sql`create index api_keys_expiry on api_keys (expires_at) where expires_at is not null`.execute(db)
}
