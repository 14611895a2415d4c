// The Postgres that the catalog lives in: our own below the data directory, or one that the user named.

import pg from 'pg'
import { ConfigError } from '../config.ts'
import { defaults } from '../contract/defaults.ts'
import { chooseBuild, type Machine, majorOf, openCluster } from '../engine/local/index.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { ControlStart } from './messages.ts'

export interface CatalogCluster {
  connection: ControlStart['catalog']
  stop(): Promise<void>
}

const name = 'catalog'
const database = 'pilotlight'
/** The catalog holds some kilobytes a project; its working set is small. */
const memoryMb = 1024
/** Control's pool, the queue and the turn, with room for a psql of the operator's. */
const maxConnections = '50'

const firstPauseMs = 200
const longestPauseMs = 10_000

export async function startCatalogCluster(options: {
  machine: Machine
  databaseUrl: string | undefined
  logger: Logger
  clock: Clock
}): Promise<CatalogCluster> {
  const { machine, databaseUrl, logger, clock } = options
  if (databaseUrl !== undefined) {
    const connection = { connectionString: databaseUrl }
    await probe(connection)
    return { connection, stop: async () => {} }
  }
  let stopping = false
  let restart = Promise.resolve()
  // Kept running, for as long as it takes: control waits for it, and proxies go on with what they know.
  const startAgain = async () => {
    for (let pauseMs = firstPauseMs; !stopping; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        await cluster.ensureRunning()
        logger.info({}, 'the catalog’s Postgres runs again')
        return
      } catch (error) {
        logger.error({ err: error, pauseMs }, 'the catalog’s Postgres could not be started; will try again')
        await clock.sleep(pauseMs)
      }
    }
  }
  const cluster = openCluster({
    machine,
    clock,
    name,
    database,
    build: chooseBuild(machine.builds, (await majorOf(machine, name)) ?? defaults.postgresMajor),
    memoryMb,
    settings: { max_connections: maxConnections },
    onUnexpectedEnd(end) {
      logger.warn({ reason: end.reason }, 'the catalog’s Postgres ended; it is started again')
      if (!stopping) restart = startAgain()
    },
  })
  const { host, port, user, password } = await cluster.ensureRunning()
  return {
    connection: { host, port, user, password, database },
    async stop() {
      stopping = true
      await restart
      await cluster.ensureStopped()
      cluster.close()
    },
  }
}

async function probe(connection: ControlStart['catalog']): Promise<void> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
  } catch (error) {
    throw new ConfigError(`--database-url: cannot reach this Postgres (${(error as Error).message})`)
  } finally {
    await client.end().catch(() => {})
  }
}
