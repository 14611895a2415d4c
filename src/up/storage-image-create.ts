// `pilotlight storage create`: makes the storage image, and moves what data there is into it.
//
// Everything is prepared under names that count for nothing. Then the image gets its own name, and that rename is the
// moment: whoever is killed before it leaves the old data directory in use, whoever is killed after it leaves the image,
// which the next start mounts (storage-image.ts).

import { existsSync } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bytes } from '../cli/format.ts'
import { ConfigError } from '../config.ts'
import { type Lock, takeLock } from './lock.ts'
import { pathsOf } from './paths.ts'
import { hasEntries, isMounted, mountInPlace, type StoragePlace, storagePlaceOf } from './storage-image.ts'
import {
  checkFileSystem,
  checkPrivileges,
  checkSize,
  diskUse,
  runningPostgres,
} from './storage-image-checks.ts'
import { clearDraft, copyData, makeFileSystem, mountDraft, unmountDraft } from './storage-image-draft.ts'

export interface CreateStorageOptions {
  dataDir: string
  sizeBytes: number
  /** Also where the file system can clone already. */
  force?: boolean
  /** A line for people, at each step that takes time. */
  say(line: string): void
  /** Called between the steps, for tests that kill us there. */
  between?(step: CreateStep): void
}

export const createSteps = ['made', 'mounted', 'copied', 'unmounted', 'named', 'moved'] as const
export type CreateStep = (typeof createSteps)[number]

/** `50G`, `500M`, `1.5T`: of 1024, as truncate(1) takes them. Undefined: no size. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([MGT])(?:i?B)?$/i.exec(text.trim()) ?? []
  if (digits === undefined || unit === undefined) return undefined
  const power = { M: 2, G: 3, T: 4 }[unit.toUpperCase() as 'M' | 'G' | 'T']
  return Math.floor(Number(digits) * 1024 ** power)
}

/** Safe to repeat. Errors: ConfigError for what the caller can mend, LockHeldError while Pilotlight runs. */
export async function createStorage(options: CreateStorageOptions): Promise<void> {
  const { say } = options
  checkPrivileges()
  const place = await storagePlaceOf(options.dataDir)
  await mkdir(dirname(place.dataDir), { recursive: true })
  const lock = takeLock(place.lockFile, place.dataDir, new Date())
  try {
    if (existsSync(place.image)) {
      if (!(await isMounted(place))) await mountInPlace(place)
      say(
        `${place.image} is there already (${bytes((await stat(place.image)).size)}), and mounted at ${place.dataDir}.`,
      )
      if (existsSync(place.before)) sayBefore(place, say)
      return
    }
    await clearDraft(place)
    await create(place, options)
  } finally {
    lock.release()
  }
}

async function create(place: StoragePlace, options: CreateStorageOptions): Promise<void> {
  const { say, sizeBytes, between = () => {} } = options
  const hasData = await hasEntries(place.dataDir)
  await checkFileSystem(place, sizeBytes, options.force ?? false)
  // Nobody writes there while it is copied: neither a Pilotlight, nor a Postgres that outlived one.
  const running = hasData ? await takeDataLock(place) : null
  try {
    const dataBytes = hasData ? await diskUse(place.dataDir) : 0
    await checkSize(place, sizeBytes, dataBytes, say)

    say(`Making ${place.image} (${bytes(sizeBytes)}, sparse: it takes what is stored in it) …`)
    await makeFileSystem(place, sizeBytes)
    between('made')
    // Also where there is nothing to copy: whether it can be mounted is known now, not at the next start.
    await mountDraft(place)
    between('mounted')
    if (hasData) await copyData(place, dataBytes, say)
    between('copied')
    await unmountDraft(place)
    between('unmounted')
    await flush(place.draft)
    await rename(place.draft, place.image)
    await flush(dirname(place.image))
    between('named')
    await mountInPlace(place)
    await flush(dirname(place.image))
    between('moved')
  } catch (error) {
    if (!existsSync(place.image)) await clearDraft(place).catch(() => {})
    throw error
  } finally {
    // It was copied with the rest, so it is there whatever is mounted by now.
    running?.release()
  }
  say(`${place.dataDir} lies on XFS now: branches share bytes. Pilotlight mounts it at each start.`)
  if (hasData) sayBefore(place, say)
}

function sayBefore({ before }: StoragePlace, say: (line: string) => void): void {
  say(`The data from before is still in ${before}. Once you have seen that all is well: rm -rf ${before}`)
}

async function takeDataLock(place: StoragePlace): Promise<Lock> {
  const { runDir, lockFile } = pathsOf(place.dataDir)
  await mkdir(runDir, { recursive: true, mode: 0o755 })
  const lock = takeLock(lockFile, place.dataDir, new Date())
  const pid = await runningPostgres(place.dataDir)
  if (pid === null) return lock
  lock.release()
  throw new ConfigError(
    `a Postgres of this data directory still runs (pid ${pid}), left by a Pilotlight that was killed. ` +
      'Start Pilotlight and stop it with Ctrl-C, which suspends all computes; then try again.',
  )
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
