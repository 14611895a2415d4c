// The disk is full in the middle of everything that needs room: it is told as such, nothing half-made stays, and the
// parent is unhurt and can be written to when there is room again.

import assert from 'node:assert/strict'
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ClientConfig } from 'pg'
import { systemClock } from '../../../lib/clock.ts'
import { dayOfHistory, ready, refused, specOf, timeout, until } from '../../conformance/helpers.ts'
import { admin, nowOf, rowsOf, session, value } from '../../conformance/sql.ts'
import type { At, Ref } from '../../engine.ts'
import type { LocalEngine } from '../local-engine.ts'
import { mountedHarness } from '../local-harness.ts'
import { entriesBelow } from '../storage/tree.ts'

const mb = 1_000_000
/** linux/magic.h, and mkfs.xfs's default. */
const xfsMagic = 0x58465342
const inodeBytes = 512
const parent: Ref = { cell: 'local', id: 'br-parent' }
const compute: Ref = { cell: 'local', id: 'ep-parent' }
const local = (id: string): Ref => ({ cell: 'local', id })

class Disk {
  readonly directory: string
  readonly #inodes: string
  #serial = 0

  constructor(directory: string) {
    this.directory = directory
    this.#inodes = join(directory, 'ballast-inodes')
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory)
    return bavail * bsize
  }

  /** Until that holds for a while: XFS gives back what was removed some time later. */
  async fill(leaveBytes: number): Promise<void> {
    for (let quiet = 0; quiet < 5; ) {
      await this.#useInodes()
      await this.#fillOnce(leaveBytes)
      await systemClock.sleep(40)
      quiet = (await this.freeBytes()) - leaveBytes <= 4096 ? quiet + 1 : 0
    }
  }

  /** And stays so while `work` runs, whatever a checkpoint, a thinning or the file system gives back meanwhile. */
  async whileFull<T>(leaveBytes: number, work: () => Promise<T>): Promise<T> {
    await this.fill(leaveBytes)
    let isDone = false
    const keeping = (async () => {
      while (!isDone) {
        await this.#fillOnce(leaveBytes)
        await systemClock.sleep(2)
      }
    })()
    try {
      return await work()
    } finally {
      isDone = true
      await keeping
    }
  }

  /**
   * XFS makes inodes as they are needed, and keeps those of removed files: a branch of a thousand clones finds room in them
   * on a disk without any. What is free beyond what free blocks would give is used up.
   */
  async #useInodes(): Promise<void> {
    const { type } = await statfs(this.directory)
    if (type !== xfsMagic) return
    await mkdir(this.#inodes, { recursive: true })
    for (;;) {
      const { ffree, bavail, bsize } = await statfs(this.directory)
      if (ffree - (bavail * bsize) / inodeBytes < 100) return
      for (let n = 0; n < 50; n++) await writeFile(join(this.#inodes, String(++this.#serial)), '')
    }
  }

  async #fillOnce(leaveBytes: number): Promise<void> {
    const chunk = Buffer.alloc(mb, 1)
    for (let serial = 0; ; serial++) {
      const over = (await this.freeBytes()) - leaveBytes
      if (over <= 4096) return
      const piece = chunk.subarray(0, Math.min(mb, over))
      // The file system may want the last of it for itself.
      const isWritten = await writeFile(join(this.directory, 'ballast'), piece, {
        flag: 'a',
        flush: true,
      }).then(
        () => true,
        () => false,
      )
      if (!isWritten || serial > 20_000) return
    }
  }

  async empty(): Promise<void> {
    await rm(join(this.directory, 'ballast'), { force: true })
    await rm(this.#inodes, { recursive: true, force: true })
  }

  /** What is being made, or half-made. */
  async hidden(directories = ['data', 'exports', 'computes', 'history']): Promise<string[]> {
    const found: string[] = []
    for (const directory of directories) {
      const path = join(this.directory, directory)
      const names = (await entriesBelow(path)).map(entry => entry.name)
      found.push(...names.filter(name => /^\.(staging|trash|next)-/.test(name)))
    }
    return found
  }
}

/** What is left free: not enough for a branch, which is copied on the one and shares its bytes on the other. */
const places = [
  { kind: 'ext4', leaveBytes: 15 * mb },
  { kind: 'xfs', leaveBytes: 300_000 },
] as const

for (const { kind, leaveBytes } of places) {
  test(`a full disk, ${kind}`, { timeout: 2 * timeout }, async t => {
    const pace = { snapshotEveryBytes: 1, snapshotAtRestEveryBytes: 1, reserveBytes: () => 0 }
    const harness = await mountedHarness(17, kind, '1200M', { pace })
    if (!harness) return t.skip(`no ${kind} can be mounted here`)
    const disk = new Disk(harness.dataDir)
    let engine: LocalEngine | undefined
    try {
      engine = await harness.open()
      await engine.prepared
      await run(t, engine, disk, leaveBytes)
    } finally {
      await disk.empty()
      await engine?.close()
      await harness.destroy(false)
    }
  })
}

async function run(
  t: { test: typeof test },
  engine: LocalEngine,
  disk: Disk,
  leaveBytes: number,
): Promise<void> {
  let gen = 0
  const wake = async (): Promise<ClientConfig> => {
    await ready(engine, compute, ++gen, specOf(parent))
    const login = await admin(engine, compute)
    // Where the disk was quite full it may have ended its sessions, and be at its recovery.
    await untilTrue(() =>
      value(login, 'select true').then(
        () => true,
        () => false,
      ),
    )
    return login
  }
  const open = async (id: string): Promise<number[]> => {
    await ready(engine, local(`ep-${id}`), ++gen, specOf(local(id)))
    const rows = await rowsOf(await admin(engine, local(`ep-${id}`)))
    await engine.ensureGone(local(`ep-${id}`), ++gen)
    return rows
  }
  const fromParent = (at: At) => ({ from: 'branch' as const, parent, at })
  const head: At = { head: true }

  await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
  const login = await wake()
  const time = await session(login, async client => {
    await client.query('create table t (n int); insert into t values (1)')
    const now = await nowOf(client)
    await client.query('insert into t values (2)')
    await client.query(`create table bulk as select repeat('x', 1000) as x from generate_series(1, 10000)`)
    await client.query('checkpoint')
    return now
  })
  await mkdir(join(disk.directory, 'exports'))
  await engine.ensureData(local('br-victim'), 1, fromParent(head), dayOfHistory)
  assert.deepEqual(await open('br-victim'), [1, 2])

  /** A branch of an awake parent ends a segment of its WAL, of which a snapshot may be on its way. */
  const nothingHalfMade = async (): Promise<void> => {
    assert.deepEqual(await disk.hidden(['data', 'exports', 'computes']), [])
    await untilTrue(async () => (await disk.hidden(['history'])).length === 0)
  }

  await t.test('branch, restore, replacement and export', async () => {
    for (const isAwake of [true, false]) {
      if (!isAwake) await engine.ensureStopped(compute, ++gen, 'fast')
      // What was begun behind the stop may go on for a while.
      await untilTrue(async () => (await disk.hidden()).length === 0)
      const child = local('br-child')
      for (const [at, settled] of [
        [head, false],
        [{ time }, false],
        [{ time }, true],
      ] as const) {
        await disk.whileFull(leaveBytes, () => {
          const made = engine.ensureData(child, 1, fromParent(at), { ...dayOfHistory, settled })
          return refused('no_capacity', made)
        })
        await nothingHalfMade()
        assert.equal((await engine.observe(child)).phase, 'gone')
      }
      const replaced = { ...dayOfHistory, keepOldAs: local('br-old'), token: 'one' }
      for (const at of [head, { time }]) {
        await disk.whileFull(leaveBytes, () => {
          const made = engine.replaceData(local('br-victim'), ++gen, fromParent(at), replaced)
          return refused('no_capacity', made)
        })
        await nothingHalfMade()
        assert.equal((await engine.observe(local('br-old'))).phase, 'gone')
      }
      const path = join(disk.directory, 'exports')
      await disk.whileFull(leaveBytes, () =>
        refused('no_capacity', engine.exportData(parent, join(path, 'one'))),
      )
      await nothingHalfMade()
      assert.ok(!(await readdir(path).catch((): string[] => [])).includes('one'))
      await disk.empty()
      assert.deepEqual(await open('br-victim'), [1, 2])
    }
    // The same calls, with room.
    await engine.ensureData(local('br-child'), 1, fromParent({ time }), dayOfHistory)
    assert.deepEqual(await open('br-child'), [1])
    const replaced = { ...dayOfHistory, keepOldAs: local('br-old'), token: 'one' }
    await engine.replaceData(local('br-victim'), ++gen, fromParent({ time }), replaced)
    assert.deepEqual(await open('br-victim'), [1])
    assert.deepEqual(await open('br-old'), [1, 2])
    for (const id of ['br-child', 'br-old', 'br-victim']) await engine.ensureGone(local(id), ++gen)
  })

  await t.test('a parent that writes until nothing is left', async () => {
    await wake()
    await disk.fill(40 * mb)
    let told = 2
    const failure = await session(login, async client => {
      for (;;) {
        await client.query(`insert into bulk select repeat('y', 1000) from generate_series(1, 2000)`)
        await client.query(`insert into t values (${told + 1})`)
        told++
      }
    }).catch((error: Error) => error)
    assert.ok(failure instanceof Error)
    await disk.empty()
    // It may have ended over it.
    await wake()
    const rows = await rowsOf(login)
    assert.deepEqual(
      rows.slice(0, told),
      Array.from({ length: told }, (_, index) => index + 1),
    )
    assert.ok(rows.length <= told + 1)
    const later = await session(login, async client => {
      await client.query('insert into t values (-1)')
      const now = await nowOf(client)
      await client.query('insert into t values (-2)')
      return now
    })
    await engine.ensureData(local('br-later'), 1, fromParent({ time: later }), dayOfHistory)
    assert.equal((await open('br-later')).length, rows.length + 1)
    await engine.ensureGone(local('br-later'), ++gen)
  })

  await t.test('a stop whose snapshot has no room is a stop all the same', async () => {
    await session(login, client => client.query('insert into t values (-3)'))
    // A shutdown begins a new segment of WAL.
    await disk.fill(18 * mb)
    await engine.ensureStopped(compute, ++gen, 'fast')
    assert.equal((await engine.observe(compute)).phase, 'stopped')
    await disk.empty()
    await untilTrue(async () => (await disk.hidden()).length === 0)
    await wake()
    assert.equal(await value(login, 'select count(*)::int from t where n < 0'), 3)
    await until(engine, compute, 'ready')
    await engine.ensureStopped(compute, ++gen, 'fast')
  })
}

describe('history makes room for databases', () => {
  test('windows are shortened, and say so', { timeout }, async t => {
    let isScarce = false
    const reserveBytes = (total: number): number => (isScarce ? total : 0)
    const pace = { snapshotEveryBytes: 1, thinEveryMs: 100, reserveBytes }
    const harness = await mountedHarness(17, 'xfs', '2G', { pace })
    if (!harness) return t.skip('no XFS can be mounted here')
    const engine = await harness.open()
    try {
      await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
      await ready(engine, compute, 1, specOf(parent))
      const login = await admin(engine, compute)
      const write = (n: number) =>
        session(login, async client => {
          await client.query('create table if not exists t (n int)')
          await client.query(`insert into t values (${n})`)
          const now = await nowOf(client)
          await client.query(`insert into t values (${n + 1})`)
          await client.query('select pg_switch_wal()')
          return now
        })
      const early = await write(1)
      let serial = 0
      const open = async (time: string): Promise<number[]> => {
        const id = `br-${++serial}`
        const origin = { from: 'branch' as const, parent, at: { time } }
        await engine.ensureData(local(id), 1, origin, { windowSeconds: 0 })
        await ready(engine, local(`ep-${id}`), 1, specOf(local(id)))
        const rows = await rowsOf(await admin(engine, local(`ep-${id}`)))
        await engine.ensureGone(local(`ep-${id}`), 2)
        await engine.ensureGone(local(id), 2)
        return rows
      }
      assert.deepEqual(await open(early), [1])
      const from = async () => (await engine.observe(parent)).history?.from ?? null
      const before = await from()
      isScarce = true
      await write(3)
      await untilTrue(async () => (await from()) !== before)
      const origin = { from: 'branch' as const, parent, at: { time: early } }
      await refused('out_of_window', engine.ensureData(local('br-late'), 1, origin, dayOfHistory))
      isScarce = false
      // History begins again, and is whole from there.
      await untilTrue(async () => {
        await write(100)
        return (await from()) !== null
      })
      const later = await write(5)
      assert.equal((await open(later)).at(-1), 101)
      assert.deepEqual((await open(later)).slice(0, 5), [1, 2, 3, 4, 5])
      await engine.ensureGone(compute, 2)
    } finally {
      await engine.close()
      await harness.destroy(false)
    }
  })
})

async function untilTrue(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 50))
}
