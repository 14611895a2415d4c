// Which driver serves a directory: by trying what its file system can do, best first.

import { constants, copyFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cloning, EngineError } from '../../engine.ts'
import { ensureDirectory } from '../files.ts'
import { stagingPrefix } from '../layout.ts'
import { defaultSpawn, type Spawn } from '../run.ts'
import { btrfsDriver, createSubvolume } from './btrfs-driver.ts'
import { copyDriver } from './copy-driver.ts'
import type { StorageDriver } from './driver.ts'
import { reflinkDriver } from './reflink-driver.ts'

export interface ChosenDriver {
  driver: StorageDriver
  /** One sentence: why this one. */
  reason: string
}

export interface ChooseOptions {
  override?: 'auto' | Cloning
  spawn?: Spawn
}

/** Errors: `invalid` where `override` asks for what the file system cannot do. */
export async function chooseDriver(directory: string, options: ChooseOptions = {}): Promise<ChosenDriver> {
  const { override = 'auto', spawn = defaultSpawn } = options
  if (override === 'copy') return { driver: copyDriver(), reason: 'copying was asked for' }
  const refusals: string[] = []
  if (override !== 'reflink') {
    const refusal = await refusalOfBtrfs(directory, spawn)
    if (refusal === null) {
      return { driver: btrfsDriver({ spawn }), reason: `${directory} lies on btrfs, which takes snapshots` }
    }
    refusals.push(refusal)
  }
  if (override !== 'btrfs') {
    const refusal = await refusalOfReflink(directory)
    if (refusal === null) {
      const why = refusals[0]?.startsWith('btrfs ') ? ` (no snapshots: ${refusals[0]})` : ''
      return {
        driver: reflinkDriver({ spawn }),
        reason: `the file system of ${directory} can clone files${why}`,
      }
    }
    refusals.push(refusal)
  }
  if (override !== 'auto') {
    throw new EngineError(
      'invalid',
      `storage "${override}" is not possible in ${directory}: ${refusals.join('; ')}. ` +
        'Leave the choice to Pilotlight (auto), or make room for clones with `pilotlight storage create`.',
    )
  }
  return { driver: copyDriver(), reason: `the file system of ${directory} cannot clone files` }
}

const btrfsMagic = 0x9123683e

async function refusalOfBtrfs(directory: string, spawn: Spawn): Promise<string | null> {
  if (process.platform !== 'linux' || (await statfs(directory)).type !== btrfsMagic)
    return 'it is not on btrfs'
  const probe = join(directory, `${stagingPrefix}probe-${process.pid}`)
  try {
    await createSubvolume(spawn, probe)
    return null
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT'
    return missing
      ? 'btrfs has no command here; install btrfs-progs'
      : `btrfs refused: ${(error as Error).message}`
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

async function refusalOfReflink(directory: string): Promise<string | null> {
  const probe = join(directory, `${stagingPrefix}probe-${process.pid}`)
  await ensureDirectory(probe, 0o700)
  try {
    await writeFile(join(probe, 'a'), Buffer.alloc(8192, 1))
    await copyFile(join(probe, 'a'), join(probe, 'b'), constants.COPYFILE_FICLONE_FORCE)
    return null
  } catch {
    return 'its file system cannot clone files'
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}
