import { type Kysely, sql } from 'kysely'

/** Why an operation was begun, how far its steps got, what went wrong by the table of errors; and the last wake and sleep of each compute. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table operations add column cause jsonb, add column steps jsonb, add column error_code text`.execute(
    db,
  )
  await sql`
    create index operations_of_compute on operations (endpoint_id, action, created_at desc)
      where endpoint_id is not null`.execute(db)
}
