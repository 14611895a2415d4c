// A data directory that a project is to begin as: where the server finds it, or how it gets there.

import { basename, join } from 'node:path'
import type { Context } from './command.ts'
import { copyForImport, isInPlace, ourMachine, pathOf, removeImport } from './local-files.ts'

export interface DirectorySource {
  /** Below <data-dir>/imports or <data-dir>/exports of the server. */
  name: string
  /** The server has its own copy now, or will not make one. */
  release(): Promise<void>
  leftover: string
}

/** Throws usage, files_not_moved. */
export async function directorySource(
  context: Context,
  text: string | undefined,
): Promise<DirectorySource | undefined> {
  if (text === undefined) return undefined
  const { system, out } = context
  // A plain name is the server's to find, wherever it runs.
  if (/^[\w][\w.-]*$/.test(text) && !system.exists(pathOf(text, system))) {
    return { name: text, release: async () => {}, leftover: '' }
  }
  const dataDir = ourMachine(context, '--from-directory')
  const path = pathOf(text, system)
  if (isInPlace(dataDir, path)) return { name: basename(path), release: async () => {}, leftover: '' }
  out.progress(`copying ${path} …`)
  const name = await copyForImport(system, dataDir, path).finally(() => out.endProgress())
  return {
    name,
    release: () => removeImport(system, dataDir, name),
    leftover: `When its operations have finished, remove ${join(dataDir, 'imports', name)}: the server has its own copy then.`,
  }
}
