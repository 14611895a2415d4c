// The first API key, in a file that only its owner reads.

import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { apiKeyToken } from '../lib/ids.ts'

/** What the catalog has of keys. */
export interface KnownKeys {
  has(token: string): Promise<boolean>
  add(token: string): Promise<void>
}

/**
 * A key that the catalog does not know is replaced. The file comes first: killed in between, it is one of those, and
 * nobody has a key in the catalog that no file names.
 */
export async function ensureFirstApiKey(file: string, keys: KnownKeys): Promise<void> {
  const existing = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (existing && (await keys.has(existing))) {
    await chmod(file, 0o600)
    return
  }
  const token = apiKeyToken()
  await writeFile(`${file}.draft`, `${token}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.draft`, file)
  await keys.add(token)
}
