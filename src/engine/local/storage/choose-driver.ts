// Which driver serves a directory: by trying what its file system can do, best first.

import { randomBytes } from 'node:crypto'
import { constants, copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cloning, EngineError } from '../../engine.ts'
import { isMissing, isOutOfSpace } from '../errors.ts'
import { ensureDirectory } from '../files.ts'
import { stagingPrefix } from '../layout.ts'
import { defaultSpawn, type Spawn } from '../run.ts'
import { btrfsDriver, createSubvolume, isOnBtrfs } from './btrfs-driver.ts'
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
      const canBetter = override === 'auto' && (await isOnBtrfs(directory))
      const why = canBetter ? `, but not take snapshots of btrfs: ${refusals[0]}` : ''
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

/** Null: it can be done. */
async function refusalOfBtrfs(directory: string, spawn: Spawn): Promise<string | null> {
  if (!(await isOnBtrfs(directory))) return 'it is not on btrfs'
  const probe = probePath(directory)
  try {
    await createSubvolume(spawn, probe)
    return null
  } catch (error) {
    if (isMissing(error)) return 'there is no btrfs command; install btrfs-progs'
    return (error as Error).message
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

/** Null: it can be done. Tried once, with a file of one block. */
async function refusalOfReflink(directory: string): Promise<string | null> {
  const probe = probePath(directory)
  await ensureDirectory(probe, 0o700)
  try {
    await writeFile(join(probe, 'a'), Buffer.alloc(8192, 1))
    await copyFile(join(probe, 'a'), join(probe, 'b'), constants.COPYFILE_FICLONE_FORCE)
    return null
  } catch (error) {
    if (isOutOfSpace(error)) throw error
    return 'its file system cannot clone files'
  } finally {
    await rm(probe, { recursive: true, force: true })
  }
}

/** Swept at the next start, should we be killed now. */
function probePath(directory: string): string {
  return join(directory, `${stagingPrefix}probe-${process.pid}-${randomBytes(4).toString('hex')}`)
}
