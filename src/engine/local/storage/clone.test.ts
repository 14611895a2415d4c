import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../../lib/clock.ts'
import { silentLogger } from '../../../lib/logger.ts'
import { createLocalEngine } from '../local-engine.ts'
import { temporaryDir } from '../local-harness.ts'
import { defaultSpawn } from '../run.ts'
import { cloneCluster, probeCloning } from './clone.ts'
import { syncEach, syncTree } from './durable.ts'
import { bytesOf, removeTree, sweep } from './sweep.ts'

async function makeTree(directory: string): Promise<void> {
  for (const path of ['base/1', 'pg_replslot/sub', 'pg_stat_tmp', 'base/pgsql_tmp']) {
    await mkdir(join(directory, path), { recursive: true })
  }
  await writeFile(join(directory, 'base/1/1259'), Buffer.alloc(100_000, 7))
  await writeFile(join(directory, 'base/pgsql_tmp/pgsql_tmp1.0'), 'x')
  await writeFile(join(directory, 'pg_replslot/sub/state'), 'x')
  await writeFile(join(directory, 'pg_stat_tmp/global.stat'), 'x')
  await writeFile(join(directory, 'postmaster.pid'), '1\n')
  await writeFile(join(directory, 'PG_VERSION'), '17\n')
  await chmod(directory, 0o700)
  await chmod(join(directory, 'PG_VERSION'), 0o600)
}

/** What both ways of cloning have to do. */
async function checkClone(root: string): Promise<void> {
  const cloning = await probeCloning(root)
  await makeTree(join(root, 'from'))
  const owner = process.getuid?.() === 0 ? { uid: 12345, gid: 12345 } : undefined
  await cloneCluster(join(root, 'from'), join(root, 'to'), { cloning, ...(owner ? { owner } : {}) })
  const files = (await readdir(join(root, 'to'), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
  assert.deepEqual(files.sort(), ['1259', 'PG_VERSION'])
  assert.deepEqual(await readFile(join(root, 'to/base/1/1259')), Buffer.alloc(100_000, 7))
  assert.equal((await stat(join(root, 'to'))).mode & 0o777, 0o700)
  const version = await stat(join(root, 'to/PG_VERSION'))
  assert.equal(version.mode & 0o777, 0o600)
  if (owner) assert.equal(version.uid, owner.uid)
  assert.ok((await bytesOf(join(root, 'to'))) >= 100_000)
  await syncTree(defaultSpawn, join(root, 'to'))
  await syncEach(join(root, 'to'))
  // They share nothing that a write to one would change in the other.
  await writeFile(join(root, 'to/base/1/1259'), 'changed')
  assert.equal((await readFile(join(root, 'from/base/1/1259'))).length, 100_000)
}

async function mounted(t: TestContext, mkfs: string[], size: string): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    t.skip('only root on Linux can mount a file system for this')
    return null
  }
  const root = await temporaryDir()
  let isMounted = false
  t.after(async () => {
    if (isMounted) execFileSync('umount', [join(root, 'mount')])
    await rm(root, { recursive: true, force: true })
  })
  try {
    execFileSync('truncate', ['-s', size, join(root, 'image')])
    execFileSync(mkfs[0]!, [...mkfs.slice(1), join(root, 'image')], { stdio: 'ignore' })
    await mkdir(join(root, 'mount'))
    execFileSync('mount', ['-o', 'loop', join(root, 'image'), join(root, 'mount')], { stdio: 'ignore' })
  } catch (error) {
    t.skip(`no ${mkfs[0]} with a loop mount here: ${(error as Error).message.split('\n')[0]}`)
    return null
  }
  isMounted = true
  return join(root, 'mount')
}

test('a clone has the files, the modes and the owner, and nothing of a running server', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  await checkClone(root)
})

test('on a file system with reflinks a clone shares its blocks', async t => {
  const root = await mounted(t, ['mkfs.xfs', '-q', '-m', 'reflink=1'], '400M')
  if (!root) return
  assert.equal(await probeCloning(root), 'reflink')
  await checkClone(root)
  await mkdir(join(root, 'big'))
  await writeFile(join(root, 'big/1259'), Buffer.alloc(100_000_000, 1))
  const used = () =>
    Number(execFileSync('df', ['-k', '--output=used', root], { encoding: 'utf8' }).split('\n')[1])
  execFileSync('sync', ['-f', root])
  const before = used()
  await cloneCluster(join(root, 'big'), join(root, 'shared'), { cloning: 'reflink' })
  execFileSync('sync', ['-f', root])
  assert.ok(used() - before < 5_000)
})

test('a full disk is told as such, and nothing half-made stays', async t => {
  const root = await mounted(t, ['mkfs.ext4', '-q', '-F'], '400M')
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
    await assert.rejects(engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory), {
      code: 'no_capacity',
    })
    assert.deepEqual(await readdir(join(root, 'data')), [])
    assert.equal((await engine.observe(data)).phase, 'gone')
    await rm(join(root, 'ballast'))
    assert.equal(
      (await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)).phase,
      'ready',
    )
  } finally {
    await engine.close()
  }
})

test('a cluster with a link inside is not cloned', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  await makeTree(join(root, 'from'))
  await symlink('/elsewhere', join(root, 'from/pg_tblspc'))
  await assert.rejects(cloneCluster(join(root, 'from'), join(root, 'to'), { cloning: 'copy' }), {
    code: 'invalid',
  })
})

test('leftovers are swept, and removing what is not there is no error', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const name of ['.staging-br-a-1', '.trash-2', 'br-b'])
    await mkdir(join(root, name, 'pgdata'), { recursive: true })
  assert.equal((await sweep(root)).length, 2)
  await removeTree(join(root, 'br-b'))
  await removeTree(join(root, 'br-b'))
  assert.deepEqual(await readdir(root), [])
})
