// The Postgres that the catalog lives in: our own below the data directory, or one that the user named.

import pg from 'pg'
import { openCatalogCluster } from '../engine/local/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { ControlStart } from './messages.ts'

export interface CatalogCluster {
  connection: ControlStart['catalog']
  stop(): Promise<void>
}

/** How long a start may take: after a crash Postgres first replays its log. */
const startAttempts = 5

export async function startCatalogCluster(options: {
  dataDir: string
  databaseUrl: string | undefined
  logger: Logger
  clock: Clock
}): Promise<CatalogCluster> {
  if (options.databaseUrl !== undefined) {
    const connection = { connectionString: options.databaseUrl }
    await probe(connection)
    return { connection, stop: async () => {} }
  }
  const { logger, clock } = options
  const cluster = await openCatalogCluster({ dataDir: options.dataDir, logger, clock })
  const { login } = await cluster.ensureRunning()
  let stopping = false
  let pending: Promise<void> | undefined
  // Kept running: control waits for it, and proxies go on with what they know.
  const keepRunning = async () => {
    for (let attempt = 1; attempt <= startAttempts && !stopping; attempt++) {
      try {
        logger.warn({ attempt }, 'the catalog’s Postgres ended; it is started again')
        await cluster.ensureRunning()
        return
      } catch (error) {
        logger.error({ err: error }, 'the catalog’s Postgres could not be started')
        await clock.sleep(1000 * attempt)
      }
    }
  }
  cluster.onExit(() => {
    if (!stopping) pending = keepRunning()
  })
  return {
    connection: {
      host: login.host,
      port: login.port,
      user: login.user,
      password: login.password,
      database: cluster.database,
    },
    async stop() {
      stopping = true
      await pending
      await cluster.ensureStopped()
      await cluster.close()
    },
  }
}

async function probe(connection: ControlStart['catalog']): Promise<void> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
  } catch (error) {
    throw new Error('cannot reach the catalog given by --database-url', { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}
