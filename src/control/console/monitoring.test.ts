// Figures, samples and sessions. The Postgres of the catalog answers in the compute's place; what is the catalog's own in
// it is logged in as cloud_admin, and so is nobody's to see.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { Catalog } from '../../catalog/catalog.ts'
import { force, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { limits } from '../../contract/limits.ts'
import * as local from '../../engine/local/index.ts'
import { dayMs } from '../../lib/time-frames.ts'
import { Branches } from '../branches/branches.ts'
import { Projects } from '../projects.ts'
import { testControl, until } from '../testing.ts'
import { Metrics } from './metrics.ts'
import { Sampler } from './sampler.ts'
import { Sessions } from './sessions.ts'
import { Statements } from './statements.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query(`create role app login password 'app'`)
  await cluster.query('create database app owner app')
  await cluster.query('create table t (n int)', [], 'app')
  await cluster.query('grant all on t to app', [], 'app')
})
after(() => cluster?.stop())

async function given(state: 'running' | 'suspended' = 'running') {
  const planted = await plant(catalog)
  const control = testControl(catalog, cluster.login)
  // Rows of the catalog have its own clock's times.
  control.clock.pass(Date.now() - control.clock.now())
  const { parts, engine } = control
  const { project, branch, endpoint } = planted
  if (state === 'running') engine.put(endpoint.id, 'compute', 'ready')
  await force(catalog, endpoint.id, { state })
  const branches = new Branches(parts, new Projects(parts, control.changes))
  const metrics = new Metrics(parts, branches)
  const sampler = new Sampler(parts)
  sampler.running(endpoint)
  return {
    ...{ ...planted, control, sampler },
    now: () => metrics.now(project.id, branch.id),
    databases: () => metrics.databases(project.id, branch.id),
    history: () => metrics.history(project.id, branch.id, '1h'),
    statements: () => new Statements(parts, branches).slowest(project.id, branch.id),
    sessions: new Sessions(parts, branches),
    place: { projectId: project.id, branchId: branch.id },
  }
}

/** Somebody of the project's. */
async function client(application: string): Promise<pg.Client> {
  const { host, port } = cluster.login
  const session = new pg.Client({
    ...{ host, port, user: 'app', password: 'app', database: 'app', application_name: application },
  })
  session.on('error', () => {})
  await session.connect()
  return session
}

async function settled(session: pg.Client): Promise<void> {
  // What a session has done is in the statistics once it is idle, or says so itself.
  await session.query('select pg_stat_clear_snapshot(), pg_stat_force_next_flush()')
  await session.query('select 1')
}

test('an awake compute tells who is there and what is done, and what of that is ours is not told', async () => {
  const it = await given()
  const before = await it.now()
  const [idle, open] = [await client('idle'), await client('open')]
  const ours = new pg.Client({ ...cluster.login, database: 'app' })
  await ours.connect()
  try {
    await idle.query('insert into t select generate_series(1, 1000)')
    await settled(idle)
    await open.query('begin')
    const { figures, state, endpoint_id } = await it.now()
    assert.deepEqual([state, endpoint_id], ['awake', it.endpoint.id])
    assert.deepEqual(
      { ...figures!.connections, max: 0 },
      { active: 0, idle: 1, idle_in_transaction: 1, max: 0 },
    )
    assert.ok(figures!.connections.max > 0 && figures!.connections.max < 100, 'without the seats of ours')
    assert.ok(figures!.counters.rows_inserted - before.figures!.counters.rows_inserted >= 1000)
    assert.ok(figures!.longest_transaction_ms >= 0)
    const { databases } = await it.databases()
    assert.deepEqual(
      databases!.filter(({ name }) => name === 'app').map(({ sessions }) => sessions),
      [2],
    )
    assert.ok(databases!.every(({ name, bytes }) => name !== 'postgres' && bytes > 1_000_000))
  } finally {
    await ours.end()
    await idle.end()
    await open.end()
  }
})

test('one that sleeps is not asked, and one that is gone meanwhile is not waited for', async () => {
  const asleep = await given('suspended')
  assert.deepEqual(
    { ...(await asleep.now()), at: '' },
    {
      ...{ at: '', state: 'asleep', endpoint_id: asleep.endpoint.id, figures: null, use: null },
    },
  )
  assert.deepEqual(await asleep.databases(), { databases: null })
  assert.equal((await asleep.statements()).missing, 'not_awake')
  assert.deepEqual(await asleep.sessions.list(asleep.project.id, asleep.branch.id), {
    ...{ sessions: null, cut: false },
  })
  assert.deepEqual(asleep.control.engine.calls, [])

  const gone = await given()
  gone.control.engine.kill(gone.endpoint.id)
  assert.equal((await gone.now()).figures, null)
  await gone.sampler.round()
  assert.deepEqual((await gone.history()).points, [])
})

test('samples tell differences, and none across a stop', async () => {
  const it = await given()
  const { clock, engine } = it.control
  engine.uses.set(it.endpoint.id, { cpuMs: 1000, cpus: 2, memoryBytes: 5e6, memoryMaxBytes: 1e9 })
  await it.sampler.round()
  const session = await client('sampled')
  try {
    await session.query('insert into t select generate_series(1, 600)')
    await settled(session)
    engine.uses.set(it.endpoint.id, { cpuMs: 31_000, cpus: 2, memoryBytes: 6e6, memoryMaxBytes: 1e9 })
    clock.pass(60_000)
    await it.sampler.round()
    it.sampler.stopped(it.endpoint.id)
    clock.pass(60_000)
    await it.sampler.round()
    // The next life: its processes begin anew.
    engine.uses.set(it.endpoint.id, { cpuMs: 10, cpus: 2, memoryBytes: 4e6, memoryMaxBytes: 1e9 })
    it.sampler.running(it.endpoint)
    await it.sampler.round()
  } finally {
    await session.end()
  }
  const { points, step_ms } = await it.history()
  assert.equal(step_ms, 60_000)
  assert.equal(points.length, 3)
  const [first, second, third] = points
  assert.deepEqual([first!.commits, first!.cpu, first!.deadlocks], [null, null, null])
  assert.ok(second!.rows_inserted! >= 10 && second!.rows_inserted! < 1000, String(second!.rows_inserted))
  assert.equal(second!.cpu, 0.5)
  assert.deepEqual([second!.idle, second!.memory_bytes, second!.deadlocks], [1, 6e6, 0])
  assert.ok(second!.size_bytes! > 1_000_000)
  assert.ok(second!.hit_rate! > 0 && second!.hit_rate! <= 1)
  assert.deepEqual([third!.commits, third!.cpu, third!.memory_bytes], [null, null, 4e6])
})

test('ours are not looked at, and what is a week old is forgotten', async () => {
  const it = await given()
  await it.sampler.round()
  it.sampler.stopped(it.endpoint.id)
  it.sampler.running({ id: it.endpoint.id, internal: true })
  const count = async () =>
    (await catalog.db.selectFrom('samples').selectAll().where('endpoint_id', '=', it.endpoint.id).execute())
      .length
  await it.sampler.round()
  assert.equal(await count(), 1)
  it.control.clock.pass((limits.samplesKeptDays - 1) * dayMs)
  await it.sampler.round()
  assert.equal(await count(), 1)
  it.control.clock.pass(1.1 * dayMs)
  await it.sampler.round()
  assert.equal(await count(), 0)
})

test('samples go with their endpoint, and one that is gone meanwhile costs the others nothing', async () => {
  const [gone, left] = [await given(), await given()]
  await gone.sampler.round()
  await catalog.db.deleteFrom('endpoints').where('id', '=', gone.endpoint.id).execute()
  // The sampler of both would be the same in a control.
  left.control.engine.put(gone.endpoint.id, 'compute', 'ready')
  left.sampler.running(gone.endpoint)
  await left.sampler.round()
  const rows = await catalog.db
    .selectFrom('samples')
    .select('endpoint_id')
    .where('endpoint_id', 'in', [gone.endpoint.id, left.endpoint.id])
    .execute()
  assert.deepEqual(rows, [{ endpoint_id: left.endpoint.id }])
})

test('wakes and sleep are read from what was recorded', async () => {
  const it = await given('suspended')
  it.control.engine.put(it.branch.id, 'data', 'ready')
  await it.control.computes.start(it.endpoint.id, 'record')
  await it.control.computes.suspend(it.endpoint.id, 'record')
  // Operations have the times of the machine, and it may be a slow one.
  it.control.clock.pass(Date.now() + 60_000 - it.control.clock.now())
  const { wake_ups, asleep, complete } = await it.history()
  assert.equal(complete, true)
  assert.equal(wake_ups.length, 1)
  assert.ok(wake_ups[0]!.took_ms >= 0)
  const last = asleep.at(-1)!
  assert.ok(last.from >= wake_ups[0]!.at && Date.parse(last.to) - Date.parse(last.from) >= 60_000)
})

test('a session is listed without what it runs, which is told when it is asked for', async () => {
  const it = await given()
  const session = await client('listed')
  try {
    await session.query(`select 'of the listed one'`)
    const { sessions } = await it.sessions.list(it.project.id, it.branch.id)
    assert.ok(sessions!.every(({ role }) => role !== 'cloud_admin'))
    const found = sessions!.find(({ application }) => application === 'listed')!
    assert.deepEqual(
      [found.kind, found.role, found.database, found.state, found.wait, found.blocked_by],
      ['client', 'app', 'app', 'idle', null, []],
    )
    assert.ok(!JSON.stringify(sessions).includes('of the listed one'))
    const place = { ...it.place, pid: found.pid, startedAt: found.started_at }
    assert.equal(await it.sessions.query(place), `select 'of the listed one'`)
    for (const startedAt of ['2026-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])
      assert.equal(await it.sessions.query({ ...place, startedAt }), null)
    await session.query(`alter role app password 'app'`)
    assert.equal(await it.sessions.query(place), null, 'it may tell a password')
  } finally {
    await session.end()
  }
})

test('who waits says for whom; a statement is cancelled, and a session ended, but neither ours nor another’s pid', async () => {
  const it = await given()
  const [holder, waiter] = [await client('holder'), await client('waiter')]
  const of = async (application: string) =>
    (await it.sessions.list(it.project.id, it.branch.id)).sessions?.find(
      session => session.application === application,
    )
  const placeOf = (session: { pid: number; started_at: string }) => ({
    ...{ ...it.place, pid: session.pid, startedAt: session.started_at },
  })
  try {
    await holder.query('begin; lock table t')
    const waiting = waiter.query('select count(*) from t').catch((error: pg.DatabaseError) => error.code)
    await until('it waits', async () => (await of('waiter'))?.wait === 'Lock: relation')
    const found = (await of('waiter'))!
    const blocker = (await of('holder'))!
    assert.deepEqual(found.blocked_by, [blocker.pid])
    assert.equal((await it.now()).figures!.locks_waiting, 1)
    assert.equal(await it.sessions.end(placeOf(found), 'cancel'), true)
    assert.equal(await waiting, '57014')

    const ended = new Promise<{ code?: string }>(resolve => holder.once('error', resolve))
    // A process that stands still is told, and cannot hear it yet.
    process.kill(blocker.pid, 'SIGSTOP')
    assert.equal(await it.sessions.end(placeOf(blocker), 'terminate'), false)
    process.kill(blocker.pid, 'SIGCONT')
    assert.equal((await ended).code, '57P01')
    assert.equal(await of('holder'), undefined)
    await assert.rejects(it.sessions.end(placeOf(blocker), 'terminate'), { code: 'database_session_gone' })
    const other = { ...placeOf(found), startedAt: '2026-01-01T00:00:00Z' }
    await assert.rejects(it.sessions.end(other, 'terminate'), { code: 'database_session_gone' })
    const { rows } = await cluster.query(
      `select pid, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_at
         from pg_stat_activity where usename = 'cloud_admin' and application_name = 'pilotlight' limit 1`,
    )
    await assert.rejects(it.sessions.end(placeOf(rows[0]), 'terminate'), { code: 'database_session_gone' })
    const gone = new Promise<{ code?: string }>(resolve => waiter.once('error', resolve))
    assert.equal(await it.sessions.end(placeOf(found), 'terminate'), true)
    assert.equal((await gone).code, '57P01')
  } finally {
    await holder.end().catch(() => {})
    await waiter.end().catch(() => {})
  }
})

test('without the library that counts statements it is said', async () => {
  const it = await given()
  assert.deepEqual(await it.statements(), { statements: [], missing: 'not_loaded', since: null })
})
