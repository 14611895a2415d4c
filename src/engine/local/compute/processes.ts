// Which processes there are, as far as a compute needs to know: is this pid our postmaster, and does anything still run
// on this data directory. Never a signal by name, always by pid, and only after asking who the pid is.

import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { run, type Spawn } from '../run.ts'

/** A zombie does not count: it has no memory and no files any more. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the name in parentheses, and may hold anything; the state stands behind the last one.
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  return state !== '' && state !== 'Z' && state !== 'X'
}

/** The words of its command line. Backends have rewritten theirs, so only a postmaster shows `-D <directory>`. */
async function commandLine(spawn: Spawn, pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return text.replaceAll('\0', ' ')
  }
  const done = await run(spawn, 'ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => null)
  return done?.stdout ?? ''
}

/** A pid file outlives a crash, and its pid may be anybody's by now. */
export async function isPostmasterOf(spawn: Spawn, pid: number, pgdata: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false
  const words = await commandLine(spawn, pid)
  return words.includes('postgres') && `${words} `.includes(`-D ${pgdata} `)
}

/**
 * Everything that works in this data directory: the postmaster and its children all have it as their working directory.
 * On darwin that cannot be asked cheaply; there a start relies on Postgres's own check of its shared memory.
 */
export async function processesIn(pgdata: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const directory = await realpath(pgdata).catch(() => pgdata)
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async pid =>
      (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === directory ? Number(pid) : 0,
    ),
  )
  const running: number[] = []
  for (const pid of found) {
    // A person's shell may stand in this directory too: it is none of ours, and must not be killed.
    if (pid && (await isPostgres(pid)) && (await isAlive(pid))) running.push(pid)
  }
  return running
}

async function isPostgres(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'postgres'
}
