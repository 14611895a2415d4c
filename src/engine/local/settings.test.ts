// What a compute is asked to be, and what Postgres then says that it is.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dayOfHistory, ready, specOf } from '../conformance/helpers.ts'
import { admin, connect, session, value } from '../conformance/sql.ts'
import type { ComputeSpec, Ref } from '../engine.ts'
import { machineSize, maxConnections } from './compute/size.ts'
import type { LocalEngine } from './local-engine.ts'
import { type LocalHarness, localHarness } from './local-harness.ts'

const timeout = 180_000

describe('settings of a compute', { timeout }, () => {
  let harness: LocalHarness
  let engine: LocalEngine
  let serial = 0

  before(async () => {
    harness = await localHarness(17)
    engine = await harness.open()
  })
  after(async () => {
    await engine?.close()
    await harness?.destroy(false)
  })

  const make = async (change: Partial<ComputeSpec> = {}) => {
    const data: Ref = { cell: harness.cell, id: `br-settings-${++serial}` }
    const compute: Ref = { cell: harness.cell, id: `ep-settings-${serial}` }
    const spec = { ...specOf(data), ...change }
    await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
    const status = await ready(engine, compute, 1, spec)
    return { data, compute, spec, status }
  }
  const show = async (compute: Ref, name: string): Promise<unknown> =>
    await session(await admin(engine, compute), async client => {
      const { rows } = await client.query(`show ${name}`)
      return Object.values(rows[0])[0]
    })

  test('a size gives memory, connections and workers', async () => {
    const size = { memoryMb: 4096, memoryMaxMb: 8192, vcpu: 2 }
    const { compute } = await make(size)
    const machine = machineSize()
    const fitting = { ...size, memoryMaxMb: Math.min(8192, machine.memoryMb) }
    assert.equal(await show(compute, 'max_connections'), String(maxConnections(fitting)))
    assert.equal(await show(compute, 'shared_buffers'), '64MB')
    assert.equal(await show(compute, 'superuser_reserved_connections'), '7')
  })

  test('a running compute takes up what it can, and its sessions go on; the rest waits for the next start', async () => {
    const { compute, spec } = await make()
    const login = await admin(engine, compute)
    const client = await connect(login)
    const pid = await harness.pidOf(compute)
    try {
      const changed = { ...spec, settings: { work_mem: '9MB', max_locks_per_transaction: '77' } }
      await engine.ensureConfigured(compute, 1, changed)
      // A reload is a signal: each session takes it up before its next statement.
      while ((await client.query('show work_mem')).rows[0].work_mem !== '9MB') {}
      assert.equal(
        await value(
          login,
          'select pending_restart from pg_settings where name = $$max_locks_per_transaction$$',
        ),
        true,
      )
      // Neither a wake that finds it running restarts it.
      await ready(engine, compute, 1, changed)
      assert.equal(await harness.pidOf(compute), pid)
      assert.equal(await show(compute, 'max_locks_per_transaction'), '64')
      await client.end()
      await engine.ensureStopped(compute, 2, 'fast')
      await ready(engine, compute, 3, changed)
      assert.equal(await show(compute, 'max_locks_per_transaction'), '77')
    } finally {
      await client.end().catch(() => {})
    }
  })

  test('one that is at rest is not started for new settings', async () => {
    const { compute, spec } = await make()
    await engine.ensureStopped(compute, 2, 'fast')
    const status = await engine.ensureConfigured(compute, 3, { ...spec, settings: { work_mem: '9MB' } })
    assert.equal(status.phase, 'stopped')
  })

  test('values cannot break out of their line', async () => {
    const nasty = `it's \\' a "test" # = \\n`
    const { compute } = await make({ settings: { 'app.note': nasty, log_line_prefix: `%p' fsync=off '` } })
    assert.equal(await show(compute, 'app.note'), nasty)
    assert.equal(await show(compute, 'fsync'), 'on')
    await assert.rejects(make({ settings: { 'app.note': `a'\nfsync = off` } }), { code: 'invalid' })
  })

  test('settings with which Postgres does not come up are left out, and the status says so', async () => {
    const impossible = { huge_pages: 'on', work_mem: '9MB', default_transaction_read_only: 'on' }
    const { compute, spec, status } = await make({ settings: impossible })
    assert.equal(status.phase, 'ready')
    assert.match(status.settingsIgnored ?? '', /shared memory|huge/i)
    assert.equal(await show(compute, 'work_mem'), '4MB')
    assert.equal(await show(compute, 'default_transaction_read_only'), 'on')
    const pid = await harness.pidOf(compute)
    // Asked for again, also by the next engine, it is the same process.
    await ready(engine, compute, 1, spec)
    await engine.close()
    engine = await harness.open()
    const adopted = await ready(engine, compute, 1, spec)
    assert.match(adopted.settingsIgnored ?? '', /shared memory|huge/i)
    assert.equal(await harness.pidOf(compute), pid)
    // Better ones have their effect.
    const better = await ready(engine, compute, 1, { ...spec, settings: { work_mem: '9MB' } })
    assert.equal(better.settingsIgnored, undefined)
    assert.equal(await show(compute, 'work_mem'), '9MB')
  })

  test('Postgres says what it has against settings', async () => {
    const build = engine.machine.builds.find(({ major }) => major === 17)!.id
    assert.equal(await engine.checkSettings(build, {}), null)
    assert.equal(await engine.checkSettings(build, { work_mem: '9MB', TimeZone: 'UTC', 'a.b': 'c' }), null)
    for (const [settings, said] of [
      [{ work_mem: 'much' }, /invalid value for parameter "work_mem": "much"/],
      [{ work_mem: '1' }, /outside the valid range for parameter "work_mem"/],
      [{ no_such: '1' }, /unrecognized configuration parameter "no_such"/],
      [{ block_size: '1' }, /"block_size" cannot be changed/],
      [{ log_statement: 'x' }, /invalid value.*Available values: none, ddl, mod, all/],
      [{ log_min_messages: 'panic', work_mem: 'x' }, /./],
    ] as [Record<string, string>, RegExp][]) {
      assert.match((await engine.checkSettings(build, settings)) ?? '', said)
    }
    await assert.rejects(engine.checkSettings(build, { fsync: 'off' }), { code: 'invalid' })
    await assert.rejects(engine.checkSettings('9.6-system', {}), { code: 'invalid' })
  })

  test('libraries: none by default, chosen ones, and ones that the build does not have', async () => {
    const build = engine.machine.builds.find(({ major, source }) => major === 17 && source === 'embedded')!
    const available = await engine.preloadLibraries(build.id)
    const names = available.map(({ name }) => name)
    assert.ok(names.includes('pg_stat_statements') && names.includes('auto_explain'), names.join())
    assert.deepEqual(
      available.filter(({ isDefault }) => isDefault),
      [],
    )
    assert.equal(available.find(({ name }) => name === 'pg_stat_statements')?.version, '1.11')
    const libraries = async (preload?: ComputeSpec['preload']) => {
      const { compute } = await make(preload ? { preload } : {})
      return await show(compute, 'shared_preload_libraries')
    }
    assert.equal(await libraries(), '')
    const also = ['pg_stat_statements', 'auto_explain', 'no_such_library']
    assert.equal(await libraries({ defaults: true, also }), 'auto_explain,pg_stat_statements')
    assert.equal(await libraries({ defaults: false, also: [] }), '')
  })

  test('logical replication stays on where there is a slot, and is not handed to branches', async () => {
    const { data, compute, spec } = await make({ logicalReplication: true })
    const login = await admin(engine, compute)
    assert.equal(await show(compute, 'wal_level'), 'logical')
    await value(login, `select pg_create_logical_replication_slot('s', 'pgoutput')::text`)
    await engine.ensureStopped(compute, 2, 'fast')
    // Postgres itself would not start.
    await ready(engine, compute, 3, { ...spec, logicalReplication: false })
    assert.equal(await show(compute, 'wal_level'), 'logical')
    const child: Ref = { cell: harness.cell, id: 'br-settings-child' }
    const childCompute: Ref = { cell: harness.cell, id: 'ep-settings-child' }
    const origin = { from: 'branch', parent: data, at: { head: true } } as const
    await engine.ensureData(child, 1, origin, dayOfHistory)
    await ready(engine, childCompute, 1, specOf(child))
    assert.equal(await show(childCompute, 'wal_level'), 'replica')
  })

  test('a reader of a past in which the compute grew has room for all that it had', async () => {
    const { data, compute, spec } = await make()
    await engine.ensureStopped(compute, 2, 'fast')
    // The next snapshot is of the small one; that it grew stands in the WAL alone.
    const settings = { max_prepared_transactions: '33', max_worker_processes: '40' }
    await ready(engine, compute, 3, { ...spec, memoryMb: 4096, settings })
    const login = await admin(engine, compute)
    await value(login, 'create table t as select 1 as n')
    const moment = await value(login, 'select pg_current_wal_flush_lsn()::text')
    for (const settled of [true, false]) {
      const past: Ref = { cell: harness.cell, id: `br-settings-past-${settled}` }
      const reader: Ref = { cell: harness.cell, id: `ep-settings-past-${settled}` }
      const origin = { from: 'branch', parent: data, at: { lsn: String(moment) } } as const
      await engine.ensureData(past, 1, origin, { windowSeconds: 0, settled })
      await ready(engine, reader, 1, { ...specOf(past), mode: 'ro' })
      assert.equal(await value(await admin(engine, reader), 'select n from t'), 1)
      assert.equal(await value(await admin(engine, reader), 'select pg_is_in_recovery()'), true)
    }
  })
})
