// A restore as one does it by hand from the same snapshot and the same WAL (manual, "Recovering Using a Continuous
// Archive Backup"): copy the snapshot, recovery.signal, a restore_command, start.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { socketPort } from '../src/engine/local/compute/conf.ts'
import { Postmaster } from '../src/engine/local/compute/postmaster.ts'
import { recoverySettings } from '../src/engine/local/data/recovery.ts'
import { defaultSpawn } from '../src/engine/local/index.ts'
import { adminUser } from '../src/engine/local/secrets.ts'
import { systemClock } from '../src/lib/clock.ts'
import { silentLogger } from '../src/lib/logger.ts'
import { runProgram } from '../test/fixtures/clients.ts'
import { type Lab, type Piece, value } from './lab.ts'
import { configAt } from './peers.ts'

export class RestorePeer {
  readonly #lab: Lab
  readonly #piece: Piece
  readonly #directory: string
  readonly #archive: string

  /** `directory`: of its own, on the same file system. */
  constructor(lab: Lab, piece: Piece, directory: string) {
    this.#lab = lab
    this.#piece = piece
    this.#directory = directory
    this.#archive = join(directory, 'archive')
    mkdirSync(this.#archive, { recursive: true })
  }

  /** An archive under plain names, of all WAL that is kept by now. */
  async collectWal(): Promise<void> {
    for (const { name, path } of await this.#lab.historyOf(this.#piece).archive.list()) {
      const to = join(this.#archive, name)
      if (!existsSync(to)) await must('cp', ['--reflink=auto', path, to])
    }
    await must('chown', ['-R', this.#owner, this.#directory])
  }

  get #owner(): string {
    const { uid, gid } = this.#lab.engine.machine.user
    return `${uid}:${gid}`
  }

  /** From the copy of the snapshot's pgdata to a row. The restored cluster is removed afterwards. */
  async restoreToFirstRow(snapshotPgdata: string, time: string): Promise<number> {
    const { machine } = this.#lab.engine
    const [pgdata, socketDir] = [join(this.#directory, 'pgdata'), join(this.#directory, 's')]
    const configFile = join(this.#directory, 'postgresql.conf')
    mkdirSync(socketDir, { recursive: true })
    writeFileSync(configFile, configAt(this.#lab.configFileOf(this.#piece), socketDir))
    await must('chown', [this.#owner, socketDir, configFile])
    const how = this.#lab.driver.kind === 'copy' ? [] : ['--reflink=always']
    const server = new Postmaster(
      {
        ...{ pgdata, socketDir, configFile, binDir: this.#lab.build.binDir, user: machine.user },
        logFile: join(this.#directory, 'log'),
      },
      { clock: systemClock, logger: silentLogger, spawn: defaultSpawn },
      () => {},
    )

    const startedAt = performance.now()
    await must('cp', ['-a', ...how, snapshotPgdata, pgdata])
    writeFileSync(join(pgdata, 'recovery.signal'), '')
    await must('chown', [this.#owner, join(pgdata, 'recovery.signal')])
    await server.start({
      restore_command: `cp ${this.#archive}/%f "%p"`,
      recovery_target_time: time.replace('T', ' ').replace('Z', '+00'),
      recovery_target_action: 'promote',
      // Otherwise it would be ready before it has come to the target.
      hot_standby: 'off',
      ...memoryOfReplay(),
    })
    await server.ready
    await value(
      { host: socketDir, port: socketPort, user: adminUser, password: machine.password, database: 'neondb' },
      'select 1',
    )
    const ms = performance.now() - startedAt

    await server.stop('immediate')
    rmSync(pgdata, { recursive: true })
    return ms
  }
}

/** What ours gets for the time of a replay, so that it is not memory that is compared. */
function memoryOfReplay(): Record<string, string> {
  const { shared_buffers } = recoverySettings({ target: null, timeline: 1, mayEndAt: null }, 'rw')
  return shared_buffers === undefined ? {} : { shared_buffers }
}

async function must(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await runProgram(command, args)
  if (code !== 0) throw new Error(`${command}: ${stderr}`)
}
