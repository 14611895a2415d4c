// Files that this machine shares with the server: what was exported, and what is to be imported.

import { basename, dirname, join, resolve } from 'node:path'
import type { Context } from './command.ts'
import { failure, usageError } from './errors.ts'
import type { System } from './system.ts'

export const pathOf = (text: string, { cwd }: System): string => resolve(cwd, text)

/** The server's data directory on this machine. Throws usage where the server may be on another one. */
export function ourMachine({ place }: Context, flag: string): string {
  if (place.chosenUrl === undefined && place.run.state === 'running') return place.run.runFile.dataDir
  throw usageError(
    `${flag} works on the machine of the server only, without --api-url`,
    'Give the command there. An export stays below <data-dir>/exports, an import is looked for below <data-dir>/imports.',
  )
}

/** Throws files_not_moved. */
export async function moveDirectory(system: System, from: string, to: string): Promise<void> {
  await mustRun(system, 'mv', ['--', from, to], `the export is at ${from}, and could not be moved to ${to}`)
}

/** A copy below <data-dir>/imports, under the name that is returned. Throws usage, files_not_copied. */
export async function copyForImport(system: System, dataDir: string, directory: string): Promise<string> {
  if (!system.exists(join(directory, 'PG_VERSION'))) {
    throw usageError(
      `${directory} is no data directory of Postgres: there is no PG_VERSION`,
      'Name the directory that Postgres was started with (-D), after it was shut down.',
    )
  }
  if (system.exists(join(directory, 'postmaster.pid'))) {
    throw usageError(
      `a Postgres may be running on ${directory}: there is a postmaster.pid`,
      'Shut it down first: pg_ctl stop -D <directory>. A copy of what is being written would be broken.',
    )
  }
  const imports = join(dataDir, 'imports')
  const name = `${basename(directory)
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')}-${system.clock.now()}`
  const failed = `${directory} could not be copied to ${imports}`
  await mustRun(system, 'mkdir', ['-p', '--', imports], failed)
  const cloning = system.platform === 'darwin' ? ['-a', '-c'] : ['-a', '--reflink=auto']
  await mustRun(system, 'cp', [...cloning, '--', directory, join(imports, name)], failed)
  return name
}

/** What the server has taken its own copy of. */
export async function removeImport(system: System, dataDir: string, name: string): Promise<void> {
  await mustRun(system, 'rm', ['-rf', '--', join(dataDir, 'imports', name)], `${name} could not be removed`)
}

/** Whether the server finds this directory by its name alone. */
export function isInPlace(dataDir: string, directory: string): boolean {
  return [join(dataDir, 'imports'), join(dataDir, 'exports')].includes(dirname(directory))
}

async function mustRun(system: System, command: string, args: string[], failed: string): Promise<void> {
  const { code, output } = await system.run(command, args)
  if (code === 0) return
  throw failure(
    'files_not_moved',
    `${failed}: ${output.trim()}`,
    'Run this as the user that runs Pilotlight, or as root.',
  )
}
