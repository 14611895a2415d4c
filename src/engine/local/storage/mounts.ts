// File systems of a kind and size, for tests: an image in a temporary place, mounted.

import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { toolEnvironment } from './tools.ts'

const makers = {
  xfs: ['mkfs.xfs', '-q', '-m', 'reflink=1'],
  btrfs: ['mkfs.btrfs', '-q'],
  // Without a part that only root may use up.
  ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'],
} as const

/** XFS by itself reserves room behind files that grow, and gives it back when the disk is full: its free bytes would lie. */
const mountOptions = { xfs: 'loop,allocsize=4k', btrfs: 'loop', ext4: 'loop' } as const

/**
 * Its directory; null, and the test is skipped, where nothing can be mounted. It is gone after the test: what runs in it
 * has to be stopped by then. `size` as truncate(1) takes it; XFS needs 300M, btrfs 120M.
 */
export async function mountedFileSystem(
  t: Pick<TestContext, 'skip' | 'after'>,
  kind: keyof typeof makers,
  size: string,
): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    t.skip('only root on Linux can mount a file system for this')
    return null
  }
  const root = await mkdtemp(join(tmpdir(), 'pilotlight-test-'))
  // The user under which Postgres runs may pass through.
  await chmod(root, 0o711)
  const mount = join(root, 'mount')
  let isMounted = false
  t.after(async () => {
    if (isMounted) unmount(mount)
    await rm(root, { recursive: true, force: true })
  })
  const [command, ...args] = makers[kind]
  const options = { stdio: 'ignore', env: toolEnvironment() } as const
  try {
    execFileSync('truncate', ['-s', size, join(root, 'image')], options)
    execFileSync(command, [...args, join(root, 'image')], options)
    await mkdir(mount)
    execFileSync('mount', ['-o', mountOptions[kind], join(root, 'image'), mount], options)
  } catch (error) {
    t.skip(`no ${kind} with a loop mount here: ${(error as Error).message.split('\n')[0]}`)
    return null
  }
  isMounted = true
  return mount
}

/** Whoever still has a file open there keeps the mount, but out of sight, and no longer than himself. */
function unmount(path: string): void {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' })
  } catch {
    execFileSync('umount', ['-l', path], { stdio: 'ignore' })
  }
}
