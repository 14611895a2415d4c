// What a crash left half-made or half-deleted. Nothing of it was ever visible under its own name.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { stagingPrefix, trashPrefix } from '../layout.ts'
import { toTrash } from './trash.ts'
import { entriesBelow } from './tree.ts'

export async function sweep(directory: string): Promise<string[]> {
  const leftovers = (await readdir(directory).catch(() => [] as string[])).filter(
    name => name.startsWith(stagingPrefix) || name.startsWith(trashPrefix),
  )
  for (const name of leftovers) await rm(join(directory, name), { recursive: true, force: true })
  return leftovers
}

/** As a driver's, for what holds no cluster. */
export async function removeTree(path: string): Promise<void> {
  const trash = await toTrash(path)
  if (trash) await rm(trash, { recursive: true, force: true })
}

/** Bytes that the tree takes on disk. Blocks shared with a parent are counted too. */
export async function bytesOf(path: string): Promise<number> {
  let sum = 0
  for (const entry of await entriesBelow(path)) {
    if (!entry.isFile()) continue
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => null)
    sum += (found?.blocks ?? 0) * 512
  }
  return sum
}
