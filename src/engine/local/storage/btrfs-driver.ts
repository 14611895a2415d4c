// btrfs: the data directory of each cluster is a subvolume, and a copy of it is one snapshot, whatever is in it.

import { lchown, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, isMissing } from '../errors.ts'
import { ensureDirectory } from '../files.ts'
import { defaultSpawn, type Spawn } from '../run.ts'
import { cloneFiles } from './clone-files.ts'
import { listCluster } from './cluster-files.ts'
import type { CloneOptions, StorageDriver } from './driver.ts'
import { reflinkFile } from './reflink-driver.ts'
import { runTool } from './tools.ts'
import { toTrash } from './trash.ts'
import { extentUsage } from './usage.ts'

export function btrfsDriver(options: { spawn?: Spawn } = {}): StorageDriver {
  const { spawn = defaultSpawn } = options
  return {
    kind: 'btrfs',
    async makeDirectory(path, owner) {
      await createSubvolume(spawn, path)
      await ensureDirectory(path, 0o700, owner)
    },
    cloneCluster: async (from, to, cloneOptions = {}) => {
      if (await isSubvolume(from)) return await snapshot(spawn, from, to, cloneOptions)
      await cloneFiles(from, to, reflinkFile, cloneOptions, path => createSubvolume(spawn, path))
    },
    cloneFile: (from, to) => reflinkFile(from, to),
    keepFile: (from, to) => reflinkFile(from, to),
    async removeTree(path) {
      const trash = await toTrash(path)
      if (trash) await removeNow(spawn, trash)
    },
    usage: paths => extentUsage(spawn, paths),
  }
}

/** The root of a subvolume always has this inode number (BTRFS_FIRST_FREE_OBJECTID), and hardly any other file has. */
const subvolumeInode = 256

async function isSubvolume(path: string): Promise<boolean> {
  return (await stat(path)).ino === subvolumeInode && (await isOnBtrfs(path))
}

const btrfsMagic = 0x9123683e

export async function isOnBtrfs(path: string): Promise<boolean> {
  return process.platform === 'linux' && (await statfs(path)).type === btrfsMagic
}

export async function createSubvolume(spawn: Spawn, path: string): Promise<void> {
  await btrfs(spawn, ['subvolume', 'create', path])
}

async function snapshot(
  spawn: Spawn,
  from: string,
  to: string,
  { owner, signal }: CloneOptions,
): Promise<void> {
  signal?.throwIfAborted()
  await btrfs(spawn, ['subvolume', 'snapshot', from, to])
  const { directories, files, leftOut } = await listCluster(to)
  await Promise.all(leftOut.map(path => rm(join(to, path), { recursive: true, force: true })))
  // A cluster belongs to one user as a whole: its server could not work otherwise.
  const root = await stat(to)
  if (!owner || process.getuid?.() !== 0 || (root.uid === owner.uid && root.gid === owner.gid)) return
  for (const path of [...directories, ...files]) await lchown(join(to, path), owner.uid, owner.gid)
}

/** Deeper than this nobody puts a cluster: data/<branch>/pgdata, or one level more in its history. */
const subvolumeDepth = 3

async function removeNow(spawn: Spawn, path: string): Promise<void> {
  const subvolumes = await subvolumesIn(path, subvolumeDepth)
  // Not allowed to every user (mount option user_subvol_rm_allowed). `rm` can do it too, file by file.
  if (subvolumes.length > 0) await btrfs(spawn, ['subvolume', 'delete', ...subvolumes]).catch(() => {})
  await rm(path, { recursive: true, force: true })
}

async function subvolumesIn(path: string, depth: number): Promise<string[]> {
  try {
    if (await isSubvolume(path)) return [path]
    if (depth === 0) return []
    const entries = await readdir(path, { withFileTypes: true })
    const inner = entries.filter(entry => entry.isDirectory()).map(entry => join(path, entry.name))
    return (await Promise.all(inner.map(each => subvolumesIn(each, depth - 1)))).flat()
  } catch (error) {
    // Gone, or a file.
    if (isMissing(error) || errnoOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** The command's own errors come without a number; the one that callers act on gets it. */
async function btrfs(spawn: Spawn, args: string[]): Promise<void> {
  const { code, stderr } = await runTool(spawn, 'btrfs', args)
  if (code === 0) return
  const error = new Error(`btrfs ${args[1]}: ${stderr.trim()}`)
  throw /No space left|quota exceeded/i.test(stderr) ? Object.assign(error, { code: 'ENOSPC' }) : error
}
