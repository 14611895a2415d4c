// The catalog: a Postgres that remembers what there is. It decides nothing (that is control/).

import { Kysely, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import type { Logger } from '../lib/logger.ts'
import { migrations } from './migrations/index.ts'
import * as organizations from './organizations.ts'
import type { CatalogSchema } from './schema.ts'
import { UnitDialect } from './unit.ts'
import { WrittenFeed, type WrittenListener, writtenSetting } from './written.ts'

/** A connection or a transaction: every query of this folder takes either. */
export type Db = Kysely<CatalogSchema> | Transaction<CatalogSchema>

export interface Catalog {
  readonly db: Kysely<CatalogSchema>
  /**
   * As `db`, but a commit does not wait for the disk: for what control finds out again after a crash by looking at the
   * machine (which computes run). A wake is then not slowed down by the catalog's disk.
   */
  readonly unsynced: Kysely<CatalogSchema>
  /** The pool below `db`, for the job queue, which shares it. */
  readonly pool: pg.Pool
  /** The organization and the user that every installation has; their ids never change. */
  readonly identity: organizations.Identity
  transaction<T>(work: (trx: Transaction<CatalogSchema>) => Promise<T>): Promise<T>
  /**
   * All that `work` does by `db` and `transaction` is one transaction (see unit.ts), committed if it says so. `unsynced`
   * and `pool` take no part.
   */
  unit<T>(work: () => Promise<{ commit: boolean; value: T }>): Promise<T>
  /** Tells what is written by any of the above, until the returned function is called. */
  onWritten(listener: WrittenListener): () => void
  close(): Promise<void>
}

/** Our tables live in a schema of their own, so that a catalog given by --database-url may hold other things too. */
const schemaName = 'pilotlight'

// bigint columns here are counters and identities, far below 2^53.
const bigintOid = 20
pg.types.setTypeParser(bigintOid, Number)

/** Opens the catalog and brings its tables up to date. Several programs may do so at once: migrations take a lock. */
export async function openCatalog(options: {
  connection: pg.PoolConfig
  logger: Logger
  maxConnections?: number
}): Promise<Catalog> {
  const { connection, logger } = options
  const written = new WrittenFeed()
  const open = (max: number, settings = '') => {
    const pool = new pg.Pool({
      ...connection,
      max,
      application_name: 'pilotlight',
      connectionTimeoutMillis: 10_000,
      options: `-c search_path=${schemaName} ${writtenSetting}${settings}`,
    })
    // An idle connection that breaks (the catalog's Postgres was restarted) is replaced by the pool at the next query.
    const lost = (error: Error) => logger.warn({ error: error.message }, 'catalog connection lost')
    pool.on('error', lost)
    // One that breaks while it is checked out fails its query; without a listener it would end the process too.
    pool.on('connect', client => client.on('error', lost))
    written.attach(pool)
    const dialect = new UnitDialect({ pool })
    return { pool, dialect, db: new Kysely<CatalogSchema>({ dialect }) }
  }
  const { pool, dialect, db } = open(options.maxConnections ?? 20)
  const unsynced = open(maxUnsynced, ' -c synchronous_commit=off').db
  const close = async () => {
    await Promise.all([db.destroy(), unsynced.destroy()])
  }
  let identity: organizations.Identity
  try {
    await migrate(db, logger)
    identity = await organizations.findIdentity(db)
  } catch (error) {
    await close()
    throw new Error('migrate the catalog', { cause: error })
  }
  return {
    db,
    unsynced,
    pool,
    identity,
    transaction: work => db.transaction().execute(work),
    unit: work => dialect.unit(work),
    onWritten: listener => written.subscribe(listener),
    close,
  }
}

/** Wakes and suspends at the same moment; each takes a millisecond of it. */
const maxUnsynced = 8

async function migrate(db: Kysely<CatalogSchema>, logger: Logger): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: schemaName,
  })
  const { error, results } = await migrator.migrateToLatest()
  for (const result of results ?? []) {
    if (result.status === 'Success') logger.info({ migration: result.migrationName }, 'catalog migrated')
  }
  if (error) throw error
}
