// What every engine has to do, as tests. An engine's own test file says how it is opened and how it can be hurt:
//
//   engineConformance('local, Postgres 17', () => localHarness(17))

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ComputeSpec, Engine, Ref } from '../engine.ts'
import { all, dayOfHistory, pause, ready, refused, specOf, timeout, until, untilNot } from './helpers.ts'
import { admin, connect, owner, session, value } from './sql.ts'

/** An engine with a place of its own, and ways to hurt it. */
export interface EngineHarness {
  cell: string
  pgMajor: number
  /** Called again after `engine.close()`, it is the same engine after a restart of control. */
  open(): Promise<Engine>
  /** Postgres of this compute dies without a word. */
  kill(compute: Ref): Promise<void>
  /** How many Postgres servers work on this data, whoever started them. */
  servers(data: Ref): Promise<number>
  /** Puts data there that no engine call has made. */
  plantOrphan(id: string): Promise<void>
  /** A path on the engine's machine at which nothing is. */
  exportPath(): Promise<string>
  /** Stops everything that was started. What it kept is left for a look where a test failed. */
  destroy(failed: boolean): Promise<void>
}

export function engineConformance(name: string, makeHarness: () => Promise<EngineHarness>): void {
  describe(`engine conformance: ${name}`, () => {
    let harness: EngineHarness
    let engine: Engine
    let failed = false
    let serial = 0

    before(async () => {
      harness = await makeHarness()
      engine = await harness.open()
    })
    after(async () => {
      await engine?.close()
      await harness?.destroy(failed)
    })

    const check = (title: string, work: () => Promise<void>): void => {
      test(title, { timeout }, async () => {
        try {
          await work()
        } catch (error) {
          failed = true
          throw error
        }
      })
    }
    const refs = (): { data: Ref; compute: Ref; spec: ComputeSpec } => {
      const { cell } = harness
      const data = { cell, id: `br-test-${++serial}` }
      return { data, compute: { cell, id: `ep-test-${serial}` }, spec: specOf(data) }
    }
    const empty = () => ({ from: 'empty' as const, pgMajor: harness.pgMajor })
    const awake = async () => {
      const made = refs()
      await engine.ensureData(made.data, 1, empty(), dayOfHistory)
      await ready(engine, made.compute, 1, made.spec)
      return made
    }

    check('data that is made twice is there once', async () => {
      const { data } = refs()
      const statuses = await Promise.all([
        engine.ensureData(data, 1, empty(), dayOfHistory),
        engine.ensureData(data, 1, empty(), dayOfHistory),
      ])
      await engine.ensureData(data, 1, empty(), dayOfHistory)
      for (const { kind } of statuses) assert.equal(kind, 'data')
      await until(engine, data, 'ready')
      const listed = await all(engine.list(harness.cell))
      assert.equal(listed.filter(status => status.ref.id === data.id).length, 1)
      const observed = await engine.observe(data)
      assert.ok((observed.bytes ?? 1) > 0)
    })

    check('fifty wakes at once start one server, and all get its address', async () => {
      const { data, compute, spec } = refs()
      await engine.ensureData(data, 1, empty(), dayOfHistory)
      const statuses = await Promise.all(Array.from({ length: 50 }, () => ready(engine, compute, 1, spec)))
      assert.ok(statuses[0]?.address)
      for (const status of statuses) assert.deepEqual(status.address, statuses[0].address)
      assert.equal(await harness.servers(data), 1)
      await engine.ensureStopped(compute, 2, 'fast')
      assert.equal(await harness.servers(data), 0)
    })

    check('the very first connection after ready succeeds, wake after wake', async () => {
      const { data, compute, spec } = refs()
      await engine.ensureData(data, 1, empty(), dayOfHistory)
      for (let gen = 1; gen <= 16; gen += 2) {
        await ready(engine, compute, gen, spec)
        assert.equal(await value(await admin(engine, compute), 'select 1'), 1)
        assert.equal((await engine.ensureStopped(compute, gen + 1, 'fast')).phase, 'stopped')
      }
    })

    check('a lower generation is refused after a higher one', async () => {
      const { data, compute, spec } = refs()
      await engine.ensureData(data, 5, empty(), dayOfHistory)
      await refused('stale_generation', engine.ensureData(data, 4, empty(), dayOfHistory))
      await refused('stale_generation', engine.ensureGone(data, 4))
      await ready(engine, compute, 7, spec)
      await refused('stale_generation', engine.ensureRunning(compute, 6, spec))
      await refused('stale_generation', engine.ensureStopped(compute, 6, 'fast'))
      await refused('stale_generation', engine.ensureGone(compute, 6))
      assert.equal((await engine.observe(compute)).phase, 'ready')
      await engine.close()
      engine = await harness.open()
      await refused('stale_generation', engine.ensureStopped(compute, 6, 'fast'))
      await engine.ensureStopped(compute, 8, 'fast')
      await refused('stale_generation', engine.ensureRunning(compute, 7, spec))
    })

    check('a stop ends open transactions with 57P01, and the wake has what was committed', async () => {
      const { compute, spec } = await awake()
      const login = await owner(engine, compute)
      await session(login, client => client.query('create table t (n int); insert into t values (1)'))
      const open = await connect(login)
      await open.query('begin; insert into t values (2)')
      const ended = new Promise<{ code?: string }>(resolve => open.once('error', resolve))
      assert.equal((await engine.ensureStopped(compute, 2, 'fast')).phase, 'stopped')
      assert.equal((await ended).code, '57P01')
      await ready(engine, compute, 3, spec)
      assert.equal(await value(login, 'select array_agg(n)::text from t'), '{1}')
      await engine.ensureStopped(compute, 4, 'immediate')
      await ready(engine, compute, 5, spec)
      assert.equal(await value(login, 'select array_agg(n)::text from t'), '{1}')
      await engine.ensureStopped(compute, 6, 'fast')
    })

    check('a server that is killed is not ready any more, and the next wake recovers it', async () => {
      const { data, compute, spec } = await awake()
      const login = await owner(engine, compute)
      await session(login, client => client.query('create table t (n int); insert into t values (1)'))
      const busy = await connect(login)
      const query = busy.query('select pg_sleep(60)').catch(() => {})
      await harness.kill(compute)
      await untilNot(engine, compute, 'ready')
      await refused('unavailable', engine.adminLogin(compute))
      await ready(engine, compute, 1, spec)
      assert.equal(await harness.servers(data), 1)
      assert.equal(await value(login, 'select n from t'), 1)
      await query
      await harness.kill(compute)
      await engine.ensureStopped(compute, 2, 'fast')
      assert.equal(await harness.servers(data), 0)
      assert.equal((await engine.observe(compute)).phase, 'stopped')
    })

    check('computes outlive control, and the next control takes them over', async () => {
      const { data, compute, spec } = await awake()
      const login = await owner(engine, compute)
      const survivor = await connect(login)
      const startedAt = await value(login, 'select pg_postmaster_start_time()::text')
      await engine.close()
      engine = await harness.open()
      assert.equal((await engine.observe(compute)).phase, 'ready')
      await ready(engine, compute, 2, spec)
      assert.equal(await harness.servers(data), 1)
      assert.equal(await value(login, 'select pg_postmaster_start_time()::text'), startedAt)
      await survivor.query('select 1')
      await harness.kill(compute)
      await untilNot(engine, compute, 'ready')
      await ready(engine, compute, 3, spec)
      await engine.close()
      engine = await harness.open()
      assert.equal((await engine.ensureStopped(compute, 4, 'fast')).phase, 'stopped')
      assert.equal(await harness.servers(data), 0)
    })

    check('one branch has one server', async () => {
      const { data, compute } = await awake()
      const second = refs()
      await refused('conflict', engine.ensureRunning(second.compute, 1, specOf(data)))
      await engine.ensureStopped(compute, 2, 'fast')
      await ready(engine, second.compute, 1, specOf(data))
      await engine.ensureStopped(compute, 3, 'fast')
      assert.equal(await harness.servers(data), 1)
      await engine.ensureStopped(second.compute, 2, 'fast')
    })

    check('a changed spec is taken up', async () => {
      const { compute, spec } = await awake()
      const login = await owner(engine, compute)
      const client = await connect(login)
      await ready(engine, compute, 2, { ...spec, settings: { work_mem: '7MB' } })
      // By a reload, which the session outlives; it may take a moment to reach it.
      while ((await client.query('show work_mem')).rows[0].work_mem !== '7MB') await pause(20)
      await client.end()
      await ready(engine, compute, 3, { ...spec, settings: { max_connections: '31' } })
      assert.equal(await value(login, 'show max_connections'), '31')
      assert.equal(await value(login, 'show work_mem'), '4MB')
      await refused('invalid', engine.ensureRunning(compute, 4, { ...spec, settings: { port: '1' } }))
      await engine.ensureStopped(compute, 5, 'fast')
      // A slip in a setting costs no compute.
      const slip = await ready(engine, compute, 6, { ...spec, settings: { work_mem: 'much' } })
      assert.match(slip.settingsIgnored ?? '', /work_mem/)
      assert.equal((await ready(engine, compute, 7, spec)).settingsIgnored, undefined)
      await engine.ensureStopped(compute, 8, 'fast')
    })

    check('a compute is configured without a restart, and none is started for it', async () => {
      const { compute, spec } = await awake()
      const login = await owner(engine, compute)
      const client = await connect(login)
      const changed = { ...spec, settings: { work_mem: '7MB', max_connections: '31' } }
      assert.equal((await engine.ensureConfigured(compute, 2, changed)).phase, 'ready')
      while ((await client.query('show work_mem')).rows[0].work_mem !== '7MB') await pause(20)
      await client.end()
      await refused('stale_generation', engine.ensureConfigured(compute, 1, spec))
      await engine.ensureStopped(compute, 3, 'fast')
      assert.equal((await engine.ensureConfigured(compute, 4, changed)).phase, 'stopped')
      await ready(engine, compute, 5, changed)
      assert.equal(await value(login, 'show max_connections'), '31')
      await engine.ensureStopped(compute, 6, 'fast')
    })

    check('what a compute takes grows with its work, where the platform tells', async () => {
      const { compute } = await awake()
      const before = await engine.computeUse(compute)
      if (before) {
        assert.ok(
          before.memoryBytes > 0 && before.memoryBytes <= before.memoryMaxBytes,
          JSON.stringify(before),
        )
        assert.ok(before.cpus >= 1)
        await value(
          await admin(engine, compute),
          'select count(md5(n::text)) from generate_series(1, 300000) n',
        )
        const after = await engine.computeUse(compute)
        assert.ok(
          (after?.cpuMs ?? 0) > before.cpuMs,
          'the session has ended, and its time counts all the same',
        )
      }
      await engine.ensureStopped(compute, 2, 'fast')
      assert.equal(await engine.computeUse(compute), null)
      assert.equal(await engine.computeUse({ ...compute, id: 'ep-unknown' }), null)
    })

    check('what cannot be is refused', async () => {
      const { data, compute, spec } = refs()
      await refused('invalid', engine.ensureData(data, 1, { from: 'empty', pgMajor: 9 }, dayOfHistory))
      await refused('invalid', engine.ensureRunning(compute, 1, spec))
      const parent = { cell: harness.cell, id: 'br-nobody' }
      await refused(
        'invalid',
        engine.ensureData(data, 1, { from: 'branch', parent, at: { head: true } }, dayOfHistory),
      )
      await refused('invalid', engine.ensureData({ ...data, id: '../up' }, 1, empty(), dayOfHistory))
      assert.equal((await engine.observe(data)).phase, 'gone')
      assert.equal((await engine.observe(compute)).phase, 'gone')
    })

    check('a branch of a stopped parent has its rows, and then they part', async () => {
      const { data, compute, spec } = await awake()
      const login = await owner(engine, compute)
      await session(login, client => client.query('create table t (n int); insert into t values (1)'))
      await engine.ensureStopped(compute, 2, 'fast')
      const child = refs()
      await engine.ensureData(
        child.data,
        1,
        { from: 'branch', parent: data, at: { head: true } },
        dayOfHistory,
      )
      await ready(engine, child.compute, 1, child.spec)
      const childLogin = await owner(engine, child.compute)
      await session(childLogin, client => client.query('insert into t values (2)'))
      await ready(engine, compute, 3, spec)
      assert.equal(await value(login, 'select count(*)::int from t'), 1)
      assert.equal(await value(childLogin, 'select count(*)::int from t'), 2)
      await engine.ensureStopped(compute, 4, 'fast')
      await engine.ensureGone(compute, 5)
      await engine.ensureGone(data, 5)
      assert.equal(await value(childLogin, 'select count(*)::int from t'), 2)
      await engine.ensureStopped(child.compute, 2, 'fast')
    })

    check('an orphan is found', async () => {
      const { data } = refs()
      await harness.plantOrphan(data.id)
      const listed = await all(engine.list(harness.cell))
      assert.ok(listed.some(status => status.ref.id === data.id))
      await engine.ensureGone(data, 1)
      assert.equal((await engine.observe(data)).phase, 'gone')
    })

    check('gone is gone, also the second time', async () => {
      const { data, compute } = await awake()
      await refused('conflict', engine.ensureGone(data, 2))
      await engine.ensureGone(compute, 2)
      await until(engine, compute, 'gone')
      assert.equal(await harness.servers(data), 0)
      assert.equal((await engine.ensureGone(compute, 2)).phase, 'gone')
      await engine.ensureGone(data, 2)
      await until(engine, data, 'gone')
      assert.equal((await engine.ensureGone(data, 2)).phase, 'gone')
      assert.equal((await engine.ensureStopped(compute, 3, 'fast')).phase, 'gone')
      const listed = await all(engine.list(harness.cell))
      assert.ok(!listed.some(({ ref }) => ref.id === data.id || ref.id === compute.id))
    })

    check('watch tells the moves, goes on at a cursor, and asks for a new list where it cannot', async () => {
      const { data, compute, spec } = refs()
      const events = engine.watch(harness.cell)[Symbol.asyncIterator]()
      const phases: string[] = []
      let middle = ''
      const seen = (async () => {
        for (;;) {
          const { value: event } = await events.next()
          if (!event || 'resync' in event || event.status.ref.id !== compute.id) continue
          phases.push(event.status.phase)
          if (event.status.phase === 'ready') middle = event.cursor
          if (event.status.phase === 'stopped') return
        }
      })()
      await engine.ensureData(data, 1, empty(), dayOfHistory)
      await ready(engine, compute, 1, spec)
      await engine.ensureStopped(compute, 2, 'fast')
      await seen
      await events.return?.()
      assert.ok(phases.indexOf('working') < phases.indexOf('ready'))
      assert.equal(phases.at(-1), 'stopped')
      for await (const event of engine.watch(harness.cell, middle)) {
        assert.ok('status' in event)
        if (event.status.phase === 'stopped') break
      }
      for await (const event of engine.watch(harness.cell, 'of-another-life')) {
        assert.deepEqual(event, { resync: true })
        break
      }
    })

    check('the owner may do what an owner does, and does not become superuser', async () => {
      const { compute } = await awake()
      const login = await owner(engine, compute)
      await session(login, async client => {
        await client.query('create database other')
        await client.query('create role app login password $$secret$$')
        for (const extension of ['hstore', 'citext', 'pgcrypto', 'pg_trgm']) {
          await client.query(`create extension ${extension}`)
        }
        await client.query('drop extension hstore')
        await client.query('create table public.t (n int); drop table public.t')
      })
      await session({ ...login, database: 'other' }, async client => {
        await client.query('create table public.t (n int); create extension hstore')
      })
      await session({ ...login, database: 'postgres' }, client => client.query('select 1'))
      await session(login, async client => {
        await client.query('drop database other')
        await client.query('drop role app')
        for (const sql of [
          'alter role neondb_owner superuser',
          'create role root superuser',
          'grant cloud_admin to neondb_owner',
          'set role cloud_admin',
          'alter role cloud_admin password $$mine$$',
          'drop role neon_superuser',
          "select pg_read_file('/etc/passwd')",
          "copy (select 1) to program 'id'",
          'create extension file_fdw',
          "create tablespace mine location '/tmp'",
          'alter system set work_mem = 1',
        ]) {
          await assert.rejects(client.query(sql), { name: 'error' }, sql)
        }
      })
      assert.equal(await value(login, "select rolsuper from pg_roles where rolname = 'neondb_owner'"), false)
      assert.equal(await value(login, 'show server_encoding'), 'UTF8')
      assert.equal(await value(login, 'show data_checksums'), 'on')
      await assert.rejects(connect({ ...login, password: 'wrong' }), { code: '28P01' })
      await engine.ensureStopped(compute, 2, 'fast')
    })
  })
}
