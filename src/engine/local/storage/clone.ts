// A copy of a cluster's files. Where the file system can share blocks between files (XFS, btrfs, APFS, bcachefs) each
// file is a clone, which costs the same for a byte as for a gigabyte; elsewhere the bytes are copied.

import { chmod, chown, constants, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EngineError } from '../../engine.ts'
import { ensureDirectory, type Owner } from '../files.ts'
import { stagingPrefix } from '../layout.ts'

export type Cloning = 'reflink' | 'copy'

/** Tries it once, with a file of one block. */
export async function probeCloning(directory: string): Promise<Cloning> {
  const probe = join(directory, `${stagingPrefix}probe-${process.pid}`)
  await ensureDirectory(probe, 0o700)
  try {
    await writeFile(join(probe, 'a'), Buffer.alloc(8192, 1))
    await copyFile(join(probe, 'a'), join(probe, 'b'), constants.COPYFILE_FICLONE_FORCE)
    return 'reflink'
  } catch {
    return 'copy'
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

/**
 * What must not go into the copy, relative to the cluster: the lock of a running server, and the contents of
 * directories that belong to one run of it. A replication slot would keep WAL for a subscriber that knows only the
 * parent. The list is pg_basebackup's (src/backend/backup/basebackup.c), without what a clean shutdown leaves valid.
 */
const skippedFiles = new Set(['postmaster.pid', 'postmaster.opts'])
const emptiedDirectories = new Set(['pg_stat_tmp', 'pg_replslot', 'pg_dynshmem', 'pg_snapshots'])

/** Copies in flight. Node's pool has four threads; a few more keep them busy. */
const concurrency = 8

/** `to` must not exist. Modes are kept; everything gets `owner`, where we may give files away. */
export async function cloneCluster(
  from: string,
  to: string,
  options: { cloning: Cloning; owner?: Owner },
): Promise<void> {
  const flags = options.cloning === 'reflink' ? constants.COPYFILE_FICLONE_FORCE : 0
  const owner = process.getuid?.() === 0 ? options.owner : undefined
  const files: string[] = []

  const makeDirectory = async (path: string): Promise<void> => {
    await mkdir(join(to, path))
    await chmod(join(to, path), (await stat(join(from, path))).mode & 0o7777)
    if (owner) await chown(join(to, path), owner.uid, owner.gid)
    if (emptiedDirectories.has(path) || basename(path) === 'pgsql_tmp') return
    const directories: string[] = []
    for (const entry of await readdir(join(from, path), { withFileTypes: true })) {
      const inner = join(path, entry.name)
      if (entry.isDirectory()) directories.push(inner)
      else if (entry.isFile()) {
        if (!skippedFiles.has(inner)) files.push(inner)
      } else if (entry.isSymbolicLink()) {
        throw new EngineError(
          'invalid',
          `${join(from, inner)} is a link: a cluster with tablespaces, or with its WAL elsewhere, cannot be cloned`,
        )
      }
    }
    await Promise.all(directories.map(makeDirectory))
  }
  await makeDirectory('.')

  const copyNext = async (): Promise<void> => {
    for (let path = files.pop(); path !== undefined; path = files.pop()) {
      await copyFile(join(from, path), join(to, path), flags)
      if (owner) await chown(join(to, path), owner.uid, owner.gid)
    }
  }
  // All of them are waited for: whoever deletes the rest after a failure must not race with a copy under way.
  const outcomes = await Promise.allSettled(Array.from({ length: concurrency }, copyNext))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
