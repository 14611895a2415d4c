// A compute's log. Postgres writes to a file of its own, never into a pipe of ours: control may end while it runs.

import { openSync, renameSync, statSync } from 'node:fs'
import { copyFile, open, stat, truncate } from 'node:fs/promises'
import { isMissing } from '../errors.ts'

/** Two of these are kept: enough to see what went wrong, and little for a thousand computes. */
export const logBytesMax = 8 * 1024 * 1024

/**
 * Opens the log for a Postgres that is about to start (nobody else has it open), and says where its own lines begin. At
 * once, without turns through the thread pool: a client is waiting for this start.
 */
export function openLog(path: string): { fd: number; offset: number } {
  let offset = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (offset > logBytesMax) {
    renameSync(path, `${path}.1`)
    offset = 0
  }
  return { fd: openSync(path, 'a', 0o600), offset }
}

/** While Postgres has it open for appending: what it writes next lands at the new end, which is the beginning. */
export async function trimLog(path: string): Promise<void> {
  if ((await sizeOf(path)) <= logBytesMax) return
  await copyFile(path, `${path}.1`)
  await truncate(path, 0)
}

export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

/**
 * The last lines that Postgres wrote about itself since `offset`. Statements and their details are left out, and so is
 * whatever looks like a password: what comes back ends up in messages and in other logs.
 */
export async function lastLines(path: string, offset: number, count = 4): Promise<string[]> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return []
  try {
    const { size } = await file.stat()
    const from = Math.max(offset > size ? 0 : offset, size - 16 * 1024)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16 * 1024), 0, 16 * 1024, from)
    return buffer.toString('utf8', 0, bytesRead).split('\n').filter(isTelling).map(bare).slice(-count)
  } finally {
    await file.close()
  }
}

/** A FATAL or PANIC, its HINT, and what the dynamic linker says. */
const isTelling = (line: string): boolean =>
  /\b(FATAL|PANIC|HINT):|error while loading|No space left/.test(line) &&
  !/\b(STATEMENT|DETAIL|CONTEXT|QUERY):/.test(line)

const bare = (line: string): string =>
  line
    .replace(/^[\d-]+ [\d:.]+ \S+ \[\d+\] /, '')
    .replace(/SCRAM-SHA-256\$\S+/g, '[secret]')
    .replace(/(password\s+)'[^']*'/gi, '$1[secret]')
