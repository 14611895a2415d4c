// What every storage driver has to do, on the file system that it is for.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, truncateSync, unlinkSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Cloning } from '../../engine.ts'
import { errnoOf } from '../errors.ts'
import type { Owner } from '../files.ts'
import { temporaryDir } from '../local-harness.ts'
import { defaultSpawn } from '../run.ts'
import { chooseDriver } from './choose-driver.ts'
import type { StorageDriver } from './driver.ts'
import { syncEach, syncTree } from './durable.ts'
import { mountedFileSystem } from './mounts.ts'

const isRoot = process.getuid?.() === 0
const owner: Owner | undefined = isRoot ? { uid: 12345, gid: 12345 } : undefined
const withOwner = owner ? { owner } : {}

/** Where each kind is at home. Null: there is no such place here, and its tests are skipped. */
const homes: Record<Cloning, (t: TestContext) => Promise<string | null>> = {
  btrfs: t => mountedFileSystem(t, 'btrfs', '1G'),
  reflink: t => mountedFileSystem(t, 'xfs', '1G'),
  copy: temporaryRoot,
}

async function temporaryRoot(t: TestContext): Promise<string> {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  return root
}

/** What goes into a copy, and beside it what must not. */
const kept = [
  'PG_VERSION',
  'backup_label',
  'base/1/1259',
  'base/1/pg_internal.init',
  'global/pg_control',
  'pg_stat/pgstat.stat',
  'recovery.signal',
  'tablespace_map',
]
const leftOut = [
  'backup_label.old',
  'base/pgsql_tmp/pgsql_tmp1.0',
  'current_logfiles',
  'pg_dynshmem/mmap.1',
  'pg_notify/0000',
  'pg_replslot/sub/state',
  'pg_serial/0000',
  'pg_snapshots/1-1',
  'pg_stat_tmp/global.stat',
  'pg_subtrans/0000',
  'pg_wal/000000010000000000000001',
  'pg_wal/00000002.history',
  'pg_wal/archive_status/000000010000000000000001.done',
  'pg_wal/summaries/1.summary',
  'postmaster.opts',
  'postmaster.pid',
]

async function makeCluster(directory: string): Promise<void> {
  for (const path of [...kept, ...leftOut]) {
    await mkdir(join(directory, path, '..'), { recursive: true })
    await writeFile(join(directory, path), path === 'base/1/1259' ? Buffer.alloc(100_000, 7) : 'x', {
      mode: 0o600,
    })
  }
  await chmod(directory, 0o700)
  await chmod(join(directory, 'global'), 0o750)
  await chmod(join(directory, 'PG_VERSION'), 0o640)
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

async function checkClone(clone: string): Promise<void> {
  assert.deepEqual(await filesIn(clone), kept)
  for (const directory of ['pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot', 'pg_notify']) {
    assert.deepEqual(await readdir(join(clone, directory)), [], directory)
  }
  assert.deepEqual(await readFile(join(clone, 'base/1/1259')), Buffer.alloc(100_000, 7))
  const modes = { '.': 0o700, global: 0o750, PG_VERSION: 0o640, backup_label: 0o600 }
  for (const [path, mode] of Object.entries(modes)) {
    assert.equal((await stat(join(clone, path))).mode & 0o7777, mode, path)
  }
  if (!owner) return
  for (const path of ['.', 'base/1', 'base/1/1259', 'pg_wal/summaries']) {
    const { uid, gid } = await stat(join(clone, path))
    assert.deepEqual({ uid, gid }, owner, path)
  }
}

/** Rewrites it in place, as a server does with a page. */
async function overwrite(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.write(bytes, 0, bytes.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

interface Parts {
  t: TestContext
  /** An empty directory on the driver's own file system. */
  root: string
  driver: StorageDriver
}

const cases: { name: string; kinds: Cloning[]; body(parts: Parts): Promise<void> }[] = []

function eachDriver(
  name: string,
  body: (parts: Parts) => Promise<void>,
  kinds: Cloning[] = ['btrfs', 'reflink', 'copy'],
): void {
  cases.push({ name, kinds, body })
}

eachDriver('a clone has the files, modes and owner, and nothing of one run of a server', async parts => {
  const { root, driver } = parts
  await makeCluster(join(root, 'from'))
  await driver.cloneCluster(join(root, 'from'), join(root, 'to'), withOwner)
  await checkClone(join(root, 'to'))
  await syncTree(defaultSpawn, join(root, 'to'))
  await syncEach(join(root, 'to'))
})

eachDriver(
  'a directory for a cluster is empty, private, and what is made in it can be cloned',
  async parts => {
    const { root, driver } = parts
    await driver.makeDirectory(join(root, 'from'), owner)
    const { mode, uid, ino } = await stat(join(root, 'from'))
    assert.equal(mode & 0o7777, 0o700)
    if (owner) assert.equal(uid, owner.uid)
    // So that already the first clone is a snapshot.
    if (driver.kind === 'btrfs') assert.equal(ino, 256)
    assert.deepEqual(await readdir(join(root, 'from')), [])
    await makeCluster(join(root, 'from'))
    if (owner) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, join(root, 'from')])
    await driver.cloneCluster(join(root, 'from'), join(root, 'to'), withOwner)
    await checkClone(join(root, 'to'))
    await assert.rejects(driver.makeDirectory(join(root, 'from')))
  },
)

eachDriver('a clone of a clone, in any depth, stands alone', async ({ root, driver }) => {
  await makeCluster(join(root, 'c0'))
  for (let depth = 1; depth <= 5; depth++) {
    await driver.cloneCluster(join(root, `c${depth - 1}`), join(root, `c${depth}`), withOwner)
    await writeFile(join(root, `c${depth}/pg_wal/000000010000000000000009`), 'of this one')
  }
  await overwrite(join(root, 'c3/base/1/1259'), Buffer.from('changed'))
  for (const depth of [0, 1, 4]) await driver.removeTree(join(root, `c${depth}`))
  await rm(join(root, 'c5/pg_wal/000000010000000000000009'))
  await checkClone(join(root, 'c5'))
  assert.equal((await readFile(join(root, 'c3/base/1/1259'), 'utf8')).slice(0, 7), 'changed')
  assert.equal((await readFile(join(root, 'c2/base/1/1259')))[0], 7)
  assert.equal((await stat(join(root, 'c3/base/1/1259'))).size, 100_000)
})

eachDriver('a cluster that comes from another file system is copied', async ({ t, root, driver }) => {
  const elsewhere = await temporaryRoot(t)
  await makeCluster(join(elsewhere, 'from'))
  await driver.cloneCluster(join(elsewhere, 'from'), join(root, 'to'), withOwner)
  await checkClone(join(root, 'to'))
})

eachDriver('a cluster with a link inside is not cloned', async ({ root, driver }) => {
  await makeCluster(join(root, 'from'))
  await mkdir(join(root, 'from/pg_tblspc'))
  await symlink('/elsewhere', join(root, 'from/pg_tblspc/16384'))
  await assert.rejects(driver.cloneCluster(join(root, 'from'), join(root, 'to')), { code: 'invalid' })
  await rm(join(root, 'from/pg_tblspc/16384'))
  await driver.cloneCluster(join(root, 'from'), join(root, 'clone'))
  await rm(join(root, 'clone/pg_wal'), { recursive: true })
  await symlink('/elsewhere', join(root, 'clone/pg_wal'))
  await assert.rejects(driver.cloneCluster(join(root, 'clone'), join(root, 'to2')), { code: 'invalid' })
})

eachDriver('files may come, go, grow and shrink meanwhile', async ({ root, driver }) => {
  const from = join(root, 'from')
  await makeCluster(from)
  for (let n = 0; n < 60; n++) await writeFile(join(from, `base/1/${n}`), Buffer.alloc(2_000_000, 1))
  let isDone = false
  const server = async () => {
    for (let n = 0; n < 60 && !isDone; n++) {
      const path = join(from, `base/1/${(n * 17) % 60}`)
      if (n % 3 === 0) unlinkSync(path)
      else if (n % 3 === 1) truncateSync(path, 8192)
      else appendFileSync(path, Buffer.alloc(8192, 2))
      await turn()
    }
  }
  const cloning = driver.cloneCluster(from, join(root, 'to'), withOwner).finally(() => {
    isDone = true
  })
  await Promise.all([cloning, server()])
  for (const path of kept) assert.ok((await filesIn(join(root, 'to'))).includes(path))
})

eachDriver('a clone can be given up', async ({ t, root, driver }) => {
  const from = join(root, 'from')
  await makeCluster(from)
  await assert.rejects(driver.cloneCluster(from, join(root, 'to'), { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
  if (driver.kind === 'btrfs') return t.diagnostic('a snapshot takes no time in which it could be given up')
  for (let n = 0; n < 2000; n++) await writeFile(join(from, `base/1/${n}`), 'x')
  const giveUp = new AbortController()
  const cloning = driver.cloneCluster(from, join(root, 'half'), { signal: giveUp.signal })
  const outcome = assert.rejects(cloning, { name: 'AbortError' })
  while (!(await readdir(join(root, 'half/base/1')).catch(() => [])).length) await turn()
  giveUp.abort()
  await outcome
  const made = (await readdir(join(root, 'half/base/1'))).length
  assert.ok(made < 2000, `${made} files were made`)
  // Nobody goes on behind our back.
  await driver.removeTree(join(root, 'half'))
  assert.deepEqual((await readdir(root)).sort(), ['from'])
})

eachDriver(
  'a big file can be given up in the middle',
  async ({ root, driver }) => {
    await mkdir(join(root, 'from'))
    execFileSync('truncate', ['-s', '20G', join(root, 'from/big')])
    const giveUp = new AbortController()
    const cloning = driver.cloneCluster(join(root, 'from'), join(root, 'to'), { signal: giveUp.signal })
    const outcome = assert.rejects(cloning, { name: 'AbortError' })
    while (!(await stat(join(root, 'to/big')).catch(() => null))?.size) await turn()
    giveUp.abort()
    await outcome
    assert.deepEqual(await readdir(join(root, 'to')), [])
  },
  ['copy'],
)

eachDriver('a full disk is told as such', async ({ t, driver }) => {
  const elsewhere = await temporaryRoot(t)
  await mkdir(join(elsewhere, 'from'))
  const kind = ({ btrfs: 'btrfs', reflink: 'xfs', copy: 'ext4' } as const)[driver.kind]
  const small = await mountedFileSystem(t, kind, '300M')
  if (!small) return
  for (let n = 0; n < 4; n++) {
    await writeFile(join(elsewhere, `from/${n}`), Buffer.alloc(100_000_000, n))
  }
  await assert.rejects(
    driver.cloneCluster(join(elsewhere, 'from'), join(small, 'to'), withOwner),
    (error: unknown) => errnoOf(error) === 'ENOSPC',
  )
  await driver.removeTree(join(small, 'to'))
  assert.equal(await stat(join(small, 'to')).catch(() => null), null)
})

eachDriver('one file under a second name', async ({ root, driver }) => {
  await writeFile(join(root, 'a'), Buffer.alloc(50_000, 1), { mode: 0o640 })
  await driver.cloneFile(join(root, 'a'), join(root, 'cloned'))
  await driver.keepFile(join(root, 'a'), join(root, 'kept'))
  await overwrite(join(root, 'cloned'), Buffer.from('changed'))
  for (const name of ['a', 'kept']) {
    assert.deepEqual(await readFile(join(root, name)), Buffer.alloc(50_000, 1))
    assert.equal((await stat(join(root, name))).mode & 0o7777, 0o640)
  }
  // What is kept outlives what it was kept of.
  await rm(join(root, 'a'))
  assert.deepEqual(await readFile(join(root, 'kept')), Buffer.alloc(50_000, 1))
  for (const make of [driver.cloneFile, driver.keepFile]) {
    await assert.rejects(make(join(root, 'kept'), join(root, 'cloned')), { code: 'EEXIST' })
    await assert.rejects(make(join(root, 'a'), join(root, 'b')), { code: 'ENOENT' })
  }
  assert.deepEqual((await readdir(root)).sort(), ['cloned', 'kept'])
})

eachDriver('a file is kept on another file system too', async ({ t, root, driver }) => {
  const elsewhere = await mountedFileSystem(t, 'ext4', '20M')
  if (!elsewhere) return
  await writeFile(join(elsewhere, 'a'), 'x')
  await driver.keepFile(join(elsewhere, 'a'), join(root, 'kept'))
  await driver.cloneFile(join(elsewhere, 'a'), join(root, 'cloned'))
  for (const name of ['kept', 'cloned']) assert.equal(await readFile(join(root, name), 'utf8'), 'x')
})

eachDriver('trees with clusters inside are removed, and what is not there is no error', async parts => {
  const { root, driver } = parts
  await makeCluster(join(root, 'from'))
  for (const path of ['data/br-a/pgdata', 'data/br-a/history/1/pgdata', 'data/br-b/pgdata']) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await driver.cloneCluster(join(root, 'from'), join(root, path), withOwner)
  }
  await driver.removeTree(join(root, 'data/br-a'))
  assert.deepEqual(await readdir(join(root, 'data')), ['br-b'])
  await driver.removeTree(join(root, 'data/br-b/pgdata'))
  await driver.removeTree(join(root, 'data/br-b'))
  await driver.removeTree(join(root, 'data/br-b'))
  await driver.removeTree(join(root, 'nowhere/br-b'))
  assert.deepEqual(await readdir(join(root, 'data')), [])
  await writeFile(join(root, 'file'), 'x')
  await driver.removeTree(join(root, 'file'))
  assert.deepEqual((await readdir(root)).sort(), ['data', 'from'])
})

const mb = 1_000_000

eachDriver(
  'a clone costs nothing until it is written to',
  async ({ root, driver }) => {
    await mkdir(join(root, 'from/base/1'), { recursive: true })
    for (let n = 0; n < 10; n++) await writeFile(join(root, `from/base/1/${n}`), Buffer.alloc(10 * mb, n + 1))
    await driver.cloneCluster(join(root, 'from'), join(root, 'a'), withOwner)
    await driver.removeTree(join(root, 'from'))
    await syncTree(defaultSpawn, root)
    const used = () =>
      Number(execFileSync('stat', ['-f', '-c', '%f', root], { encoding: 'utf8' })) * blockSize
    const blockSize = Number(execFileSync('stat', ['-f', '-c', '%S', root], { encoding: 'utf8' }))
    const freeBytes = used()
    await driver.cloneCluster(join(root, 'a'), join(root, 'b'), withOwner)
    await syncTree(defaultSpawn, root)
    assert.ok(freeBytes - used() < 5 * mb, `${freeBytes - used()} bytes were taken`)
    const paths = [join(root, 'a'), join(root, 'b')]
    for (const { bytes, exclusiveBytes } of await driver.usage(paths)) {
      assert.ok(bytes >= 100 * mb && bytes < 102 * mb, `${bytes} bytes`)
      assert.ok(exclusiveBytes < mb, `${exclusiveBytes} bytes are its own`)
    }
    await overwrite(join(root, 'b/base/1/3'), Buffer.alloc(10 * mb, 99))
    await syncTree(defaultSpawn, root)
    for (const { exclusiveBytes } of await driver.usage(paths)) {
      assert.ok(exclusiveBytes >= 10 * mb && exclusiveBytes < 11 * mb, `${exclusiveBytes} bytes are its own`)
    }
  },
  ['btrfs', 'reflink'],
)

eachDriver(
  'a second copy is its own, a linked file is not',
  async ({ root, driver }) => {
    await mkdir(join(root, 'a'))
    await writeFile(join(root, 'a/1'), Buffer.alloc(mb, 1))
    await driver.cloneCluster(join(root, 'a'), join(root, 'b'))
    await driver.keepFile(join(root, 'a/1'), join(root, 'b/kept'))
    await syncTree(defaultSpawn, root)
    const [a, b, nothing] = await driver.usage([join(root, 'a'), join(root, 'b'), join(root, 'nothing')])
    assert.ok(a && b && a.bytes >= mb && b.bytes >= 2 * mb)
    assert.equal(a.exclusiveBytes, 0)
    assert.ok(b.exclusiveBytes >= mb && b.exclusiveBytes < 2 * mb)
    assert.deepEqual(nothing, { bytes: 0, exclusiveBytes: 0 })
  },
  ['copy'],
)

eachDriver(
  'usage without filefrag calls nothing exclusive',
  async ({ root }) => {
    await writeFile(join(root, 'a'), Buffer.alloc(mb, 1))
    const { driver } = await chooseDriver(root, {
      spawn: (command, args, options) =>
        defaultSpawn(command === 'filefrag' ? '/nonexistent/filefrag' : command, args, options),
    })
    const [usage] = await driver.usage([root])
    assert.ok(usage && usage.bytes >= mb)
    assert.equal(usage.exclusiveBytes, 0)
  },
  ['btrfs', 'reflink'],
)

for (const kind of ['btrfs', 'reflink', 'copy'] as const) {
  test(`the ${kind} driver`, async t => {
    const home = await homes[kind](t)
    if (!home) return
    // Where the plain disk can do better, copying has to be asked for.
    const { driver } = await chooseDriver(home, { override: kind })
    assert.equal(driver.kind, kind)
    for (const { name, kinds, body } of cases) {
      if (!kinds.includes(kind)) continue
      await t.test(name, async t => {
        const root = await mkdtemp(join(home, 'case-'))
        await body({ t, root, driver })
        await rm(root, { recursive: true })
      })
    }
  })
}
