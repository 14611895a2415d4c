// One `up` per data directory. The lock is a file that names its holder by pid and start time, so that neither a crash
// nor a pid that was given out again keeps a later `up` out.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ConfigError } from '../config.ts'

export interface Holder {
  pid: number
  /** When that process began, in the words of its operating system. */
  began: string
  since: string
}

/** A mistake of whoever starts it, as a wrong setting is. */
export class LockHeldError extends ConfigError {
  readonly holder: Holder

  constructor(dataDir: string, holder: Holder) {
    super(`${dataDir} is in use by another pilotlight (pid ${holder.pid}, since ${holder.since})`)
    this.name = 'LockHeldError'
    this.holder = holder
  }
}

export interface Lock {
  release(): void
}

/** Throws LockHeldError while the holder lives. */
export function takeLock(file: string, dataDir: string, now: Date): Lock {
  const me: Holder = { pid: process.pid, began: processBegan(process.pid) ?? '', since: now.toISOString() }
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, JSON.stringify(me), { mode: 0o644 })
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // link() refuses a name that is taken: of two that start at once, one wins.
        linkSync(draft, file)
        return { release: () => releaseIfMine(file, me) }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = readHolder(file)
      if (holder && processBegan(holder.pid) === holder.began) throw new LockHeldError(dataDir, holder)
      // Left behind by a crash. Moved aside rather than removed: only one of two takers can move the same file.
      moveAside(file, draft)
    }
    throw new Error(`cannot take ${file}`)
  } finally {
    rmSync(draft, { force: true })
  }
}

function moveAside(file: string, draft: string): void {
  try {
    renameSync(file, `${draft}.stale`)
    rmSync(`${draft}.stale`, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function releaseIfMine(file: string, me: Holder): void {
  if (readHolder(file)?.pid === me.pid) rmSync(file, { force: true })
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Undefined: no such process. */
export function processBegan(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name in field 2 may hold spaces and brackets; field 22, the start time, is counted from behind it.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}
