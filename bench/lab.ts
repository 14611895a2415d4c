// The engine without API and proxy, in a place of its own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { At, ComputeSpec, Origin, PostgresBuild, Ref } from '../src/engine/engine.ts'
import type { HistoryPace } from '../src/engine/local/history/archivist.ts'
import { Family } from '../src/engine/local/history/lineage.ts'
import type { KeptSnapshot } from '../src/engine/local/history/moments.ts'
import { Snapshots } from '../src/engine/local/history/snapshots.ts'
import { WalArchive } from '../src/engine/local/history/wal-archive.ts'
import {
  chooseBuild,
  chooseDriver,
  createLocalEngine,
  defaultSpawn,
  type LocalEngine,
  localCell,
} from '../src/engine/local/index.ts'
import type { StorageDriver } from '../src/engine/local/storage/driver.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createLogger } from '../src/lib/logger.ts'
import { eventually } from '../test/fixtures/eventually.ts'
import { atEnd } from './cleanup.ts'
import type { Login } from './pgbench.ts'

/** What a benchmark measures: the major that new projects get. */
const pgMajor = 17
export const dayOfHistory = 86_400
/** Nothing is taken while it runs: for a history that a benchmark makes itself. */
export const noSnapshots = Number.MAX_SAFE_INTEGER

export interface Piece {
  data: Ref
  compute: Ref
  spec: ComputeSpec
}

export class Lab {
  readonly engine: LocalEngine
  readonly driver: StorageDriver
  readonly #close: () => Promise<void>
  #gen = 0
  #serial = 0

  private constructor(engine: LocalEngine, driver: StorageDriver) {
    this.engine = engine
    this.driver = driver
    this.#close = atEnd(() => engine.close())
  }

  static async open(directory: string, pace: Partial<HistoryPace> = {}): Promise<Lab> {
    const logger = createLogger({ name: 'bench', level: 'error' })
    const engine = await createLocalEngine({
      ...{ dataDir: join(directory, 'd'), logger, clock: systemClock, pace },
      prepare: [pgMajor],
    })
    await engine.prepared
    const { driver } = await chooseDriver(engine.machine.layout.data)
    return new Lab(engine, driver)
  }

  get build(): PostgresBuild {
    return chooseBuild(this.engine.machine.builds, pgMajor)
  }

  async create(windowSeconds = dayOfHistory): Promise<Piece> {
    return await this.#make({ from: 'empty', pgMajor }, windowSeconds)
  }

  async branch(parent: Piece, at: At = { head: true }): Promise<Piece> {
    return await this.#make({ from: 'branch', parent: parent.data, at }, dayOfHistory)
  }

  async #make(origin: Origin, windowSeconds: number): Promise<Piece> {
    const serial = ++this.#serial
    const data = { cell: localCell, id: `br-bench-${serial}` }
    await this.engine.ensureData(data, ++this.#gen, origin, { windowSeconds })
    const spec: ComputeSpec = { data, mode: 'rw', vcpu: 1, memoryMb: 1024, settings: {} }
    return { data, compute: { cell: localCell, id: `ep-bench-${serial}` }, spec }
  }

  async start({ compute, spec }: Piece): Promise<Login> {
    let { phase } = await this.engine.ensureRunning(compute, ++this.#gen, spec)
    // A long replay is told as `working`.
    while (phase !== 'ready') {
      await systemClock.sleep(1)
      const status = await this.engine.observe(compute)
      phase = status.phase
      if (phase === 'failed') throw new Error(`${compute.id}: ${status.error?.message}`)
    }
    return { ...(await this.engine.adminLogin(compute)), database: 'neondb' }
  }

  async stop({ compute }: Piece, how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.engine.ensureStopped(compute, ++this.#gen, how)
  }

  async remove(piece: Piece): Promise<void> {
    await this.stop(piece, 'immediate')
    await this.engine.ensureGone(piece.compute, ++this.#gen)
    await this.engine.ensureGone(piece.data, ++this.#gen)
  }

  pgdataOf({ data }: Piece): string {
    return join(this.engine.machine.layout.data, data.id, 'pgdata')
  }

  /** Its compute's, as of the last start. */
  configFileOf({ compute }: Piece): string {
    return join(this.engine.machine.layout.computes, compute.id, 'postgresql.conf')
  }

  /** What is kept of the lineage that it writes. */
  historyOf({ data }: Piece): { snapshots: Snapshots; archive: WalArchive; directory: string } {
    const { layout } = this.engine.machine
    const { family, lineage } = JSON.parse(readFileSync(join(layout.data, data.id, 'meta.json'), 'utf8'))
    const paths = new Family(layout.history, family)
    return {
      directory: paths.directory,
      snapshots: new Snapshots(paths.snapshotsDir(lineage), lineage, this.driver, defaultSpawn),
      archive: new WalArchive(paths.walDir(lineage), this.driver),
    }
  }

  /** Stops it, and waits for the snapshot that is taken of it at rest, behind the answer. */
  async stopWithSnapshot(piece: Piece): Promise<KeptSnapshot> {
    const { snapshots } = this.historyOf(piece)
    const before = (await snapshots.list()).length
    await this.stop(piece)
    await eventually(async () => (await snapshots.list()).length > before, {
      timeoutMs: 60_000,
      about: () => 'a snapshot at rest',
    })
    return (await snapshots.list()).at(-1)!
  }

  /** Ends the segment that is being written, and waits until it is kept. */
  async keepWal(piece: Piece, login: Login): Promise<void> {
    const { archive } = this.historyOf(piece)
    const segment = await value<string>(login, 'select pg_walfile_name(pg_current_wal_lsn())')
    await value(login, 'select pg_switch_wal()')
    await eventually(async () => (await archive.find(segment)) !== null, {
      timeoutMs: 60_000,
      about: () => `segment ${segment} to be kept`,
    })
  }

  async close(): Promise<void> {
    await this.#close()
  }
}

export async function withClient<T>(login: Login, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(login)
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** The first column of the first row. */
export async function value<T>(login: Login, sql: string): Promise<T> {
  return await withClient(login, async client => {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return (rows as T[][])[0]![0]!
  })
}
