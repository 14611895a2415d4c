// Large families, deep ones, and what their windows let go of.

import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ClientConfig } from 'pg'
import { dayOfHistory, pause, ready, refused, specOf } from '../../conformance/helpers.ts'
import { admin, nowOf, rowsOf, session } from '../../conformance/sql.ts'
import type { At, DataOptions, Ref } from '../../engine.ts'
import type { LocalEngine } from '../local-engine.ts'
import { type LocalHarness, mountedHarness } from '../local-harness.ts'
import { entriesBelow } from '../storage/tree.ts'

const local = (id: string): Ref => ({ cell: 'local', id })
const head: At = { head: true }
/** More of them are tried by hand. */
const siblings = Number(process.env.PILOTLIGHT_TEST_BRANCHES || 60)
const depth = 50

describe('families', () => {
  let harness: LocalHarness
  let engine: LocalEngine
  let isThere = false
  let failed = false
  let gen = 0
  let serial = 0

  before(async () => {
    const pace = {
      snapshotEveryBytes: 1,
      snapshotAtRestEveryBytes: 1,
      thinEveryMs: 100,
      reserveBytes: () => 0,
    }
    const made = await mountedHarness(17, 'xfs', '8G', { pace })
    if (!made) return
    harness = made
    isThere = true
    engine = await harness.open()
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(failed)
  })

  const check = (title: string, work: (t: TestContext) => Promise<void>): void => {
    test(title, { timeout: 240_000 }, async t => {
      if (!isThere) return t.skip('no XFS can be mounted here')
      try {
        await work(t)
      } catch (error) {
        failed = true
        throw error
      }
    })
  }
  const nextId = (): string => `br-${++serial}`
  const up = async (id: string): Promise<ClientConfig> => {
    await ready(engine, local(`ep-${id}`), ++gen, specOf(local(id)))
    return await admin(engine, local(`ep-${id}`))
  }
  const down = async (id: string): Promise<void> => {
    await engine.ensureGone(local(`ep-${id}`), ++gen)
  }
  const gone = async (id: string): Promise<void> => {
    await down(id)
    await engine.ensureGone(local(id), ++gen)
  }
  const branch = async (parent: string, at: At, options: DataOptions = dayOfHistory, id = nextId()) => {
    await engine.ensureData(local(id), ++gen, { from: 'branch', parent: local(parent), at }, options)
    return id
  }
  const empty = async (options: DataOptions = dayOfHistory): Promise<string> => {
    const id = nextId()
    await engine.ensureData(local(id), ++gen, { from: 'empty', pgMajor: 17 }, options)
    await session(await up(id), client => client.query('create table t (n int)'))
    return id
  }
  const insert = async (id: string, n: number): Promise<string> =>
    await session(await admin(engine, local(`ep-${id}`)), async client => {
      await client.query(`insert into t values (${n})`)
      const now = await nowOf(client)
      await client.query('select pg_switch_wal()')
      return now
    })
  const rowsAt = async (parent: string, at: At): Promise<number[]> => {
    const id = await branch(parent, at, { windowSeconds: 0 })
    const rows = await rowsOf(await up(id))
    await gone(id)
    return rows
  }
  const historyFrom = async (id: string): Promise<string | null> =>
    (await engine.observe(local(id))).history?.from ?? null

  check(`${depth} branches, each of the one before`, async () => {
    const line = [await empty()]
    const early = await insert(line[0]!, 0)
    const expected = [0]
    for (let level = 1; level <= depth; level++) {
      const before = line.at(-1)!
      line.push(await branch(before, head))
      if (level % 5 === 0) {
        await up(line.at(-1)!)
        await insert(line.at(-1)!, level)
        expected.push(level)
      }
      // Awake, asleep, and never started: all three are parents.
      if (level % 10 === 1) await down(before)
    }
    const last = line.at(-1)!
    assert.deepEqual(await rowsOf(await up(last)), expected)
    assert.deepEqual(await rowsAt(last, { time: early }), [0])
    for (const id of line.slice(0, -1).reverse()) await gone(id)
    assert.deepEqual(await rowsAt(last, { time: early }), [0])
    assert.deepEqual(await rowsAt(last, head), expected)
    await gone(last)
  })

  check('asked for twice at once, there is one', async () => {
    const parent = await empty()
    await insert(parent, 1)
    const id = nextId()
    const number = ++gen
    const origin = { from: 'branch' as const, parent: local(parent), at: head }
    const calls = Array.from({ length: 4 }, () => engine.ensureData(local(id), number, origin, dayOfHistory))
    for (const { phase } of await Promise.all(calls)) assert.equal(phase, 'ready')
    assert.deepEqual(await rowsOf(await up(id)), [1])
    await gone(id)
    await gone(parent)
  })

  check('what falls out of a window goes, what others reach or was made of it stays', async () => {
    const parent = await empty()
    const early = await insert(parent, 1)
    const named = await branch(parent, { time: early }, { windowSeconds: 0 })
    const later = await insert(parent, 2)
    const child = await branch(parent, head)
    // Short only now: what was made of its past by then took as long as it took.
    await engine.ensureWindow(local(parent), ++gen, 2)
    const wal = async (): Promise<number> => {
      const entries = await entriesBelow(join(harness.dataDir, 'history'))
      return entries.filter(entry => entry.parentPath.endsWith('/wal') && /^[0-9A-F]{24}\./.test(entry.name))
        .length
    }
    // Windows move on, whether anybody writes or not.
    for (let n = 3; (await historyFrom(parent))! <= later; n++) {
      await insert(parent, n)
      await pause(300)
    }
    await refused('out_of_window', branch(parent, { time: early }))
    assert.deepEqual(await rowsAt(child, { time: early }), [1])
    assert.deepEqual(await rowsAt(child, { time: later }), [1, 2])
    assert.deepEqual(await rowsOf(await up(named)), [1])
    const before = await wal()
    await gone(child)
    while ((await wal()) >= before) await pause(50)
    await gone(parent)
    assert.deepEqual(await rowsOf(await up(named)), [1])
    await gone(named)
    // The thinning leaves nothing of families that nobody belongs to.
    while ((await readdir(join(harness.dataDir, 'history'))).length > 0) await pause(50)
  })

  check('a window that is opened begins then, and not with what was never kept', async () => {
    const parent = await empty({ windowSeconds: 0 })
    const early = await insert(parent, 1)
    for (let n = 2; n < 6; n++) await insert(parent, n)
    await session(await admin(engine, local(`ep-${parent}`)), client => client.query('checkpoint'))
    // A child that keeps a history, of a parent that kept none.
    const child = await branch(parent, head)
    await up(child)
    const ofChild = await insert(child, 10)
    await refused('out_of_window', branch(parent, { time: early }))
    await engine.ensureWindow(local(parent), ++gen, 3_600)
    while ((await historyFrom(parent)) === null) await pause(20)
    await refused('out_of_window', branch(parent, { time: early }))
    const later = await insert(parent, 6)
    await insert(parent, 7)
    assert.deepEqual(await rowsAt(parent, { time: later }), [1, 2, 3, 4, 5, 6])
    const from = await historyFrom(child)
    assert.ok(from === null || from > early)
    if (from === null || ofChild < from) await refused('out_of_window', branch(child, { time: ofChild }))
    else assert.deepEqual(await rowsAt(child, { time: ofChild }), [1, 2, 3, 4, 5, 10])
    // It has a snapshot by the time it has slept.
    await down(child)
    while ((await historyFrom(child)) === null) await pause(20)
    await up(child)
    const ofChildLater = await insert(child, 11)
    await insert(child, 12)
    assert.deepEqual(await rowsAt(child, { time: ofChildLater }), [1, 2, 3, 4, 5, 10, 11])
    await gone(child)
    await gone(parent)
  })

  check('what is brought in has a history from then on', async () => {
    const parent = await empty()
    await insert(parent, 1)
    await mkdir(join(harness.dataDir, 'exports'), { recursive: true })
    const path = join(harness.dataDir, 'exports', 'one')
    await engine.exportData(local(parent), path)
    const id = nextId()
    await engine.ensureData(local(id), ++gen, { from: 'directory', path }, dayOfHistory)
    while ((await historyFrom(id)) === null) await pause(20)
    await up(id)
    const time = await insert(id, 2)
    await insert(id, 3)
    assert.deepEqual(await rowsAt(id, { time }), [1, 2])
    await gone(id)
    await gone(parent)
  })
})

test(`${siblings} branches of one parent, which goes`, { timeout: 240_000 + siblings * 1_000 }, async t => {
  const harness = await mountedHarness(17, 'xfs', `${8 + Math.ceil(siblings / 40)}G`)
  if (!harness) return t.skip('no XFS can be mounted here')
  const engine = await harness.open()
  let failed = true
  try {
    const parent = local('br-parent')
    const rowsIn = async (id: string): Promise<number[]> => {
      const compute = local(`ep-${id}`)
      await ready(engine, compute, 1, specOf(local(id)))
      const rows = await rowsOf(await admin(engine, compute))
      await engine.ensureGone(compute, 2)
      return rows
    }
    await engine.ensureData(parent, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
    await ready(engine, local('ep-parent'), 1, specOf(parent))
    await session(await admin(engine, local('ep-parent')), client =>
      client.query('create table t (n int); insert into t values (1)'),
    )
    const startedAt = performance.now()
    const ids = Array.from({ length: siblings }, (_, n) => `br-${n}`)
    let next = 0
    const make = async (): Promise<void> => {
      for (let id = ids[next++]; id; id = ids[next++]) {
        await engine.ensureData(local(id), 1, { from: 'branch', parent, at: head }, dayOfHistory)
        if (next % 50 === 0) t.diagnostic(`${next} after ${Math.round(performance.now() - startedAt)} ms`)
      }
    }
    await Promise.all([make(), make(), make(), make()])
    t.diagnostic(`${siblings} branches took ${Math.round(performance.now() - startedAt)} ms`)
    await engine.ensureGone(local('ep-parent'), 2)
    await engine.ensureGone(parent, 2)
    for (const id of [ids[0]!, ids.at(-1)!]) assert.deepEqual(await rowsIn(id), [1])
    failed = false
  } finally {
    await engine.close()
    await harness.destroy(failed)
  }
})
