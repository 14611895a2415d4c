// What is below a directory, while others work there: `readdir` with `recursive` gives up, and tells nothing at all, once
// a directory that it has seen is gone when it comes to it.

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../errors.ts'

/**
 * Each entry below the directory, itself not; of what comes or goes meanwhile, some. None where there is no such
 * directory. Links are not followed.
 */
export async function entriesBelow(directory: string): Promise<Dirent[]> {
  const found: Dirent[] = []
  const waiting = [directory]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await entriesOf(next)) {
      found.push(entry)
      if (entry.isDirectory()) waiting.push(join(next, entry.name))
    }
  }
  return found
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
