// The control process: catalog, engine, control, the API, and the proxies' door.

import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import pg from 'pg'
import { createApp, createProxyDoor, TrustedProxies } from '../api/index.ts'
import * as apiKeys from '../catalog/api-keys.ts'
import { type Catalog, openCatalog } from '../catalog/catalog.ts'
import { loadSecretBox } from '../catalog/secret-box.ts'
import { Control } from '../control/index.ts'
import { createLocalEngine } from '../engine/local/index.ts'
import { systemClock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import { ApiCertificate } from './api-certificate.ts'
import { ensureFirstApiKey, type KnownKeys } from './first-api-key.ts'
import { closeHttpServer, createHttpServer, listen } from './http-server.ts'
import type { ControlStart } from './messages.ts'
import { pathsOf } from './paths.ts'
import { openProcessLog } from './process-log.ts'
import { type Running, runRole } from './role.ts'

runRole<ControlStart>(async start => {
  const logger = openProcessLog(start.log, 'control')
  const paths = pathsOf(start.dataDir)
  const releaseTurn = await takeTurn(start.catalog, logger)
  const catalog = await openCatalog({ connection: start.catalog, logger })
  const engine = await createLocalEngine({
    dataDir: start.dataDir,
    logger,
    clock: systemClock,
    storage: start.storage,
  })
  const control = new Control({
    catalog,
    engine,
    secretBox: await loadSecretBox(paths.catalogKey),
    clock: systemClock,
    logger,
    settings: start.settings,
  })
  await ensureFirstApiKey(start.apiKeyFile, firstKeysIn(catalog))
  // A first start makes the template clusters; no request ever waits for initdb.
  await engine.prepared
  await control.start()

  const door = createAdaptorServer({ fetch: createProxyDoor(control, logger).fetch }) as Server
  await listen(door, { path: paths.controlSocket })
  const facts = {
    version: start.version,
    dataDir: start.dataDir,
    caFile: start.caFile,
    postgresUser: engine.machine.user.name,
    cloningReason: engine.storage.reason,
    trustedProxies: new TrustedProxies(start.trustedProxies),
  }
  const { fetch } = createApp(control, facts, logger, {
    requestsPerMinute: start.apiRateLimit,
    consoleDir: start.consoleDir,
  })
  const certificate = await ApiCertificate.open({
    tlsDir: paths.tlsDir,
    given: start.apiCertificate,
    clock: systemClock,
    logger,
  })
  const http = createHttpServer(fetch)
  const https = createHttpServer(fetch, certificate)
  await listen(http, start.http)
  await listen(https, start.https)
  logger.info({ http: start.http, https: start.https }, 'control is ready')

  return {
    async stop({ computes }) {
      certificate.close()
      // The servers wait for answers that are under way, and these would never end.
      control.news.close()
      await Promise.all([http, https, door].map(closeHttpServer))
      await control.stop(computes)
      await engine.close()
      await catalog.close()
      await releaseTurn()
      logger.info({}, 'control stopped')
    },
  } satisfies Running
})

/** Any number that no other program takes locks under in this database. */
const turnKey = 7_070_5432

/**
 * One control at a time: an advisory lock in the catalog, held by a connection of its own. The one before us may still
 * be on its way out. If the connection is lost, so is the turn: this process ends, and `up` starts another.
 */
async function takeTurn(connection: ControlStart['catalog'], logger: Logger): Promise<() => Promise<void>> {
  const client = new pg.Client({ ...connection, application_name: 'pilotlight-turn', keepAlive: true })
  let released = false
  const lost = (error?: Error) => {
    if (released) return
    logger.error({ error: error?.message }, 'connection to the catalog lost; control starts again')
    process.exit(1)
  }
  await client.connect()
  client.on('error', lost)
  client.on('end', () => lost())
  await client.query(`set lock_timeout = '60s'`)
  await client.query('select pg_advisory_lock($1)', [turnKey])
  return async () => {
    released = true
    await client.end()
  }
}

function firstKeysIn({ db, identity }: Catalog): KnownKeys {
  return {
    has: async token => (await apiKeys.findByToken(db, token)) !== undefined,
    async add(token) {
      const createdBy = identity.user.id
      await apiKeys.insert(db, { name: 'first key', token, createdBy, scope: { kind: 'personal' } })
    },
  }
}
