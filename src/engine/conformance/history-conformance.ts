// Branches of running parents, of past moments, replacement: what every engine has to do beside engine-conformance.ts.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ClientConfig } from 'pg'
import type { At, ComputeSpec, DataOptions, Engine, Ref } from '../engine.ts'
import type { EngineHarness } from './engine-conformance.ts'
import { dayOfHistory, pause, ready, refused, specOf, timeout } from './helpers.ts'
import { admin, connect, nowOf, owner, rowsOf, session, value } from './sql.ts'

interface Made {
  data: Ref
  compute: Ref
  spec: ComputeSpec
}

/** `makeHarness` answers null where its place cannot be had: then the suite is skipped. */
export function historyConformance(name: string, makeHarness: () => Promise<EngineHarness | null>): void {
  describe(`history conformance: ${name}`, () => {
    let harness: EngineHarness
    let isThere = false
    let engine: Engine
    let failed = false
    let serial = 0

    before(async () => {
      const made = await makeHarness()
      if (!made) return
      isThere = true
      harness = made
      engine = await harness.open()
    })
    after(async () => {
      await engine?.close()
      await harness?.destroy(failed)
    })

    const check = (title: string, work: () => Promise<void>): void => {
      test(title, { timeout }, async t => {
        if (!isThere) return t.skip('there is no such place here')
        try {
          await work()
        } catch (error) {
          failed = true
          throw error
        }
      })
    }
    const refs = (): Made => {
      const { cell } = harness
      const data = { cell, id: `br-h-${++serial}` }
      return { data, compute: { cell, id: `ep-h-${serial}` }, spec: specOf(data) }
    }
    const up = async ({ compute, spec }: Made, gen = 1): Promise<ClientConfig> => {
      await ready(engine, compute, gen, spec)
      return await owner(engine, compute)
    }
    const awake = async (options: DataOptions = dayOfHistory) => {
      const made = refs()
      await engine.ensureData(made.data, 1, { from: 'empty', pgMajor: harness.pgMajor }, options)
      return { ...made, login: await up(made) }
    }
    const branch = async (parent: Ref, at: At, options: DataOptions = dayOfHistory): Promise<Made> => {
      const made = refs()
      await engine.ensureData(made.data, 1, { from: 'branch', parent, at }, options)
      return made
    }
    const down = async ({ compute }: Made, gen = 2): Promise<void> => {
      await engine.ensureStopped(compute, gen, 'fast')
    }

    check(
      'a branch of a running parent has every commit that was acknowledged, and stands alone',
      async () => {
        const parent = await awake()
        await session(parent.login, client =>
          client.query('create table t (n int primary key, at timestamptz)'),
        )
        const writer = await connect(parent.login)
        let told = 0
        let writing = true
        const written = (async () => {
          for (let n = 1; writing; n++) {
            await writer.query('insert into t values ($1, clock_timestamp())', [n])
            told = n
          }
        })()
        const children: { made: Made; told: number }[] = []
        for (let round = 0; round < 4; round++) {
          await pause(60)
          const before = told
          children.push({ made: await branch(parent.data, { head: true }), told: before })
        }
        // Two at once.
        const before = told
        const both = await Promise.all([
          branch(parent.data, { head: true }),
          branch(parent.data, { head: true }),
        ])
        for (const made of both) children.push({ made, told: before })
        writing = false
        await written
        await writer.end()
        for (const child of children) {
          const login = await up(child.made)
          const has = await rowsOf(login)
          assert.deepEqual(
            has,
            Array.from({ length: has.length }, (_, index) => index + 1),
            'no gap',
          )
          assert.ok(has.length >= child.told, `${has.length} rows, ${child.told} acknowledged`)
          await session(login, client => client.query('insert into t values (-1)'))
          await checkTables(await admin(engine, child.made.compute))
          await down(child.made)
        }
        assert.equal((await rowsOf(parent.login)).length, told)
        await down(parent)
      },
    )

    check('a branch of a branch of a branch, each with rows of its own; any of them may go', async () => {
      const root = await awake()
      await session(root.login, client => client.query('create table t (n int); insert into t values (0)'))
      const line: (Made & { login: ClientConfig })[] = [root]
      for (let depth = 1; depth <= 4; depth++) {
        const made = await branch(line.at(-1)!.data, { head: true })
        // Of one that was never started, too.
        if (depth === 2) {
          const untouched = await branch(made.data, { head: true })
          assert.deepEqual(await rowsOf(await up(untouched)), [0, 1])
          await down(untouched)
        }
        const login = await up(made)
        await session(login, client => client.query(`insert into t values (${depth})`))
        line.push({ ...made, login })
      }
      const middle = line[2]!
      await down(middle)
      await engine.ensureGone(middle.compute, 3)
      await engine.ensureGone(middle.data, 3)
      await down(root)
      await engine.ensureGone(root.compute, 3)
      await engine.ensureGone(root.data, 3)
      assert.deepEqual(await rowsOf(line[1]!.login), [0, 1])
      assert.deepEqual(await rowsOf(line[4]!.login), [0, 1, 2, 3, 4])
      for (const made of [line[1]!, line[3]!, line[4]!]) await down(made)
    })

    check('any moment: what was committed before is there, what came after is not', async () => {
      const parent = await awake()
      const client = await connect(parent.login)
      await client.query('create table t (n int)')
      const moments: { at: At; rows: number }[] = []
      for (let n = 1; n <= 12; n++) {
        await client.query(`insert into t values (${n})`)
        const time = await nowOf(client)
        const { rows } = await client.query('select pg_current_wal_lsn()::text as lsn')
        moments.push({ at: { time }, rows: n }, { at: { lsn: rows[0].lsn }, rows: n })
        if (n % 4 === 0)
          await session(await admin(engine, parent.compute), c => c.query('select pg_switch_wal()'))
      }
      await client.end()
      const checkAll = async (list: typeof moments) => {
        for (const moment of list) {
          const made = await branch(parent.data, moment.at)
          const login = await up(made)
          assert.equal((await rowsOf(login)).length, moment.rows, JSON.stringify(moment.at))
          await session(login, client => client.query('insert into t values (-1)'))
          await down(made)
          await engine.ensureGone(made.compute, 3)
          await engine.ensureGone(made.data, 3)
        }
      }
      // Awake; asleep; after a wake.
      await checkAll(moments.filter((_, index) => index % 5 === 0))
      await down(parent)
      await checkAll(moments.filter((_, index) => index % 7 === 3))
      await ready(engine, parent.compute, 3, parent.spec)
      await session(parent.login, client => client.query('insert into t values (13)'))
      await checkAll(moments.filter((_, index) => index > 20))
      await down(parent, 4)
    })

    check('at a commit’s own time it is in; a replay that finds no later commit is right', async () => {
      const parent = await awake()
      const client = await connect(parent.login)
      await client.query('create table t (n int)')
      await session(await admin(engine, parent.compute), c => c.query('checkpoint'))
      await client.query('insert into t values (1)')
      const last = await nowOf(client)
      await client.end()
      await pause(20)
      const quiet = new Date().toISOString()
      await pause(5)
      const awakeStill = await branch(parent.data, { time: quiet })
      assert.deepEqual(await rowsOf(await up(awakeStill)), [1])
      await down(awakeStill)
      await down(parent)
      for (const time of [last, quiet]) {
        const made = await branch(parent.data, { time })
        assert.deepEqual(await rowsOf(await up(made)), [1])
        await down(made)
      }
      await pause(10)
      const asleep = await branch(parent.data, { time: new Date().toISOString() })
      assert.deepEqual(await rowsOf(await up(asleep)), [1])
      await down(asleep)
    })

    check(
      'a moment before the branch was made is its parent’s; after a restore, each line has its own',
      async () => {
        const parent = await awake()
        const client = await connect(parent.login)
        await client.query('create table t (n int); insert into t values (1)')
        const early = await nowOf(client)
        await client.query('insert into t values (2)')
        const later = await nowOf(client)
        const child = await branch(parent.data, { time: early })
        const login = await up(child)
        await session(login, c => c.query('insert into t values (10)'))
        const ofChild = await session(login, nowOf)
        await session(login, c => c.query('insert into t values (11)'))
        await client.query('insert into t values (3)')
        await client.end()
        // The child's own life.
        const grandchild = await branch(child.data, { time: ofChild })
        assert.deepEqual(await rowsOf(await up(grandchild)), [1, 10])
        await down(grandchild)
        // Restored to its own past, and then back to before that.
        await down(child)
        const kept = { ...child.data, id: `${child.data.id}-kept` }
        const replaced = { ...dayOfHistory, keepOldAs: kept, token: 'one' }
        const origin = { from: 'branch' as const, parent: child.data, at: { time: ofChild } }
        await engine.replaceData(child.data, 2, origin, replaced)
        await engine.replaceData(child.data, 3, origin, replaced)
        assert.equal((await engine.observe(kept)).phase, 'ready')
        assert.deepEqual(await rowsOf(await up(child, 3)), [1, 10])
        await session(login, c => c.query('insert into t values (12)'))
        await down(child, 4)
        const again = { ...kept, id: `${kept.id}-2` }
        await engine.replaceData(
          child.data,
          5,
          {
            from: 'branch',
            parent: child.data,
            at: { time: new Date(Date.parse(ofChild) + 5).toISOString() },
          },
          { ...dayOfHistory, keepOldAs: again, token: 'two' },
        )
        await down(parent)
        // From before it was made; the parent, which has that, may be gone.
        const before = await branch(child.data, { time: early })
        assert.deepEqual(await rowsOf(await up(before)), [1])
        await down(before)
        await engine.ensureGone(parent.compute, 3)
        await engine.ensureGone(parent.data, 3)
        for (const gone of [kept, again]) await engine.ensureGone(gone, 3)
        const orphan = await branch(child.data, { time: early })
        assert.deepEqual(await rowsOf(await up(orphan)), [1])
        await down(orphan)
        const beyond = await branch(child.data, { time: later })
        assert.deepEqual(await rowsOf(await up(beyond)), [1], 'at that time the child stood where it began')
        await down(beyond)
      },
    )

    check('outside of the window is refused, with the window in the text', async () => {
      const parent = await awake()
      const none = await awake({ windowSeconds: 0 })
      const data = refs().data
      const hour = 3_600_000
      const at = (time: number): At => ({ time: new Date(time).toISOString() })
      for (const [from, moment] of [
        [parent.data, at(Date.now() - 48 * hour)],
        [parent.data, at(Date.now() + hour)],
        [parent.data, { lsn: 'FF/0' }],
        [parent.data, { lsn: '0/100' }],
        [none.data, at(Date.now() - 10)],
      ] as [Ref, At][]) {
        await refused(
          'out_of_window',
          engine.ensureData(data, 1, { from: 'branch', parent: from, at: moment }, dayOfHistory),
        )
        assert.equal((await engine.observe(data)).phase, 'gone')
      }
      const wrong = { from: 'branch' as const, parent: parent.data, at: { time: 'yesterday' } }
      await refused('invalid', engine.ensureData(data, 1, wrong, dayOfHistory))
      await assert.rejects(
        engine.ensureData(
          data,
          1,
          { from: 'branch', parent: parent.data, at: at(Date.now() - 48 * hour) },
          dayOfHistory,
        ),
        /its history can be opened from \d{4}-\d\d-\d\dT/,
      )
      assert.match((await engine.observe(parent.data)).history!.from, /^\d{4}-/)
      await down(parent)
      await down(none)
    })

    check('replaced data keeps its name; the old lives on, comes back, or goes', async () => {
      const parent = await awake()
      const branchMade = await branch(parent.data, { head: true })
      const login = await up(branchMade)
      await session(login, c => c.query('create table mine (n int)'))
      await session(parent.login, c => c.query('create table t (n int); insert into t values (7)'))
      const kept = { ...branchMade.data, id: `${branchMade.data.id}-old` }
      const origin = { from: 'branch' as const, parent: parent.data, at: { head: true as const } }
      const options = { ...dayOfHistory, keepOldAs: kept, token: 'reset' }
      await refused('conflict', engine.replaceData(branchMade.data, 2, origin, options))
      await down(branchMade)
      await refused('stale_generation', engine.replaceData(branchMade.data, 0, origin, options))
      await engine.replaceData(branchMade.data, 2, origin, options)
      await refused(
        'conflict',
        engine.replaceData(branchMade.data, 3, origin, { ...options, token: 'other' }),
      )
      assert.deepEqual(await rowsOf(await up(branchMade, 3)), [7])
      await down(branchMade, 4)
      // Back again.
      const aside = { ...kept, id: `${kept.id}-aside` }
      await engine.replaceData(
        branchMade.data,
        4,
        { from: 'kept', ref: kept },
        { ...dayOfHistory, keepOldAs: aside, token: 'undo' },
      )
      assert.equal((await engine.observe(kept)).phase, 'gone')
      const back = await up(branchMade, 5)
      assert.equal(await value(back, 'select count(*)::int from mine'), 0)
      await down(branchMade, 6)
      // Under its new name data has a fence of its own.
      await engine.ensureGone(aside, 1)
      assert.equal((await engine.observe(aside)).phase, 'gone')
      await down(parent)
    })

    check('a past moment can be read and not written, also where the roles were others', async () => {
      const parent = await awake()
      const client = await connect(parent.login)
      await client.query('create table t (n int); insert into t values (1)')
      const time = await nowOf(client)
      await client.query('insert into t values (2)')
      await client.end()
      const made = await branch(parent.data, { time }, { windowSeconds: 0 })
      await ready(engine, made.compute, 1, { ...made.spec, mode: 'ro' })
      const login = { ...(await admin(engine, made.compute)), user: 'neondb_owner', password: 'of today' }
      assert.deepEqual(await rowsOf(login), [1])
      await assert.rejects(
        session(login, c => c.query('insert into t values (3)')),
        { code: '25006' },
      )
      await down(made)
      await engine.ensureGone(made.compute, 3)
      await engine.ensureGone(made.data, 3)
      await down(parent)
    })

    check('data that has to be replayed can be settled at once, and serves as a parent', async () => {
      const parent = await awake()
      const client = await connect(parent.login)
      await client.query('create table t (n int); insert into t values (1)')
      const time = await nowOf(client)
      await client.query('insert into t values (2)')
      await client.end()
      const settled = await branch(parent.data, { time }, { windowSeconds: 0, settled: true })
      const unsettled = await branch(parent.data, { time }, { windowSeconds: 0 })
      for (const source of [settled, unsettled]) {
        const child = await branch(source.data, { head: true })
        assert.deepEqual(await rowsOf(await up(child)), [1])
        await down(child)
      }
      await down(parent)
    })

    check('an export is opened again as a branch', async () => {
      const parent = await awake()
      await session(parent.login, c => c.query('create table t (n int); insert into t values (5)'))
      const path = await harness.exportPath()
      const { bytes } = await engine.exportData(parent.data, path)
      assert.ok(bytes > 1_000_000)
      await refused('invalid', engine.exportData(parent.data, path))
      const made = refs()
      await engine.ensureData(made.data, 1, { from: 'directory', path }, dayOfHistory)
      assert.deepEqual(await rowsOf(await up(made)), [5])
      await down(made)
      await refused(
        'invalid',
        engine.ensureData(refs().data, 1, { from: 'directory', path: `${path}-none` }, dayOfHistory),
      )
      await down(parent)
    })

    check('usage tells what each takes', async () => {
      const parent = await awake()
      await down(parent)
      const child = await branch(parent.data, { head: true })
      const [first, second] = await engine.usage([parent.data, child.data])
      assert.ok(first!.bytes > 10_000_000)
      assert.ok(second!.exclusiveBytes <= second!.bytes)
    })
  })
}

/** Every page is whole and every index fits its table (amcheck). */
async function checkTables(login: ClientConfig): Promise<void> {
  await session(login, async client => {
    await client.query('create extension if not exists amcheck')
    await client.query(
      `select bt_index_check(c.oid, true) from pg_class c join pg_am a on a.oid = c.relam
        where a.amname = 'btree' and c.relpersistence <> 't' and c.relkind = 'i'`,
    )
    await client
      .query(
        `select v.* from pg_class c, verify_heapam(c.oid) v where c.relkind = 'r' and c.relpersistence <> 't'`,
      )
      .then(({ rows }) => assert.deepEqual(rows, []))
  })
}
