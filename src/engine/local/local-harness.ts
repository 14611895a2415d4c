// This machine's engine in a temporary place, for tests.

import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import type { EngineHarness } from '../conformance/engine-conformance.ts'
import type { Ref } from '../engine.ts'
import { isAlive } from './compute/processes.ts'
import { createLocalEngine, type LocalEngine, type LocalEngineOptions, localCell } from './local-engine.ts'
import { mountedFileSystem } from './storage/mounts.ts'

export interface LocalHarness extends EngineHarness {
  dataDir: string
  open(): Promise<LocalEngine>
  pidOf(compute: Ref): Promise<number>
}

/** A directory that the user under which Postgres runs may pass through. */
export async function temporaryDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pilotlight-test-'))
  await chmod(directory, 0o711)
  return directory
}

/**
 * `place`: a directory of the test's own, which it also removes; by default one on the machine's own disk. `options`: what
 * the engine is opened with.
 */
export async function localHarness(
  pgMajor: number,
  place?: string,
  options: Partial<LocalEngineOptions> = {},
): Promise<LocalHarness> {
  const dataDir = place ?? (await temporaryDir())
  const pidOf = async (compute: Ref): Promise<number> => {
    const state = JSON.parse(await readFile(join(dataDir, 'computes', compute.id, 'state.json'), 'utf8'))
    const pidFile = join(dataDir, 'data', state.spec.data.id, 'pgdata', 'postmaster.pid')
    return Number.parseInt(await readFile(pidFile, 'utf8'), 10)
  }
  let exported = 0
  return {
    dataDir,
    cell: localCell,
    pgMajor,
    open: () =>
      createLocalEngine({
        ...{ dataDir, logger: silentLogger, clock: systemClock, prepare: [pgMajor] },
        ...options,
      }),
    pidOf,
    async kill(compute) {
      process.kill(await pidOf(compute), 'SIGKILL')
    },
    servers: async data => (await postmasters(join(dataDir, 'data', data.id))).length,
    async plantOrphan(id) {
      await mkdir(join(dataDir, 'data', id, 'pgdata'), { recursive: true })
    },
    async exportPath() {
      await mkdir(join(dataDir, 'exports'), { recursive: true })
      return join(dataDir, 'exports', `export-${++exported}`)
    },
    async destroy(failed) {
      const pids = await postmasters(dataDir)
      for (const pid of pids) quit(pid)
      for (const pid of pids) {
        while (await isAlive(pid)) await systemClock.sleep(10)
      }
      if (!failed && !place) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function quit(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT')
  } catch {
    // It has ended since it was found.
  }
}

/** On a file system of its own; null where none can be mounted. */
export async function mountedHarness(
  pgMajor: number,
  kind: 'xfs' | 'btrfs' | 'ext4',
  size: string,
  options: Partial<LocalEngineOptions> = {},
): Promise<LocalHarness | null> {
  const cleanups: (() => unknown)[] = []
  const place = await mountedFileSystem(
    {
      skip: () => {},
      after: work => {
        if (work) cleanups.push(work as () => unknown)
      },
    },
    kind,
    size,
  )
  const cleanUp = async (): Promise<void> => {
    for (const work of cleanups) await work()
  }
  if (!place) {
    await cleanUp()
    return null
  }
  await chmod(place, 0o711)
  const harness = await localHarness(pgMajor, place, options)
  return {
    ...harness,
    async destroy(failed) {
      await harness.destroy(failed)
      await cleanUp()
    },
  }
}

/**
 * By its command line: a postmaster shows `-D <directory>`, and its children do not, but for the moment before they name
 * themselves; so whose parent is one is none. Zombies show nothing.
 */
export function postmasters(below: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    execFile('ps', ['-axww', '-o', 'pid=,ppid=,command='], { maxBuffer: 1e8 }, (error, stdout) => {
      if (error) return reject(error)
      const found = stdout
        .split('\n')
        .filter(line => line.includes(`-D ${below}/`) && /bin\/postgres /.test(line))
        .map(line => line.trim().split(/\s+/, 2).map(Number) as [number, number])
      const pids = new Set(found.map(([pid]) => pid))
      resolve(found.filter(([, parent]) => !pids.has(parent)).map(([pid]) => pid))
    })
  })
}
