// A Postgres for Pilotlight itself (the catalog), run by the same code as a compute: below <data-dir>/<name>/, without
// roles besides cloud_admin, and with one database.

import { randomBytes } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { retry } from '../../lib/retry.ts'
import { type AdminLogin, EngineError, type PostgresBuild } from '../engine.ts'
import { renderConf, type Settings, socketPort } from './compute/conf.ts'
import { heldPolicy, isHeldByAnother, Postmaster, type PostmasterEnd } from './compute/postmaster.ts'
import { fixedSize } from './compute/size.ts'
import { makeSocketDir, socketDirFor } from './compute/socket-dir.ts'
import { ensureDirectory, isThere, readTextIfThere, replaceFile, syncDirectory } from './files.ts'
import { stagingPrefix } from './layout.ts'
import type { Machine } from './machine.ts'
import { adminUser } from './secrets.ts'
import { syncTree } from './storage/durable.ts'
import { sweep } from './storage/sweep.ts'
import { plainBootstrap } from './template/bootstrap.ts'
import { createCluster } from './template/initdb.ts'

export interface ClusterOptions {
  machine: Machine
  clock: Clock
  /** The folder below the data directory: `catalog`. */
  name: string
  database: string
  build: PostgresBuild
  memoryMb: number
  settings: Settings
  /** It ended, and nobody had asked for that. */
  onUnexpectedEnd(end: PostmasterEnd): void
}

export interface Cluster {
  /** Makes the cluster at the first call. Settles when sessions are accepted. */
  ensureRunning(): Promise<AdminLogin & { database: string }>
  ensureStopped(how?: 'fast' | 'immediate'): Promise<void>
  observe(): 'ready' | 'working' | 'stopped'
  readonly logFile: string
  /** Lets go of timers and watches; Postgres goes on. */
  close(): void
}

export function openCluster(options: ClusterOptions): Cluster {
  const { machine, name, build } = options
  const directory = join(machine.layout.dataDir, name)
  const socketDir = socketDirFor(directory)
  const lock = new KeyedLock()
  const place = {
    pgdata: join(directory, 'pgdata'),
    binDir: build.binDir,
    configFile: join(directory, 'postgresql.conf'),
    socketDir,
    logFile: join(directory, 'postgres.log'),
    user: machine.user,
  }
  let wanted = false
  const parts = {
    clock: options.clock,
    spawn: machine.spawn,
    logger: machine.logger.child({ cluster: name }),
  }
  const postmaster = new Postmaster(place, parts, end => {
    if (wanted) options.onUnexpectedEnd(end)
  })

  const makeIfMissing = async (): Promise<void> => {
    await ensureDirectory(directory, 0o711)
    await makeSocketDir(socketDir, directory, machine.user)
    if (await isThere(join(place.pgdata, 'PG_VERSION'))) return
    await sweep(directory)
    const staging = join(directory, `${stagingPrefix}${randomBytes(4).toString('hex')}`)
    try {
      await ensureDirectory(staging, 0o700, machine.user)
      const { user, password, spawn } = machine
      const bootstrap = plainBootstrap(options.database)
      await createCluster(staging, { build, user, password, spawn, bootstrap })
      await syncTree(spawn, staging)
      await rename(join(staging, 'pgdata'), place.pgdata)
      await syncDirectory(directory)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }

  return {
    logFile: place.logFile,
    ensureRunning: () =>
      lock.run(name, async () => {
        if (!postmaster.isReady) {
          await makeIfMissing()
          const { memoryMb, settings } = options
          const conf = renderConf({
            ...{ major: build.major, size: fixedSize(memoryMb), socketDir, settings },
            syncfs: await machine.hasSyncfs(build),
          })
          await replaceFile(place.configFile, conf, { mode: 0o644 })
          wanted = false
          await retry(heldPolicy, options.clock, isHeldByAnother, async () => {
            if (postmaster.pid === null) await postmaster.start()
            await postmaster.ready
          })
          wanted = true
        }
        const { database } = options
        return { host: socketDir, port: socketPort, user: adminUser, password: machine.password, database }
      }),
    ensureStopped: (how = 'fast') =>
      lock.run(name, async () => {
        wanted = false
        if (await isThere(place.pgdata)) await postmaster.stop(how)
      }),
    observe: () => (postmaster.isReady ? 'ready' : postmaster.pid === null ? 'stopped' : 'working'),
    close: () => postmaster.release(),
  }
}

/** The catalog stays on the major that it was made with, so its build is chosen by what is there. */
export async function majorOf(machine: Machine, name: string): Promise<number | null> {
  const text = await readTextIfThere(join(machine.layout.dataDir, name, 'pgdata', 'PG_VERSION'))
  const major = Number.parseInt(text ?? '', 10)
  if (text !== null && !Number.isInteger(major)) {
    throw new EngineError('internal', `${name}/pgdata/PG_VERSION holds no version`)
  }
  return text === null ? null : major
}
