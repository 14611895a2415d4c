// What the processes of one Postgres take, by /proc: the postmaster and its children, which all are its own.

import { readFile } from 'node:fs/promises'

/** Processor time is told in ticks, of which Linux has 100 a second for every program. */
const tickMs = 10

export interface ProcessUse {
  /** Since the postmaster's start, children that have ended among it. */
  cpuMs: number
  /** What they have allocated, and of the shared memory what was touched. The kernel's cache of files does not count. */
  memoryBytes: number
}

/**
 * A session that ends while we read is met twice or not at all, and so it is read again. Where some end all the time, the
 * last reading has to do.
 */
const attempts = 4

/** Null where the process is not there, or the machine has no /proc. `proc`: for tests. */
export async function useOfProcesses(pid: number, proc = '/proc'): Promise<ProcessUse | null> {
  let root = await useOf(proc, pid)
  for (let attempt = 1; root; attempt++) {
    const children = await textOf(`${proc}/${pid}/task/${pid}/children`)
    if (children === null) return null
    const pids = children.split(' ').filter(Boolean).map(Number)
    const uses = await Promise.all(pids.map(child => useOf(proc, child)))
    const before: OneUse = root
    root = await useOf(proc, pid)
    if (root?.endedTicks === before.endedTicks || (root && attempt === attempts)) {
      return sumOf(
        root,
        uses.filter(use => use !== null),
      )
    }
  }
  return null
}

function sumOf(root: OneUse, children: OneUse[]): ProcessUse {
  const all = [root, ...children]
  return {
    cpuMs: (all.reduce((sum, use) => sum + use.ticks, 0) + root.endedTicks) * tickMs,
    // Each has its own pages, and all have the same shared ones: whoever touched most of them has touched all that count.
    memoryBytes:
      all.reduce((sum, use) => sum + use.ownBytes, 0) + Math.max(...all.map(use => use.sharedBytes)),
  }
}

interface OneUse {
  ticks: number
  /** Of children that have ended, and been noticed. */
  endedTicks: number
  ownBytes: number
  sharedBytes: number
}

/** Null: it has ended. */
async function useOf(proc: string, pid: number): Promise<OneUse | null> {
  const [stat, status] = await Promise.all([textOf(`${proc}/${pid}/stat`), textOf(`${proc}/${pid}/status`)])
  if (stat === null || status === null) return null
  // The second field is the name in parentheses, and may hold anything: fields are counted from behind it (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number)
  return {
    ticks: user + system,
    endedTicks: endedUser + endedSystem,
    ownBytes: kilobytesOf(status, 'RssAnon') * 1024,
    sharedBytes: kilobytesOf(status, 'RssShmem') * 1024,
  }
}

/** `RssAnon:\t    5120 kB` */
function kilobytesOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
}

async function textOf(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').catch(() => null)
}
