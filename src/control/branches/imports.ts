// Data directories that come from elsewhere, or from an export of ours: a project can begin as one.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PilotlightError } from '../../contract/errors.ts'

/** Where exports are written. */
export const exportsDir = (dataDir: string): string => join(dataDir, 'exports')
/** Where an operator puts what is to be imported. */
export const importsDir = (dataDir: string): string => join(dataDir, 'imports')

/** `directory` is a plain name (contract/shapes.ts sees to that). Throws import_not_found. */
export async function findImport(
  dataDir: string,
  directory: string,
): Promise<{ path: string; pgMajor: number }> {
  for (const place of [importsDir(dataDir), exportsDir(dataDir)]) {
    const path = join(place, directory)
    const version = await readFile(join(path, 'PG_VERSION'), 'utf8').catch(() => undefined)
    if (version !== undefined) return { path, pgMajor: Number.parseInt(version, 10) }
  }
  throw new PilotlightError('import_not_found', { directory })
}
