import { type Kysely, sql } from 'kysely'

/** What awake computes were found doing, once a minute, for a week. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table samples (
      endpoint_id text not null references endpoints on delete cascade,
      at timestamptz not null,
      active integer not null,
      idle integer not null,
      idle_in_transaction integer not null,
      connections_max integer not null,
      locks_waiting integer not null,
      longest_transaction_ms bigint not null,
      commits real,
      rollbacks real,
      deadlocks integer,
      rows_fetched real,
      rows_inserted real,
      rows_updated real,
      rows_deleted real,
      pages_hit real,
      pages_read real,
      cpu real,
      cpus real,
      memory_bytes bigint,
      memory_max_bytes bigint,
      size_bytes bigint,
      primary key (endpoint_id, at)
    )`.execute(db)
  // They come in the order of time: a few pages of it find those that are too old.
  await sql`create index samples_age on samples using brin (at)`.execute(db)
}
