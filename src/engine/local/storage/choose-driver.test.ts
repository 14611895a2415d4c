import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { temporaryDir } from '../local-harness.ts'
import { defaultSpawn, type Spawn } from '../run.ts'
import { chooseDriver } from './choose-driver.ts'
import { mountedFileSystem } from './mounts.ts'

/** btrfs-progs is not installed. */
const withoutBtrfs: Spawn = (command, args, options) =>
  defaultSpawn(command === 'btrfs' ? '/nonexistent/btrfs' : command, args, options)
/** It is, and says no. */
const refused: Spawn = (command, args, options) =>
  command === 'btrfs'
    ? defaultSpawn('sh', ['-c', 'echo "ERROR: Operation not permitted" >&2; exit 1'], options)
    : defaultSpawn(command, args, options)

test('the best that the file system can do is chosen, and nothing is left behind', async t => {
  for (const [kind, expected] of [
    ['xfs', 'reflink'],
    ['btrfs', 'btrfs'],
    ['ext4', 'copy'],
  ] as const) {
    const root = await mountedFileSystem(t, kind, '400M')
    if (!root) return
    const before = await readdir(root)
    const { driver, reason } = await chooseDriver(root)
    assert.equal(driver.kind, expected)
    assert.match(reason, new RegExp(root))
    assert.deepEqual(await readdir(root), before)
  }
})

test('btrfs without its command, or without leave, clones files, and says why', async t => {
  const root = await mountedFileSystem(t, 'btrfs', '400M')
  if (!root) return
  const missing = await chooseDriver(root, { spawn: withoutBtrfs })
  assert.equal(missing.driver.kind, 'reflink')
  assert.match(missing.reason, /install btrfs-progs/)
  const notAllowed = await chooseDriver(root, { spawn: refused })
  assert.equal(notAllowed.driver.kind, 'reflink')
  assert.match(notAllowed.reason, /not permitted/)
  await assert.rejects(chooseDriver(root, { spawn: withoutBtrfs, override: 'btrfs' }), {
    code: 'invalid',
    message: /install btrfs-progs/,
  })
  for (const override of ['reflink', 'copy'] as const) {
    assert.equal((await chooseDriver(root, { override })).driver.kind, override)
  }
  assert.deepEqual(await readdir(root), [])
})

test('what the file system cannot do is refused with a remedy', async t => {
  const root = (await mountedFileSystem(t, 'ext4', '20M')) ?? (await temporaryDir())
  t.after(() => rm(root, { recursive: true, force: true }))
  await assert.rejects(chooseDriver(root, { override: 'btrfs' }), {
    name: 'EngineError',
    code: 'invalid',
    message: /"btrfs" is not possible .*not on btrfs.*storage create/,
  })
})

test('a file system that cannot clone does not pretend to', async t => {
  const root = await mountedFileSystem(t, 'ext4', '20M')
  if (!root) return
  await assert.rejects(chooseDriver(root, { override: 'reflink' }), { code: 'invalid' })
})
