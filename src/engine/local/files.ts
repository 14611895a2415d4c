// Small files that are replaced as a whole, and directories whose mode matters.

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { access, chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing } from './errors.ts'

export interface Owner {
  uid: number
  gid: number
}

/** Only root may give files away, and only then is there a need to: else Postgres runs as we do. */
export async function chownTo(path: string, owner: Owner): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, owner.uid, owner.gid)
}

let serial = 0

/**
 * Readers see the old text or the new, never half of it. `durable` also survives a loss of power: the file and then
 * its directory are flushed, which costs some milliseconds.
 */
export async function replaceFile(
  path: string,
  text: string,
  options: { mode?: number; durable?: boolean } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}-${++serial}.tmp`
  try {
    if (options.durable) {
      const file = await open(temporary, 'w', options.mode ?? 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
    } else {
      await writeFile(temporary, text, { mode: options.mode ?? 0o600 })
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  if (options.durable) await syncDirectory(dirname(path))
}

/**
 * As `replaceFile`, not durable, and without a turn through the thread pool: a hundred bytes into the page cache take
 * microseconds, the turn takes a good part of a millisecond, and a client may be waiting.
 */
export function replaceFileAtOnce(path: string, text: string): void {
  const temporary = `${path}.${process.pid}-${++serial}.tmp`
  try {
    writeFileSync(temporary, text, { mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

export async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Null where there is no such file, or no JSON in it. */
export async function readJsonIfThere<T>(path: string): Promise<T | null> {
  const text = await readTextIfThere(path)
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}

/** Makes a directory with exactly this mode, whatever the umask says. */
export async function ensureDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, mode)
  if (owner) await chownTo(path, owner)
}
