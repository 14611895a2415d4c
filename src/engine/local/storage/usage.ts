// What trees take on disk.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Spawn } from '../run.ts'

export interface TreeUsage {
  bytes: number
  exclusiveBytes: number
}

interface FileUsage {
  path: string
  bytes: number
  links: number
}

async function filesIn(root: string): Promise<FileUsage[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(() => [])
  const found: FileUsage[] = []
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const { blocks, nlink } = (await stat(path).catch(() => null)) ?? { blocks: 0, nlink: 1 }
    found.push({ path, bytes: blocks * 512, links: nlink })
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

/** By the flag that the file system puts on each extent that somebody else holds as well. */
export async function extentUsage(spawn: Spawn, roots: string[]): Promise<TreeUsage[]> {
  const usages: TreeUsage[] = []
  for (const root of roots) {
    const files = await filesIn(root)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    let sharedBytes = 0
    for (let at = 0; at < files.length; at += batchFiles) {
      const batch = files.slice(at, at + batchFiles).map(file => file.path)
      const shown = await run(spawn, 'filefrag', ['-v', '-b1', ...batch]).catch(() => null)
      for (const line of shown?.stdout.split('\n') ?? []) {
        const [, length, flags] = /^\s*\d+:\s*\d+\.\.\s*\d+:\s*\d+\.\.\s*\d+:\s*(\d+):(.*)$/.exec(line) ?? []
        if (length && flags?.includes('shared')) sharedBytes += Number(length)
      }
    }
    usages.push({ bytes, exclusiveBytes: Math.max(0, bytes - sharedBytes) })
  }
  return usages
}
