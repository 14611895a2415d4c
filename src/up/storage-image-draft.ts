// A storage image that is being made: nobody looks at it yet.

import { mkdir, rm, rmdir, statfs, truncate, writeFile } from 'node:fs/promises'
import { bytes } from '../cli/format.ts'
import { ConfigError } from '../config.ts'
import { defaultSpawn, runTool } from '../engine/local/index.ts'
import { mount, mountedAt, type StoragePlace } from './storage-image.ts'

export async function makeFileSystem(place: StoragePlace, sizeBytes: number): Promise<void> {
  await writeFile(place.draft, '', { mode: 0o600 })
  await truncate(place.draft, sizeBytes)
  const made = await runTool(defaultSpawn, 'mkfs.xfs', ['-q', '-m', 'reflink=1', place.draft]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw new ConfigError(
        'there is no mkfs.xfs on this machine. Install it: apt-get install xfsprogs, dnf install xfsprogs, apk add xfsprogs.',
      )
    },
  )
  if (made.code !== 0) throw new Error(`mkfs.xfs: ${made.stderr.trim().split('\n')[0]}`)
}

export async function mountDraft(place: StoragePlace): Promise<void> {
  await mkdir(place.draftMount, { recursive: true })
  const failure = await mount(place.draft, place.draftMount)
  if (failure === null) return
  throw new ConfigError(
    `this system cannot mount the image (${failure}). It needs loop devices and XFS in the kernel: in a container, ` +
      'give the container a directory that lies on XFS or btrfs instead.',
  )
}

const progressMs = 2000

/** `cp -a` keeps owners, modes, times, holes and hard links. */
export async function copyData(
  place: StoragePlace,
  dataBytes: number,
  say: (line: string) => void,
): Promise<void> {
  say(`Copying ${bytes(dataBytes)} …`)
  const startBytes = await usedBytes(place.draftMount)
  const progress = setInterval(async () => {
    const copied = (await usedBytes(place.draftMount).catch(() => startBytes)) - startBytes
    say(`  ${bytes(Math.max(0, copied))} of ${bytes(dataBytes)}`)
  }, progressMs)
  try {
    const copied = await runTool(defaultSpawn, 'cp', ['-a', `${place.dataDir}/.`, place.draftMount], {
      timeoutMs: 0,
    })
    if (copied.code !== 0)
      throw new Error(`the data could not be copied: ${copied.stderr.trim().slice(0, 500)}`)
  } finally {
    clearInterval(progress)
  }
}

async function usedBytes(directory: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(directory)
  return (blocks - bfree) * bsize
}

/** What a `storage create` that was killed has left. */
export async function clearDraft(place: StoragePlace): Promise<void> {
  await unmountDraft(place)
  await rm(place.draft, { force: true })
}

/** An unmount writes out all that is in memory. */
export async function unmountDraft(place: StoragePlace): Promise<void> {
  if ((await mountedAt(place.draftMount)) !== null) {
    const { code, stderr } = await runTool(defaultSpawn, 'umount', [place.draftMount], { timeoutMs: 0 })
    if (code !== 0) {
      throw new ConfigError(
        `${place.draftMount} cannot be unmounted: ${stderr.trim()}. A copy that was given up may still be writing; try again in a while.`,
      )
    }
  }
  await rmdir(place.draftMount).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
