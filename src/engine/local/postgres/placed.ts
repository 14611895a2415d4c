// A build's own copy below the data directory. Branches stay on the build that they were made with, so it must outlive
// `npm update`; and the user under which Postgres runs must be able to read it, which is not true of a clone in /root.
//
// Hard links cost nothing; where they cannot be had (another file system, a protected file, a mode that shuts the
// Postgres user out) the file is cloned, or else copied.

import {
  chmod,
  constants,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { ensureDirectory, readJsonIfThere, replaceFile } from '../files.ts'
import { stagingPrefix } from '../layout.ts'

interface Marker {
  source: string
  /** Paths below the build, and sizes: what has to be there for the copy to be whole. */
  files: Record<string, number>
}

const markerName = 'placed.json'

/** Makes `<postgresDir>/<id>` hold the build at `native`; what is whole already is left alone. */
export async function placeBuild(native: string, postgresDir: string, id: string): Promise<string> {
  const target = join(postgresDir, id)
  if (await isWhole(target)) return target
  await ensureDirectory(postgresDir, 0o755)
  const staging = join(postgresDir, `${stagingPrefix}${id}-${process.pid}`)
  await rm(staging, { recursive: true, force: true })
  await ensureDirectory(staging, 0o755)
  const files: Marker['files'] = {}
  for (const folder of ['bin', 'lib', 'share']) await place(native, staging, folder, files)
  await hydrateLinks(native, staging)
  await replaceFile(join(staging, markerName), JSON.stringify({ source: native, files } satisfies Marker), {
    mode: 0o644,
  })
  await rm(target, { recursive: true, force: true })
  try {
    await rename(staging, target)
  } catch (error) {
    // Another process of ours was quicker.
    await rm(staging, { recursive: true, force: true })
    if (!(await isWhole(target))) throw error
  }
  return target
}

/** Whether every file is there with its size; about a thousand stats, once a start. */
export async function isWhole(target: string): Promise<boolean> {
  const marker = await readJsonIfThere<Marker>(join(target, markerName))
  if (!marker) return false
  const sizes = await Promise.all(
    Object.entries(marker.files).map(async ([path, size]) => {
      const found = await lstat(join(target, path)).catch(() => null)
      return found?.isFile() === true && found.size === size
    }),
  )
  return sizes.every(Boolean)
}

async function place(native: string, staging: string, folder: string, files: Marker['files']): Promise<void> {
  await mkdir(join(staging, folder), { recursive: true })
  await chmod(join(staging, folder), 0o755)
  for (const entry of await readdir(join(native, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await place(native, staging, path, files)
    else if (entry.isSymbolicLink()) await symlink(await readlink(join(native, path)), join(staging, path))
    else if (entry.isFile()) files[path] = await placeFile(join(native, path), join(staging, path), folder)
  }
}

async function placeFile(source: string, target: string, folder: string): Promise<number> {
  const { mode, size } = await lstat(source)
  const wanted = folder === 'bin' ? 0o755 : mode & 0o100 ? 0o755 : 0o644
  if ((mode & wanted) === wanted) {
    try {
      await link(source, target)
      return size
    } catch {
      // EXDEV, EPERM (fs.protected_hardlinks), EMLINK: a copy does as well.
    }
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  await chmod(target, wanted)
  return size
}

/** npm packs no symbolic links; the package lists them, and its postinstall makes them if it was allowed to run. */
async function hydrateLinks(native: string, staging: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(staging, relative('native', target))
    const points = relative(dirname(target), source)
    if (path.startsWith(staging) && !(await lstat(path).catch(() => null))) await symlink(points, path)
  }
}
