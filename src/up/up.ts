// `pilotlight up`: builds the parts, starts them in this order, and stops them in the reverse one.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CertificateFiles, type Config, ConfigError } from '../config.ts'
import { defaults } from '../contract/defaults.ts'
import { apiKeyPath, type RunFile, runFilePath } from '../contract/run-file.ts'
import { openMachine } from '../engine/local/index.ts'
import { systemClock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import { isAnyAddress } from '../lib/network.ts'
import { apiNames } from './api-certificate.ts'
import { startCatalogCluster } from './catalog-cluster.ts'
import { datesProblem, readKeyPair } from './certificate-files.ts'
import { Child } from './child.ts'
import { findHttpsPort, findPort } from './free-port.ts'
import { hostNamesResolve } from './host-names.ts'
import { takeLock } from './lock.ts'
import type { ControlStart, ProxyStart } from './messages.ts'
import { OwnCertificates } from './own-certificates.ts'
import { type Paths, pathsOf } from './paths.ts'
import { openProcessLog } from './process-log.ts'
import { checkStorage, type StorageReport } from './storage-check.ts'
import { mountStorageImage } from './storage-image.ts'

export interface Up {
  runFile: RunFile
  storage: StorageReport
  /** Ends sessions after `graceMs`, suspends the computes, stops everything. Safe to call twice. */
  stop(graceMs: number): Promise<void>
}

/** As Vite builds it, and as the package brings it. Whoever works on it may have another built beside it. */
const consoleDir =
  process.env.PILOTLIGHT_CONSOLE_DIR ?? fileURLToPath(new URL('../../console/dist', import.meta.url))

/** `say` gets a line for people at each step that takes time. Errors: LockHeldError, ConfigError, and faults of the machine. */
export async function up(config: Config, say: (line: string) => void): Promise<Up> {
  const paths = pathsOf(config.dataDir)
  await mountStorageImage(config.dataDir, say)
  await makeDirectories(paths)
  const lock = takeLock(paths.lockFile, config.dataDir, new Date(systemClock.now()))
  const undo: (() => Promise<void>)[] = [async () => lock.release()]
  const logger = openProcessLog({ level: config.logLevel, to: config.logTo, dir: paths.logDir }, 'up')
  try {
    return await start(config, paths, logger, say, undo)
  } catch (error) {
    logger.error({ err: error }, 'pilotlight could not be started')
    await unwind(undo)
    throw error
  }
}

async function unwind(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => {})
}

async function start(
  config: Config,
  paths: Paths,
  logger: Logger,
  say: (line: string) => void,
  undo: (() => Promise<void>)[],
): Promise<Up> {
  const clock = systemClock
  const log = { level: config.logLevel, to: config.logTo, dir: paths.logDir }
  const version = await packageVersion()
  const hostSuffix = `${config.region}.${config.domain}`
  const certificates = new OwnCertificates({
    dir: paths.tlsDir,
    hostSuffix,
    apiNames: apiNames(config),
    clock,
    logger,
  })
  const { caFile } = await certificates.ensure()
  if (config.apiCertificate) await checkGivenCertificate(config.apiCertificate, say)
  const pgPort = await findPort(config.pgPort, config.listen, 'pg-port')
  const apiPort = await findPort(config.apiPort, config.apiListen, 'api-port')
  const httpsPort = await findHttpsPort(config.httpsPort, config.listen)
  const hostsResolve = await hostNamesResolve(hostSuffix)
  const pgAddress = isAnyAddress(config.listen) ? '127.0.0.1' : config.listen

  if (!existsSync(paths.catalogKey)) say(`Preparing ${config.dataDir} for its first start …`)
  const machine = await openMachine({ dataDir: config.dataDir, logger })
  const storage = await checkStorage(machine, config.storage)
  const catalog = await startCatalogCluster({ machine, databaseUrl: config.databaseUrl, logger, clock })
  undo.push(() => catalog.stop())

  const consoleSecret = randomBytes(32).toString('hex')
  const controlStart: ControlStart = {
    dataDir: config.dataDir,
    version,
    http: { host: config.apiListen, port: apiPort },
    https: { host: config.listen, port: httpsPort },
    apiCertificate: config.apiCertificate,
    trustedProxies: config.trustedProxies,
    consoleDir,
    apiRateLimit: config.apiRateLimit,
    catalog: catalog.connection,
    settings: {
      cell: 'local',
      dataDir: config.dataDir,
      region: config.region,
      hostSuffix,
      pgPort,
      suspendAfterSeconds: config.suspendAfterSeconds,
      pgAddress,
      hostsResolve,
      caFile,
      consoleSecret,
    },
    storage: config.storage,
    caFile,
    apiKeyFile: apiKeyPath(config.dataDir),
    log,
  }
  const control = new Child({
    name: 'control',
    script: new URL('./control-process.ts', import.meta.url),
    start: controlStart,
    logger,
    clock,
  })
  undo.push(() => control.stop({ graceMs: 0, computes: 'suspend' }))
  await control.start()

  const proxies = Array.from({ length: config.proxies }, (_, index) => {
    const proxyStart: ProxyStart = {
      dataDir: config.dataDir,
      index,
      listen: config.listen,
      port: pgPort,
      shared: config.proxies > 1,
      hostSuffix,
      consoleSecret,
      log,
    }
    return new Child({
      name: `proxy-${index}`,
      script: new URL('./proxy-process.ts', import.meta.url),
      start: proxyStart,
      logger,
      clock,
    })
  })
  let graceMs = 0
  undo.push(async () => {
    await Promise.all(proxies.map(proxy => proxy.stop({ graceMs, computes: 'leave running' })))
  })
  await Promise.all(proxies.map(proxy => proxy.start()))

  const runFile: RunFile = {
    version,
    pid: process.pid,
    startedAt: new Date(clock.now()).toISOString(),
    dataDir: config.dataDir,
    apiUrl: `http://${urlHost(config.apiListen)}:${apiPort}`,
    apiPort,
    apiListen: config.apiListen,
    pgHost: pgAddress,
    pgPort,
    httpsUrl: `https://${httpsHost(config)}${httpsPort === defaults.httpsPort ? '' : `:${httpsPort}`}`,
    httpsPort,
    apiCertFile: config.apiCertificate?.certFile ?? null,
    domain: config.domain,
    region: config.region,
    hostSuffix,
    hostsResolve,
    caFile,
    apiKeyFile: apiKeyPath(config.dataDir),
    proxies: config.proxies,
  }
  await writeRunFile(config.dataDir, runFile)
  undo.push(() => rm(runFilePath(config.dataDir), { force: true }))
  certificates.keepRenewed()
  undo.push(async () => certificates.close())
  logger.info({ pgPort, apiPort, httpsPort }, 'pilotlight is ready')

  let stopped: Promise<void> | undefined
  return {
    runFile,
    storage,
    stop(grace) {
      graceMs = grace
      stopped ??= unwind(undo)
      return stopped
    },
  }
}

/** 0755 where Postgres's own user has to pass through. */
async function makeDirectories(paths: Paths): Promise<void> {
  try {
    await makeDirectory(paths.dataDir, 0o755)
    await makeDirectory(paths.runDir, 0o755)
    await makeDirectory(paths.secretsDir, 0o700)
  } catch (error) {
    const reason = (error as Error).message
    throw new ConfigError(`cannot make the data directory (${reason}). Choose another one with --data-dir.`)
  }
}

/** With its parents. Step by step, because Node's own recursive mkdir never ends on a file system that refuses (/proc). */
async function makeDirectory(path: string, mode: number): Promise<void> {
  const known = await stat(path).catch(() => null)
  if (known?.isDirectory()) return
  if (dirname(path) !== path) await makeDirectory(dirname(path), 0o755)
  await mkdir(path, { mode }).catch((error: NodeJS.ErrnoException) => {
    // Somebody else made it in the meantime.
    if (error.code !== 'EEXIST' || known) throw error
  })
}

/** Whole or not at all: programs wait for this file. */
async function writeRunFile(dataDir: string, runFile: RunFile): Promise<void> {
  const file = runFilePath(dataDir)
  await writeFile(`${file}.draft`, `${JSON.stringify(runFile, null, 2)}\n`, { mode: 0o644 })
  await rename(`${file}.draft`, file)
}

async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** An address as it stands in a URL; everywhere means here. */
function urlHost(listen: string): string {
  if (isAnyAddress(listen)) return '127.0.0.1'
  return listen.includes(':') ? `[${listen}]` : listen
}

/** A name that the certificate has: the operator's first, else one that leads to where we listen. */
function httpsHost({ apiHostNames: [name], listen }: Config): string {
  return name ?? (listen === defaults.listen || isAnyAddress(listen) ? 'localhost' : urlHost(listen))
}

/** Refused at the start, in front of who wrote the setting. Later, what served before is kept. */
async function checkGivenCertificate(files: CertificateFiles, say: (line: string) => void): Promise<void> {
  const pair = await readKeyPair(files).catch((error: Error) => {
    throw new ConfigError(`--api-cert: ${error.message}`)
  })
  const problem = datesProblem(pair.leaf, systemClock.now())
  if (problem !== undefined) say(`Warning: the certificate ${files.certFile} ${problem}.`)
}
