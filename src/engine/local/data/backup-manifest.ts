// backup_manifest: what is in an export, file by file, so that pg_verifybackup (and we, on the way back in) can tell
// whether it is still that (manual, "Backup Manifest Format").

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '../../engine.ts'
import { isMissing } from '../errors.ts'
import { chownTo, type Owner } from '../files.ts'

const fileName = 'backup_manifest'

interface ManifestFile {
  Path: string
  Size: number
  'Last-Modified': string
  'Checksum-Algorithm': 'SHA256'
  Checksum: string
}

/** WAL is not listed: it is described by its range, and here there is none to replay. */
export async function writeManifest(
  pgdata: string,
  end: { timeline: number; lsn: string },
  owner: Owner,
): Promise<void> {
  const files: string[] = []
  for (const path of await pathsIn(pgdata)) files.push(JSON.stringify(await describe(pgdata, path)))
  const range = { Timeline: end.timeline, 'Start-LSN': end.lsn, 'End-LSN': end.lsn }
  const body = [
    '{ "PostgreSQL-Backup-Manifest-Version": 1,',
    '"Files": [',
    files.join(',\n'),
    '],',
    `"WAL-Ranges": [\n${JSON.stringify(range)}\n],`,
    '',
  ].join('\n')
  const checksum = createHash('sha256').update(body).digest('hex')
  const file = join(pgdata, fileName)
  await writeFile(file, `${body}"Manifest-Checksum": "${checksum}"}\n`, { mode: 0o600 })
  await chownTo(file, owner)
}

/** A directory without a manifest passes. Throws `invalid`, naming the first file that is not what it was. */
export async function checkManifest(pgdata: string): Promise<void> {
  let text: string
  try {
    text = await readFile(join(pgdata, fileName), 'utf8')
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  let files: ManifestFile[]
  try {
    files = (JSON.parse(text) as { Files: ManifestFile[] }).Files
  } catch (error) {
    throw new EngineError('invalid', `${pgdata}/${fileName} is damaged`, { cause: error })
  }
  for (const file of files) {
    // Others than SHA256 are pg_basebackup's business.
    if (file['Checksum-Algorithm'] !== 'SHA256') continue
    const found = await digest(join(pgdata, file.Path)).catch(() => null)
    if (found === file.Checksum) continue
    throw new EngineError('invalid', `${file.Path} in ${pgdata} is not what its ${fileName} says`)
  }
}

async function pathsIn(pgdata: string): Promise<string[]> {
  const entries = await readdir(pgdata, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(pgdata.length + 1))
    .filter(path => path !== fileName && !path.startsWith('pg_wal/'))
    .sort()
}

async function describe(pgdata: string, path: string): Promise<ManifestFile> {
  const { size, mtime } = await stat(join(pgdata, path))
  return {
    Path: path,
    Size: size,
    'Last-Modified': `${mtime.toISOString().slice(0, 19).replace('T', ' ')} GMT`,
    'Checksum-Algorithm': 'SHA256',
    Checksum: await digest(join(pgdata, path)),
  }
}

/** Up to here a file is read in one go, which is much quicker for the thousand small ones that a cluster has. */
const wholeBytes = 4 * 1024 * 1024

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256')
  if ((await stat(path)).size <= wholeBytes) return hash.update(await readFile(path)).digest('hex')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
