// Where a part of a benchmark keeps its files: a fresh file system in an image, mounted, or the plain disk.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toolEnvironment } from '../src/engine/local/storage/tools.ts'
import { eventually } from '../test/fixtures/eventually.ts'
import { isAlive, postgresOf } from '../test/fixtures/processes.ts'
import { atEnd } from './cleanup.ts'

export const fileSystems = ['xfs', 'btrfs', 'disk'] as const
export type FileSystem = (typeof fileSystems)[number]

export interface Place {
  kind: FileSystem
  directory: string
  /** Ends what runs there and removes it. */
  remove(): Promise<void>
}

const makers = { xfs: ['mkfs.xfs', '-q', '-m', 'reflink=1'], btrfs: ['mkfs.btrfs', '-q'] }

/** Null, with a message, where nothing can be mounted. The image is sparse: `size` is what it may grow to. */
export function makePlace(kind: FileSystem, size: string): Place | null {
  const root = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'))
  // Postgres's own user has to pass through.
  chmodSync(root, 0o755)
  const directory = join(root, 'm')
  mkdirSync(directory)
  let isMounted = false
  const remove = atEnd(async () => {
    await endServers(directory)
    if (isMounted) unmount(directory)
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  })
  if (kind === 'disk') return { kind, directory, remove }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.log(`${kind} is skipped: only root on Linux can mount a file system for this`)
    void remove()
    return null
  }
  const options = { stdio: 'ignore', env: toolEnvironment() } as const
  const [command, ...args] = makers[kind]
  const image = join(root, 'image')
  try {
    execFileSync('truncate', ['-s', size, image], options)
    execFileSync(command!, [...args, image], options)
    execFileSync('mount', ['-o', 'loop', image, directory], options)
  } catch (error) {
    console.log(`${kind} is skipped: ${(error as Error).message.split('\n')[0]}`)
    void remove()
    return null
  }
  isMounted = true
  chmodSync(directory, 0o755)
  return { kind, directory, remove }
}

async function endServers(directory: string): Promise<void> {
  for (const pid of postgresOf(directory)) {
    process.kill(pid, 'SIGQUIT')
    await eventually(() => !isAlive(pid), { timeoutMs: 10_000, about: () => `postgres ${pid} to end` })
  }
}

/** Whoever still has a file open there keeps the mount, but out of sight, and no longer than himself. */
function unmount(path: string): void {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' })
  } catch {
    execFileSync('umount', ['-l', path], { stdio: 'ignore' })
  }
}

/** Everything that was written is on the disk: the next measurement does not pay for the last one. */
export function flush(place: Place): void {
  execFileSync('sync', ['-f', place.directory])
}

/** Bytes that the file system has given away, after a sync: what df shows, which du does not where blocks are shared. */
export function usedBytes(place: Place): number {
  flush(place)
  const { blocks, bfree, bsize } = statfsSync(place.directory)
  return (blocks - bfree) * bsize
}
