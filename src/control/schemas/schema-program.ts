// Which pg_dump reads a server: one of its own major version or a newer one, never an older one. A program of this
// machine if there is one; the embedded builds of Postgres come without.

import { execFile } from 'node:child_process'
import { access, constants, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBuild } from '../../engine/engine.ts'

const run = promisify(execFile)

/** Where distributions put them; below the first two lies one folder a major version. */
const versioned = ['/usr/lib/postgresql', '/usr/pgsql']
const plain = ['/opt/homebrew/opt/libpq/bin', '/usr/local/opt/libpq/bin']

export interface PgDumpProgram {
  path: string
  major: number
}

/** The oldest one that fits; undefined: none does. */
export async function findPgDump(
  serverMajor: number,
  builds: PostgresBuild[],
  pathVariable: string = process.env.PATH ?? '',
): Promise<PgDumpProgram | undefined> {
  const directories = new Set([
    ...builds.flatMap(({ clientTools }) => clientTools ?? []),
    ...(await Promise.all(versioned.map(versionFolders))).flat(),
    ...plain,
    ...pathVariable.split(delimiter).filter(directory => directory !== ''),
  ])
  const found = await Promise.all([...directories].map(directory => programAt(join(directory, 'pg_dump'))))
  return found
    .filter(program => program !== undefined)
    .filter(({ major }) => major >= serverMajor)
    .sort((a, b) => a.major - b.major)[0]
}

async function versionFolders(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.map(name => join(directory, name, 'bin'))
}

async function programAt(path: string): Promise<PgDumpProgram | undefined> {
  try {
    await access(path, constants.X_OK)
    const { stdout } = await run(path, ['--version'], { timeout: 5_000 })
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
    return Number.isInteger(major) ? { path, major } : undefined
  } catch {
    return undefined
  }
}
