// What trees take on disk.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../errors.ts'
import type { Spawn } from '../run.ts'
import { eachLine } from './tools.ts'
import { entriesBelow } from './tree.ts'

export interface TreeUsage {
  bytes: number
  exclusiveBytes: number
}

/** More than the four threads of Node's pool, so that none waits for us. */
const statsAtOnce = 32
/** `filefrag` is one thread of computing, and somebody else may want a core. */
const treesAtOnce = 2

interface FileUsage {
  path: string
  bytes: number
  links: number
}

/** Of a tree that Postgres works in: what is not there has none. */
async function filesIn(root: string): Promise<FileUsage[]> {
  const entries = await entriesBelow(root)
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const found: FileUsage[] = []
  for (let at = 0; at < paths.length; at += statsAtOnce) {
    const some = paths.slice(at, at + statsAtOnce)
    const stats = await Promise.all(some.map(path => stat(path).catch(() => null)))
    stats.forEach((known, index) => {
      if (known) found.push({ path: some[index]!, bytes: known.blocks * 512, links: known.nlink })
    })
  }
  return found
}

/** Files with a second name are shared. */
export async function linkedUsage(root: string): Promise<TreeUsage> {
  let bytes = 0
  let exclusiveBytes = 0
  for (const file of await filesIn(root)) {
    bytes += file.bytes
    if (file.links === 1) exclusiveBytes += file.bytes
  }
  return { bytes, exclusiveBytes }
}

/** How many files one `filefrag` is asked about: a command line has an end. */
const batchFiles = 500
/** One extent of `filefrag -v -b1`: `   0:        0..    8191:  196608..  204799:   8192:    shared,eof` */
const extentLine = /^\s*\d+:\s*\d+\.\.\s*\d+:\s*\d+\.\.\s*\d+:\s*(\d+):(.*)$/

/**
 * By the flag that the file system puts on each extent that somebody else holds as well, be it the same tree. What cannot
 * be asked (e2fsprogs is not installed, or it is not Linux) counts as shared.
 */
export async function extentUsage(spawn: Spawn, roots: string[]): Promise<TreeUsage[]> {
  const usages: TreeUsage[] = []
  for (let at = 0; at < roots.length; at += treesAtOnce) {
    const some = roots.slice(at, at + treesAtOnce)
    usages.push(...(await Promise.all(some.map(root => treeUsage(spawn, root)))))
  }
  return usages
}

async function treeUsage(spawn: Spawn, root: string): Promise<TreeUsage> {
  const files = (await filesIn(root)).filter(file => file.bytes > 0)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const paths = files.map(file => file.path)
  const sharedBytes = await sharedBytesOf(spawn, paths)
  return { bytes, exclusiveBytes: sharedBytes === null ? 0 : Math.max(0, bytes - sharedBytes) }
}

/** Null where there is no `filefrag`. */
async function sharedBytesOf(spawn: Spawn, paths: string[]): Promise<number | null> {
  let sum = 0
  const add = (line: string) => {
    const [, length, flags] = extentLine.exec(line) ?? []
    if (length !== undefined && flags?.includes('shared')) sum += Number(length)
  }
  try {
    for (let at = 0; at < paths.length; at += batchFiles) {
      await eachLine(spawn, 'filefrag', ['-v', '-b1', ...paths.slice(at, at + batchFiles)], add)
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
  return sum
}
