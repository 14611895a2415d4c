// The storage image: a file with XFS inside, beside the data directory and mounted over it, for machines whose own file
// system cannot clone files. That the file is there is all that `up` needs to know.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../config.ts'
import { defaultSpawn, runTool } from '../engine/local/index.ts'
import { takeLock } from './lock.ts'

/** All beside each other, so that a rename moves any of them. */
export interface StoragePlace {
  dataDir: string
  image: string
  /** An image that is being made; it counts for nothing. */
  draft: string
  draftMount: string
  /** What the data directory was before. */
  before: string
  /** Outside of the data directory, because that is about to change. */
  lockFile: string
}

/** By one name, however the data directory was given: it may be a link, and need not exist. */
export async function storagePlaceOf(dataDir: string): Promise<StoragePlace> {
  const real = await realpath(dataDir).catch(async () => {
    const parent = await realpath(dirname(dataDir)).catch(() => dirname(dataDir))
    return join(parent, basename(dataDir))
  })
  return {
    dataDir: real,
    image: `${real}.xfs`,
    draft: `${real}.xfs.draft`,
    draftMount: `${real}.xfs.mount`,
    before: `${real}.before-storage`,
    lockFile: `${real}.xfs.lock`,
  }
}

/** Where there is an image, the data directory is its file system afterwards. Errors: ConfigError, LockHeldError. */
export async function mountStorageImage(dataDir: string, say: (line: string) => void): Promise<void> {
  const place = await storagePlaceOf(dataDir)
  if (!existsSync(place.image) || (await isMounted(place))) return
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new ConfigError(
      `${place.image} holds the data and is not mounted, which only root can do. ` +
        `Start Pilotlight as root, or mount it before: sudo mount -o loop ${place.image} ${place.dataDir}`,
    )
  }
  const lock = takeLock(place.lockFile, place.dataDir, new Date())
  try {
    if (await isMounted(place)) return
    await mountInPlace(place)
    say(`${place.image} is mounted at ${place.dataDir}.`)
  } finally {
    lock.release()
  }
}

/**
 * The steps behind the moment at which the image got its name, each of which may be the one at which the last process
 * was killed: what lies in the data directory then is the old data, and is moved aside.
 */
export async function mountInPlace(place: StoragePlace): Promise<void> {
  if (await hasEntries(place.dataDir)) {
    if (existsSync(place.before)) {
      throw new ConfigError(
        `${place.image} holds the data and is not mounted, ${place.dataDir} is not empty, and ${place.before} is there already. ` +
          'See which of the three has the data that you want, move the others elsewhere, and start again.',
      )
    }
    await rename(place.dataDir, place.before)
  }
  await mkdir(place.dataDir, { recursive: true, mode: 0o755 })
  const failure = await mount(place.image, place.dataDir)
  if (failure === null) return
  throw new ConfigError(
    `${place.image} holds the data and cannot be mounted at ${place.dataDir}: ${failure}. ` +
      `Try it by hand (mount -o loop,discard ${place.image} ${place.dataDir}); ` +
      `where XFS itself is damaged, see xfs_repair. To go back to the data from before the image was made, move the ` +
      `image away and rename ${place.before}.`,
  )
}

/** Null, or what the system has to say. `discard`: what is deleted inside is free outside. */
export async function mount(image: string, directory: string): Promise<string | null> {
  const args = ['-t', 'xfs', '-o', 'loop,discard', image, directory]
  const { code, stderr } = await runTool(defaultSpawn, 'mount', args)
  return code === 0 ? null : stderr.trim().replaceAll('\n', ' ')
}

/** Throws ConfigError where something else is mounted there. */
export async function isMounted(place: StoragePlace): Promise<boolean> {
  const source = await mountedAt(place.dataDir)
  if (source === null) return false
  const device = basename(source)
  const backing = await readFile(`/sys/block/${device}/loop/backing_file`, 'utf8').catch(() => '')
  if (backing.trim() === place.image) return true
  throw new ConfigError(
    `${place.image} holds the data, but ${source} is mounted at ${place.dataDir}. ` +
      `Unmount that, or move the image away if it is not in use any more.`,
  )
}

/** The device whose file system is seen at a directory that is a mount point. */
export async function mountedAt(directory: string): Promise<string | null> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  let source: string | null = null
  for (const line of table.split('\n')) {
    // 36 35 98:0 /root /mount/point options … - type source options; the last that was mounted there is the one seen.
    const [before = '', after = ''] = line.split(' - ')
    const point = before
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    if (point === directory) source = after.split(' ')[1] ?? ''
  }
  return source
}

export async function hasEntries(directory: string): Promise<boolean> {
  const known = await stat(directory).catch(() => null)
  return known !== null && (await readdir(directory)).length > 0
}
