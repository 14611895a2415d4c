// A copy of a cluster, file by file. How one file is copied, the driver says.

import { lchownSync } from 'node:fs'
import { chmod, lchown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../errors.ts'
import { ensureDirectory, type Owner } from '../files.ts'
import { listCluster } from './cluster-files.ts'
import type { CloneOptions } from './driver.ts'

export type CopyOne = (from: string, to: string, signal?: AbortSignal) => Promise<void>

/**
 * Copies in flight. Node's pool has four threads; a few more keep them busy. On two cores that clones a thousand files in
 * 0.9 of the time of `cp -a --reflink=always`. Two `cp` side by side would need 0.7 of it, but cannot be given up, and
 * say only in words that a file is gone or the disk full.
 */
const concurrency = 8

/** Into `to`, which `makeRoot` makes. */
export async function cloneFiles(
  from: string,
  to: string,
  copyOne: CopyOne,
  { owner, signal }: CloneOptions,
  makeRoot: (path: string) => Promise<void> = path => mkdir(path).then(() => {}),
): Promise<void> {
  const give = process.getuid?.() === 0 ? owner : undefined
  const { directories, files } = await listCluster(from)
  signal?.throwIfAborted()
  for (const path of directories) {
    const made = join(to, path)
    await (path === '.' ? makeRoot(made) : mkdir(made))
    await chmod(made, (await modeOf(join(from, path))) ?? 0o700)
    if (give) await lchown(made, give.uid, give.gid)
  }
  let next = 0
  const copyNext = async (): Promise<void> => {
    for (let path = files[next++]; path !== undefined; path = files[next++]) {
      signal?.throwIfAborted()
      await copyIfThere(join(from, path), join(to, path), copyOne, give, signal)
    }
  }
  // All of them are waited for: whoever deletes the rest after a failure must not race with a copy under way.
  const outcomes = await Promise.allSettled(
    Array.from({ length: concurrency }, () =>
      copyNext().catch(error => {
        next = files.length
        throw error
      }),
    ),
  )
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** A server that is running removes files: what is gone belongs to no table any more, or WAL brings it back. */
async function copyIfThere(
  from: string,
  to: string,
  copyOne: CopyOne,
  owner: Owner | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await copyOne(from, to, signal)
  } catch (error) {
    if (isMissing(error) && (await modeOf(from)) === null) return
    throw error
  }
  // Two microseconds here; a second turn through the thread pool made the clone of a thousand files a fifth slower, and
  // so behind `cp -a`.
  if (owner) lchownSync(to, owner.uid, owner.gid)
}

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o7777
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

export async function makePlainDirectory(path: string, owner?: Owner): Promise<void> {
  await mkdir(path)
  await ensureDirectory(path, 0o700, owner)
}
