// Bounds on what a compute may take, kept by the kernel: a cgroup (v2) for each, below one of ours. Where none can be
// made (no Linux, cgroup v1, no right to), computes run without bounds, and the machine says why.
//
// A process is inside before it is Postgres: a shell enters the group and becomes it. The group's cgroup.procs is
// opened by us and handed down, because Postgres's own user has no right to it (Linux 5.16 asks who opened the file).

import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KeyedLock } from '../../../lib/keyed-lock.ts'
import { identity, type PostgresUser } from '../postgres-user.ts'
import { cleanEnvironment, type Spawn } from '../run.ts'
import type { ProcessUse } from './process-use.ts'
import { fittedSize, type MachineSize, type Size } from './size.ts'

export interface Cgroups {
  /** Null: computes are bounded. */
  readonly unavailable: string | null
  /** Makes or changes the compute's group. Returns its cgroup.procs; null: there are no groups. */
  bound(id: string, size: Size): Promise<string | null>
  /** Takes the group away; one that is not empty yet goes a little later, or at the next start of ours. */
  leave(id: string): Promise<void>
  /** Groups in which nothing runs any more. */
  sweep(): Promise<void>
  /** What is taken in the compute's group; null: it has none, or its process `pid` runs beside it. */
  use(id: string, pid: number): Promise<ProcessUse | null>
}

export interface CgroupsOptions {
  dataDir: string
  user: PostgresUser
  spawn: Spawn
  machine: MachineSize
  /** By default where Linux has them. */
  root?: string
  /** Of ourselves; by default as /proc says. */
  own?: string
  /** What is bounded; by default all that we bound. */
  controllers?: string[]
}

const allControllers = ['cpu', 'memory']
const periodUs = 100_000
/** Of cpu.weight, whose default is 100. */
const weightPerCpu = 100
/** Before memory is refused, what can be given back is asked for: the last sixteenth. */
const highShare = 15 / 16
const leaveAttempts = 25
const leavePauseMs = 40

/** What is run in place of Postgres to become it: `sh -c <this> sh postgres …`, with cgroup.procs as descriptor 3. */
export const enterScript = 'echo 0 >&3; exec 3>&-; exec "$@"'

/**
 * A size as its files: memory up to the most; processors up to the most but never less than one, for a session runs on
 * one anyway; and a share of them by size, where there are not enough for all.
 */
export function boundFiles(wanted: Size, machine: MachineSize): Record<string, string> {
  const size = fittedSize(wanted, machine)
  const bytes = Math.floor(size.memoryMaxMb) * 2 ** 20
  const isAll = size.memoryMaxMb >= machine.memoryMb
  const cpus = Math.max(1, size.vcpu)
  return {
    'memory.high': isAll ? 'max' : String(Math.floor(bytes * highShare)),
    'memory.max': isAll ? 'max' : String(bytes),
    'cpu.max': cpus >= machine.cpus ? `max ${periodUs}` : `${Math.round(cpus * periodUs)} ${periodUs}`,
    'cpu.weight': String(Math.max(1, Math.min(10_000, Math.round(wanted.vcpu * weightPerCpu)))),
  }
}

/** Never throws: without groups there are no bounds. */
export async function openCgroups(options: CgroupsOptions): Promise<Cgroups> {
  const { root = '/sys/fs/cgroup', controllers = allControllers, spawn, user } = options
  const lock = new KeyedLock()
  /** How often a compute's group was asked for: who takes it away must not take the next one's. */
  const asked = new Map<string, number>()
  const found = await findTree(root, options)
  if ('unavailable' in found) return without(found.unavailable)
  const { tree } = found
  const refused = await tryEntering(tree, spawn, user)
  if (refused) return without(refused)
  return {
    unavailable: null,
    async bound(id, size) {
      asked.set(id, (asked.get(id) ?? 0) + 1)
      return await lock.run(id, async () => {
        const directory = join(tree, id)
        await mkdir(directory, { recursive: true })
        for (const [file, value] of Object.entries(boundFiles(size, options.machine))) {
          const isOurs = controllers.some(name => file.startsWith(`${name}.`))
          if (isOurs) await writeFile(join(directory, file), value)
        }
        return join(directory, 'cgroup.procs')
      })
    },
    async leave(id) {
      const last = asked.get(id)
      // The last of its processes may be on their way out.
      for (let attempt = 0; attempt < leaveAttempts; attempt++) {
        const isDone = await lock.run(id, async () => asked.get(id) !== last || removed(join(tree, id)))
        if (isDone) break
        await new Promise(resolve => setTimeout(resolve, leavePauseMs).unref())
      }
      if (asked.get(id) === last) asked.delete(id)
    },
    async sweep() {
      const entries = await readdir(tree, { withFileTypes: true }).catch(() => [])
      for (const entry of entries) if (entry.isDirectory()) await removed(join(tree, entry.name))
    },
    use: (id, pid) => useOfGroup(join(tree, id), pid),
  }
}

function without(unavailable: string): Cgroups {
  const nothing = async () => {}
  return { unavailable, bound: async () => null, leave: nothing, sweep: nothing, use: async () => null }
}

/** As useOfProcesses tells it: the kernel's cache of files is in memory.current, but can be had back at any time. */
async function useOfGroup(directory: string, pid: number): Promise<ProcessUse | null> {
  const [cpu, memory, processes] = await Promise.all(
    ['cpu.stat', 'memory.stat', 'cgroup.procs'].map(file =>
      readFile(join(directory, file), 'utf8').catch(() => ''),
    ),
  )
  // Started where there were no groups, say: nothing is bound by this one, nor counted in it.
  if (!processes?.split('\n').includes(String(pid))) return null
  const [usec, anon, shmem] = [
    numberOf(cpu, 'usage_usec'),
    numberOf(memory, 'anon'),
    numberOf(memory, 'shmem'),
  ]
  if (usec === null || anon === null || shmem === null) return null
  return { cpuMs: Math.floor(usec / 1000), memoryBytes: anon + shmem }
}

/** `usage_usec 1234`, of one of several lines. */
function numberOf(text: string | undefined, name: string): number | null {
  const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1]
  return found === undefined ? null : Number(found)
}

/** The kernel removes no group in which something runs. */
async function removed(directory: string): Promise<boolean> {
  try {
    await rmdir(directory)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/**
 * Our group: below the one that we run in, beside it, or at the top, wherever the kernel lets us hand out memory and
 * processors. A group that has processes of its own cannot (but the top one can).
 */
async function findTree(
  root: string,
  { dataDir, own, controllers = allControllers }: CgroupsOptions,
): Promise<{ tree: string } | { unavailable: string }> {
  if (process.platform !== 'linux' && own === undefined) return { unavailable: 'only Linux has cgroups' }
  const there = await words(join(root, 'cgroup.controllers'))
  if (!there) return { unavailable: 'cgroup v2 is not mounted at /sys/fs/cgroup' }
  const missing = controllers.filter(name => !there.includes(name))
  if (missing.length > 0) return { unavailable: `cgroup v2 has no controller for ${missing.join(' and ')}` }
  const ours = own ?? (await ownGroup())
  const name = `pilotlight-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
  const places = [join(root, ours), dirname(join(root, ours)), root].filter(path => path.startsWith(root))
  let why = ''
  for (const place of new Set(places)) {
    const tree = join(place, name)
    try {
      await handDown(place, controllers)
      await mkdir(tree, { recursive: true })
      await handDown(tree, controllers)
      return { tree }
    } catch (error) {
      why ||= (error as NodeJS.ErrnoException).code ?? (error as Error).message
    }
  }
  return { unavailable: `no cgroup can be made for computes (${why}): it takes root, or a delegated group` }
}

/** Groups below this one get their own share of these. */
async function handDown(directory: string, controllers: string[]): Promise<void> {
  const file = join(directory, 'cgroup.subtree_control')
  const given = (await words(file)) ?? []
  const lacking = controllers.filter(name => !given.includes(name))
  if (lacking.length > 0) await writeFile(file, lacking.map(name => `+${name}`).join(' '))
}

/** `0::/user.slice/…`: the line of v2. */
async function ownGroup(): Promise<string> {
  const text = await readFile('/proc/self/cgroup', 'utf8')
  return /^0::(\/.*)$/m.exec(text)?.[1] ?? '/'
}

async function words(file: string): Promise<string[] | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : text.split(/\s+/).filter(Boolean)
}

/** Whether Postgres's user comes in. Null: it does. */
async function tryEntering(tree: string, spawn: Spawn, user: PostgresUser): Promise<string | null> {
  const trial = join(tree, 'trial')
  try {
    await mkdir(trial, { recursive: true })
    const procs = openSync(join(trial, 'cgroup.procs'), 'w')
    try {
      const child = spawn('/bin/sh', ['-c', 'echo 0 >&3'], {
        ...{ cwd: '/', env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'ignore', procs] },
        ...identity(user),
      })
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', resolve)
      })
      return code === 0 ? null : 'the kernel does not let Postgres into a cgroup (it takes Linux 5.16)'
    } finally {
      closeSync(procs)
    }
  } catch (error) {
    return `no process can be put into a cgroup: ${(error as Error).message}`
  } finally {
    await removed(trial)
  }
}
