// Starts Postgres on a cluster that nobody else may reach, and shuts it down: whatever it had to replay is then replayed,
// and proven to work.

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../../lib/clock.ts'
import type { AdminLogin, PostgresBuild } from '../../engine.ts'
import { renderConf, socketPort } from '../compute/conf.ts'
import { Postmaster } from '../compute/postmaster.ts'
import { fixedSize } from '../compute/size.ts'
import { makeSocketDir, socketDirFor } from '../compute/socket-dir.ts'
import { ensureDirectory, replaceFile } from '../files.ts'
import type { Recovery } from '../history/history.ts'
import type { Machine } from '../machine.ts'
import { adminUser } from '../secrets.ts'
import { neededSettings } from './needed-settings.ts'
import { prepareReplay, ranOutOfWal, recoverySettings, replayBuffersMb, withoutTarget } from './recovery.ts'

/** Nothing but the replay runs there. */
const memoryMb = 1024

export interface SettleOptions {
  machine: Machine
  clock: Clock
  build: PostgresBuild
  recovery: Recovery | null
  /** Done while it runs. */
  work?: (login: AdminLogin) => Promise<void>
}

/** Returns the recovery as it was carried out. Whatever the pgdata is, it is not half-replayed when this returns. */
export async function settle(pgdata: string, options: SettleOptions): Promise<Recovery | null> {
  try {
    await runOnce(pgdata, options)
    return options.recovery
  } catch (error) {
    if (!options.recovery || !ranOutOfWal(error)) throw error
    const recovery = withoutTarget(options.recovery)
    await runOnce(pgdata, { ...options, recovery })
    return recovery
  }
}

/** Ends one that was left running by a crash of ours, in the directory of a piece of data. */
export async function stopStray(dataDir: string, parts: { machine: Machine; clock: Clock }): Promise<void> {
  const directory = join(dataDir, settlingDir)
  if (!existsSync(directory)) return
  await postmasterIn(directory, join(dataDir, 'pgdata'), '', parts).stop('immediate')
  await rm(socketDirFor(directory), { recursive: true, force: true })
  await rm(directory, { recursive: true, force: true })
}

const settlingDir = 'settling'

function postmasterIn(
  directory: string,
  pgdata: string,
  binDir: string,
  { machine, clock }: { machine: Machine; clock: Clock },
): Postmaster {
  const place = {
    ...{ pgdata, binDir, user: machine.user, socketDir: socketDirFor(directory) },
    configFile: join(directory, 'postgresql.conf'),
    logFile: join(directory, 'postgres.log'),
  }
  return new Postmaster(place, { clock, spawn: machine.spawn, logger: machine.logger }, () => {})
}

async function runOnce(
  pgdata: string,
  { machine, clock, build, recovery, work }: SettleOptions,
): Promise<void> {
  const directory = join(dirname(pgdata), settlingDir)
  const socketDir = socketDirFor(directory)
  await ensureDirectory(directory, 0o711)
  await makeSocketDir(socketDir, directory, machine.user)
  const conf = renderConf({
    ...{ major: build.major, size: fixedSize(memoryMb), socketDir, archive: true },
    settings: { shared_buffers: `${replayBuffersMb}MB` },
    syncfs: await machine.hasSyncfs(build),
  })
  await replaceFile(join(directory, 'postgresql.conf'), conf, { mode: 0o644 })
  const postmaster = postmasterIn(directory, pgdata, build.binDir, { machine, clock })
  try {
    const needed = await neededSettings(pgdata, 'rw')
    if (recovery) {
      await postmaster.start(
        { ...recoverySettings(recovery, 'rw'), ...needed },
        { prepare: () => prepareReplay(pgdata, recovery, machine.user) },
      )
    } else {
      await postmaster.start(needed)
    }
    await postmaster.ready
    await work?.({ host: socketDir, port: socketPort, user: adminUser, password: machine.password })
  } finally {
    // A failed start has ended already, and then there is nothing to stop.
    await postmaster.stop('fast')
    await rm(directory, { recursive: true, force: true })
    await rm(socketDir, { recursive: true, force: true })
  }
}
