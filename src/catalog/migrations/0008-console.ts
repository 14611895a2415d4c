import { type Kysely, sql } from 'kysely'

/** Who is signed in to the console holds a key that nobody sees, and that ends by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys
      add column is_session boolean not null default false,
      add column expires_at timestamptz,
      add constraint api_keys_session check (is_session = (expires_at is not null))`.execute(db)
  await sql`create index api_keys_expiry on api_keys (expires_at) where expires_at is not null`.execute(db)
}
