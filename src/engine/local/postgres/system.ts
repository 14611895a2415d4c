// Postgres that the machine has already: Debian's and PGDG's packages, Homebrew's, Postgres.app's, or the one that
// pg_config on the PATH tells of.

import { access, constants, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Spawn } from '../run.ts'

/** Folders that hold one folder per version, and where in it the binaries are. */
const places: { parent: string; name: RegExp; bin: string }[] = [
  { parent: '/usr/lib/postgresql', name: /^\d+$/, bin: 'bin' },
  { parent: '/usr', name: /^pgsql-\d+$/, bin: 'bin' },
  { parent: '/opt/homebrew/opt', name: /^postgresql@\d+$/, bin: 'bin' },
  { parent: '/usr/local/opt', name: /^postgresql@\d+$/, bin: 'bin' },
  { parent: '/Applications/Postgres.app/Contents/Versions', name: /^\d+$/, bin: 'bin' },
]

/** Directories with initdb and postgres, each once, though links may lead to it from several places. */
export async function findSystem(spawn: Spawn): Promise<string[]> {
  const candidates: string[] = []
  for (const { parent, name, bin } of places) {
    const entries = await readdir(parent).catch(() => [])
    for (const entry of entries.filter(entry => name.test(entry))) candidates.push(join(parent, entry, bin))
  }
  const told = await run(spawn, 'pg_config', ['--bindir'], { timeoutMs: 10_000 }).catch(() => null)
  if (told?.code === 0) candidates.push(told.stdout.trim())

  const found = new Set<string>()
  for (const directory of candidates) {
    try {
      await access(join(directory, 'initdb'), constants.X_OK)
      found.add(await realpath(join(directory, 'postgres')).then(binary => join(binary, '..')))
    } catch {
      // pg_config alone comes with libpq-dev: there is no server here.
    }
  }
  return [...found]
}
