import assert from 'node:assert/strict'
import { chmod, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../../lib/clock.ts'
import { silentLogger } from '../../../lib/logger.ts'
import { dayOfHistory } from '../../conformance/helpers.ts'
import { createLocalEngine } from '../local-engine.ts'
import { mountedFileSystem } from './mounts.ts'

test('a full disk is told as such, and nothing half-made stays', async t => {
  const root = await mountedFileSystem(t, 'ext4', '400M')
  if (!root) return
  await chmod(root, 0o711)
  const engine = await createLocalEngine({
    dataDir: root,
    logger: silentLogger,
    clock: systemClock,
    prepare: [17],
  })
  try {
    await engine.prepared
    const { bavail, bsize } = await statfs(root)
    // Room for most of a branch.
    await writeFile(join(root, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - 20_000_000), 1))
    const data = { cell: 'local', id: 'br-a' }
    const empty = { from: 'empty', pgMajor: 17 } as const
    await assert.rejects(engine.ensureData(data, 1, empty, dayOfHistory), { code: 'no_capacity' })
    assert.deepEqual(await readdir(join(root, 'data')), [])
    assert.equal((await engine.observe(data)).phase, 'gone')
    await rm(join(root, 'ballast'))
    assert.equal((await engine.ensureData(data, 1, empty, dayOfHistory)).phase, 'ready')
  } finally {
    await engine.close()
  }
})
