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
import { createLocalEngine, type LocalEngine, localCell } from './local-engine.ts'

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

/** `place`: a directory of the test's own, which it also removes; by default one on the machine's own disk. */
export async function localHarness(pgMajor: number, place?: string): Promise<LocalHarness> {
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
    open: () => createLocalEngine({ dataDir, logger: silentLogger, clock: systemClock, prepare: [pgMajor] }),
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
      for (const pid of pids) process.kill(pid, 'SIGQUIT')
      for (const pid of pids) {
        while (await isAlive(pid)) await systemClock.sleep(10)
      }
      if (!failed && !place) await rm(dataDir, { recursive: true, force: true })
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
