// A tree of files that survives a loss of power.

import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Spawn } from '../run.ts'

/**
 * On Linux one syncfs(2), by coreutils' `sync -f`: a thousand files in one commit of the journal. It flushes what others
 * wrote to the same file system too, which is work that was due anyway. Elsewhere, and where that fails, each file.
 */
export async function syncTree(spawn: Spawn, directory: string): Promise<void> {
  if (process.platform === 'linux') {
    const done = await run(spawn, 'sync', ['-f', directory], { timeoutMs: 600_000 }).catch(() => null)
    if (done?.code === 0) return
  }
  await syncEach(directory)
}

export async function syncEach(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) await syncEach(inner)
    else if (entry.isFile()) await sync(inner)
  }
  await sync(path)
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
