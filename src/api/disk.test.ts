import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { mountedFileSystem } from '../engine/local/storage/mounts.ts'
import { diskSpace } from './disk.ts'

test('without an image, what is free is what the file system says', async t => {
  const root = await mkdtemp(join(tmpdir(), 'pilotlight-test-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const { blocks, bsize } = await statfs(root)
  assert.equal((await diskSpace(root)).totalBytes, blocks * bsize)
})

test('with an image, it is no more than the disk below has', async t => {
  const small = await mountedFileSystem(t, 'ext4', '20M')
  if (!small) return
  const dataDir = join(small, 'pl')
  await mkdir(dataDir)
  await writeFile(`${dataDir}.xfs`, '')
  await writeFile(join(small, 'ballast'), Buffer.alloc(10_000_000, 1))
  const { freeBytes, totalBytes } = await diskSpace(dataDir)
  assert.ok(freeBytes <= totalBytes - 10_000_000)
})
