// Checksums of those files of a snapshot that have none of their own: commit status, control file, settings. Relations
// have one on each page (page-checksums.ts), and there may be gigabytes of them; of these there are some hundred kilobytes.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { isRelationFile } from './page-checksums.ts'

/** CRC-32 in hex, by path below pgdata. */
export type Manifest = Record<string, string>

export async function makeManifest(pgdata: string): Promise<Manifest> {
  const manifest: Manifest = {}
  const entries = await readdir(pgdata, { withFileTypes: true })
  const directories = entries.filter(entry => entry.isDirectory() && entry.name !== 'base')
  const files = entries.filter(entry => entry.isFile()).map(entry => entry.name)
  for (const { name } of directories) {
    for (const entry of await readdir(join(pgdata, name), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || (name === 'global' && isRelationFile(entry.name))) continue
      files.push(join(entry.parentPath, entry.name).slice(pgdata.length + 1))
    }
  }
  for (const file of files) {
    manifest[file] = crc32(await readFile(join(pgdata, file)))
      .toString(16)
      .padStart(8, '0')
  }
  return manifest
}

/** The first file that is not what it was; null: all are. */
export async function firstDamaged(pgdata: string, manifest: Manifest): Promise<string | null> {
  const now = await makeManifest(pgdata)
  return Object.keys(manifest).find(file => now[file] !== manifest[file]) ?? null
}
