// Which files of a cluster's data directory go into a copy of it.

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EngineError } from '../../engine.ts'
import { isMissing } from '../errors.ts'

/**
 * What belongs to one run of a server, or to one place: its lock file, and what only its processes, its subscribers or
 * its temporary files need. A replication slot would keep WAL for a subscriber that knows only the parent. The list is
 * pg_basebackup's (src/backend/backup/basebackup.c), without what a clean shutdown leaves valid.
 */
const leftOutFiles = new Set(['postmaster.pid', 'postmaster.opts', 'backup_label.old', 'current_logfiles'])
const emptiedDirectories = new Set([
  'pg_stat_tmp',
  'pg_replslot',
  'pg_dynshmem',
  'pg_snapshots',
  'pg_notify',
  'pg_serial',
  'pg_subtrans',
])
/** Which segments a copy needs, only the caller knows. Postgres wants to find these directories themselves. */
const walDirectories = new Set(['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries'])
const temporaryPrefix = 'pgsql_tmp'

/** Paths relative to the cluster. */
export interface ClusterFiles {
  /** Parents before what is in them; '.' is the first. */
  directories: string[]
  files: string[]
  /** What a copy must not have. A directory stands for all that is in it. */
  leftOut: string[]
}

/** Errors: `invalid` where there are links inside. What vanishes meanwhile (a server is running) is not there. */
export async function listCluster(root: string): Promise<ClusterFiles> {
  const found: ClusterFiles = { directories: [], files: [], leftOut: [] }
  await visit(root, '.', found)
  return found
}

async function visit(root: string, directory: string, found: ClusterFiles): Promise<void> {
  const entries = await entriesOf(join(root, directory), directory === '.')
  if (!entries) return
  found.directories.push(directory)
  const inner: string[] = []
  for (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.isSymbolicLink()) {
      throw new EngineError(
        'invalid',
        `${join(root, path)} is a link: a cluster with tablespaces, or with its WAL elsewhere, cannot be cloned`,
      )
    }
    if (isLeftOut(path, directory)) found.leftOut.push(path)
    else if (entry.isDirectory()) inner.push(path)
    else if (entry.isFile()) found.files.push(path)
    else found.leftOut.push(path)
  }
  await Promise.all(inner.map(path => visit(root, path, found)))
}

/** Null where the directory is gone. */
async function entriesOf(directory: string, isRoot: boolean): Promise<Dirent[] | null> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error) && !isRoot) return null
    throw error
  }
}

function isLeftOut(path: string, directory: string): boolean {
  if (leftOutFiles.has(path) || emptiedDirectories.has(directory)) return true
  if (walDirectories.has(directory)) return !walDirectories.has(path)
  return basename(directory).startsWith(temporaryPrefix)
}
