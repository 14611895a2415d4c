// Clones each file: the copy shares the blocks of the original until one of the two is written to. XFS, btrfs, APFS,
// bcachefs. It costs the same for a byte as for a gigabyte.

import { constants, copyFile } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import { defaultSpawn, type Spawn } from '../run.ts'
import { cloneFiles, makePlainDirectory } from './clone-files.ts'
import { copyBytes } from './copy-file.ts'
import type { StorageDriver } from './driver.ts'
import { removeTree } from './sweep.ts'
import { extentUsage } from './usage.ts'

/** Another file system, or a file whose blocks cannot be shared (btrfs: chattr +C). */
const cloneRefusals = new Set(['EXDEV', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])

/** Such a file is copied: it is right, only slower. */
export async function reflinkFile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  } catch (error) {
    if (!cloneRefusals.has(errnoOf(error) ?? '')) throw error
    await copyBytes(from, to, signal)
  }
}

export function reflinkDriver(options: { spawn?: Spawn } = {}): StorageDriver {
  const { spawn = defaultSpawn } = options
  return {
    kind: 'reflink',
    makeDirectory: makePlainDirectory,
    cloneCluster: (from, to, cloneOptions = {}) => cloneFiles(from, to, reflinkFile, cloneOptions),
    cloneFile: (from, to) => reflinkFile(from, to),
    keepFile: (from, to) => reflinkFile(from, to),
    removeTree,
    usage: paths => extentUsage(spawn, paths),
  }
}
