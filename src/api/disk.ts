// What the disk under the data directory has left.

import { realpath, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

/**
 * Below a storage image (`<data-dir>.xfs`, sparse) lies a disk that may be full before the image is: what is free is the
 * less of the two.
 */
export async function diskSpace(dataDir: string): Promise<DiskSpace> {
  const inside = await spaceOf(dataDir)
  const real = await realpath(dataDir)
  const image = await statfs(`${real}.xfs`).catch(() => null)
  if (!image) return inside
  const outside = await spaceOf(dirname(real))
  return { ...inside, freeBytes: Math.min(inside.freeBytes, outside.freeBytes) }
}

async function spaceOf(directory: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(directory)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
