import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as roles from '../../catalog/roles.ts'
import { force, type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { PilotlightError } from '../../contract/errors.ts'
import * as local from '../../engine/local/index.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { type TestControl, testControl, until } from '../testing.ts'

let cluster: TestCluster
let catalog: Catalog
let verifier: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  verifier = await createVerifier('sesame')
})
after(() => cluster?.stop())
beforeEach(async () => {
  if ((await verifierIn('app')) === undefined) await cluster.query('create role app login')
  await cluster.query(`alter role app password '${verifier}'`)
  const there = await cluster.query(`select from pg_database where datname = 'app'`)
  if (there.rowCount === 0) await cluster.query('create database app owner app')
})

/** A branch that is ready, with its data. */
async function made(options: Parameters<typeof plant>[1] = {}) {
  const control = testControl(catalog, cluster.login)
  const planted = await plant(catalog, { verifier, ...options })
  control.engine.put(planted.branch.id, 'data', 'ready')
  return { ...control, ...planted, id: planted.endpoint.id, start: starter(control, planted.endpoint.id) }
}
const starter = (control: TestControl, id: string) => () => control.computes.start(id, 'record')

const stateOf = async (id: string) => (await endpoints.findMany(catalog.db, [id]))[0]?.state
const reaches = (id: string, state: string) =>
  until(`${id} ${state}`, async () => (await stateOf(id)) === state)
const recorded = async (projectId: string) =>
  (await operations.listOfProject(catalog.db, projectId, { limit: 100 }))
    .toReversed()
    .map(({ action, status }) => `${action} ${status}`)
const refused = (code: string, work: Promise<unknown>) =>
  assert.rejects(work, error => error instanceof PilotlightError && error.code === code)

test('fifty clients at once: one start, one operation, one address', async () => {
  const { engine, id, project, start } = await made()
  const answers = await Promise.all(Array.from({ length: 50 }, start))
  for (const { address, started } of answers) {
    assert.deepEqual(address, { host: cluster.login.host, port: cluster.login.port })
    assert.equal(started, true)
  }
  await reaches(id, 'running')
  assert.equal(engine.count('ensureRunning', id), 1)
  // It is recorded beside the start, and so may be there later than the state.
  await until('operation ended', async () => /finished|failed/.test((await recorded(project.id)).join()))
  assert.deepEqual(await recorded(project.id), ['start_compute finished'])
})

test('who comes later is told the address, and nothing is started', async () => {
  const { engine, id, project, start } = await made()
  await start()
  const second = await start()
  assert.equal(second.started, false)
  assert.equal(engine.count('ensureRunning', id), 1)
  assert.equal((await recorded(project.id)).length, 1)
})

test('fences grow from call to call', async () => {
  const { engine, computes, id, start } = await made()
  for (let round = 0; round < 3; round++) {
    await start()
    await computes.suspend(id, 'recorded')
  }
  const gens = engine.calls.map(line => Number(line.split(' ')[2]))
  assert.equal(gens.length, 6)
  for (const [at, gen] of gens.entries()) assert.ok(at === 0 || gen > gens[at - 1]!)
})

test('who comes during a stop waits for it, then is served by a new start', async () => {
  const { engine, computes, id, start, told } = await made()
  await start()
  await reaches(id, 'running')
  const release = engine.hold('ensureStopped')
  const suspending = computes.suspend(id, 'record')
  await until('stop asked for', () => engine.count('ensureStopped', id) === 1)
  assert.equal(await stateOf(id), 'stopping')
  assert.ok(told.includes(`compute ${id}`), 'proxies forget the address before the stop')
  const starting = start()
  await sleep(20)
  assert.equal(engine.count('ensureRunning', id), 1)
  release()
  await suspending
  assert.equal((await starting).started, true)
  assert.equal(engine.count('ensureRunning', id), 2)
  await reaches(id, 'running')
})

test('a start that fails: everybody hears of it, the next one tries again', async () => {
  const { engine, id, project, start } = await made()
  engine.fail('ensureRunning', 'no_capacity')
  const answers = await Promise.allSettled([start(), start(), start()])
  for (const answer of answers) {
    assert.equal(answer.status, 'rejected')
    assert.equal(answer.reason.code, 'compute_start_failed')
  }
  assert.equal(await stateOf(id), 'failed')
  assert.deepEqual(await recorded(project.id), ['start_compute failed'])
  assert.equal((await start()).started, true)
  await reaches(id, 'running')
})

test('a branch that is being made is waited for', async () => {
  const { branch, id, start } = await made({ branchState: 'init' })
  const starting = start()
  await sleep(20)
  assert.equal(await stateOf(id), 'suspended')
  await branches.moveState(catalog.db, branch.id, 'ready')
  assert.equal((await starting).started, true)
})

test('who may not be woken: unknown, disabled, deleted, without data', async () => {
  const { computes, engine } = await made()
  await refused('endpoint_gone', computes.start('ep-none', 'record'))
  const disabled = await made()
  await force(catalog, disabled.id, { disabled: true })
  await refused('endpoint_disabled', disabled.start())
  const deleted = await made()
  await projects.markDeleted(catalog.db, deleted.project.id, new Date())
  await refused('endpoint_gone', deleted.start())
  const broken = await made({ branchState: 'failed' })
  await refused('compute_start_failed', broken.start())
  const never = await made({ branchState: 'init' })
  never.clock.leap = 61_000
  await refused('compute_wake_timeout', never.start())
  assert.deepEqual(engine.calls, [])
})

test('a project deleted while its compute is being made: the compute goes with it', async () => {
  const { engine, computes, id, project, endpoint, start } = await made()
  const release = engine.hold('ensureRunning')
  const starting = start()
  await until('start asked for', () => engine.count('ensureRunning', id) === 1)
  await projects.markDeleted(catalog.db, project.id, new Date())
  const removing = computes.remove(endpoint)
  release()
  await Promise.all([starting, removing])
  assert.equal(engine.phase(id), 'gone')
  assert.equal(await stateOf(id), 'suspended')
  await refused('endpoint_gone', start())
})

test('removed with a row that was read before a start that failed', async () => {
  const { engine, computes, id, endpoint, start } = await made()
  engine.fail('adminLogin', 'internal')
  await roles.setNext(catalog.db, endpoint.branch_id, 'app', { verifier, password_box: Buffer.from('x') })
  await assert.rejects(start())
  assert.equal(engine.phase(id), 'ready')
  await computes.remove(endpoint)
  assert.equal(engine.phase(id), 'gone')
})

for (const [what, hinder] of Object.entries({
  deleted: (of: Planted) => projects.markDeleted(catalog.db, of.project.id, new Date()),
  disabled: (of: Planted) => force(catalog, of.endpoint.id, { disabled: true }),
})) {
  test(`started early though it was ${what} meanwhile: stopped again, and everything after that goes`, async () => {
    const { engine, computes, id, start, ...planted } = await made()
    await start()
    await computes.suspend(id, 'recorded')
    await hinder(planted)
    await refused(what === 'deleted' ? 'endpoint_gone' : 'endpoint_disabled', start())
    assert.equal(engine.phase(id), 'stopped')
    await computes.suspend(id, 'recorded')
    await computes.remove(planted.endpoint)
    assert.equal(engine.phase(id), 'gone')
  })
}

test('removed twice is removed', async () => {
  const { engine, computes, id, endpoint, start } = await made()
  await start()
  await computes.remove(endpoint)
  await computes.remove(endpoint)
  assert.equal(engine.phase(id), 'gone')
})

// Idleness: the SQL is real, the compute's Postgres is the catalog's.

test('busy inside: an open transaction keeps it awake, an idle session does not', async () => {
  const { computes, engine, id, project, start } = await made()
  await start()
  await reaches(id, 'running')
  const client = new pg.Client({ ...cluster.login, user: 'app', password: 'sesame', database: 'app' })
  await client.connect()
  try {
    assert.equal(await computes.suspendIfIdle(id, new Date(0)), 'busy', 'a session that began since')
    const later = new Date(Date.now() + 60_000)
    await client.query('begin')
    assert.equal(await computes.suspendIfIdle(id, later), 'busy')
    assert.equal(engine.count('ensureStopped', id), 0)
    await client.query('commit')
    assert.equal(await computes.suspendIfIdle(id, later), 'suspended')
  } finally {
    await client.end()
  }
  assert.equal(await stateOf(id), 'suspended')
  assert.equal(engine.phase(id), 'stopped')
  assert.equal(await computes.suspendIfIdle(id, new Date()), 'not running')
  assert.deepEqual((await recorded(project.id)).at(-1), 'suspend_compute finished')
})

test('idleness of an endpoint that is gone, or of a compute that died unheard, is no error', async () => {
  const { computes, engine, id, start, told } = await made()
  assert.equal(await computes.suspendIfIdle('ep-none', new Date()), 'not running')
  await start()
  await reaches(id, 'running')
  engine.kill(id, { quietly: true })
  assert.equal(await computes.suspendIfIdle(id, new Date()), 'not running')
  assert.equal(await stateOf(id), 'suspended')
  assert.ok(told.includes(`compute ${id}`))
})

test('a stop that fails is told; the next wake starts it again', async () => {
  const { computes, engine, id, project, start } = await made()
  await start()
  await reaches(id, 'running')
  engine.fail('ensureStopped', 'internal')
  await assert.rejects(computes.suspend(id, 'record'))
  assert.equal(await stateOf(id), 'failed')
  assert.equal((await recorded(project.id)).at(-1), 'suspend_compute failed')
  await start()
  await reaches(id, 'running')
})

test('a stop when nothing runs is no error', async () => {
  const { computes, id } = await made()
  await computes.suspend(id, 'recorded')
  await computes.suspend('ep-none', 'recorded')
  assert.equal(await stateOf(id), 'suspended')
})

test('roles made in SQL are learnt before the stop, those dropped are forgotten', async () => {
  const { computes, branch, id, start, told } = await made()
  await start()
  await cluster.query('create role from_sql login')
  try {
    await computes.suspend(id, 'recorded')
    const names = (await roles.listOfBranch(catalog.db, branch.id)).map(({ name }) => name)
    assert.deepEqual(names, ['app', 'from_sql'])
    assert.ok(told.includes(`access ${id}`))
  } finally {
    await cluster.query('drop role from_sql')
  }
  await start()
  await computes.suspend(id, 'recorded')
  assert.deepEqual(
    (await roles.listOfBranch(catalog.db, branch.id)).map(({ name }) => name),
    ['app'],
  )
})

// Deaths

test('a death is heard of: the catalog says asleep, proxies forget, the next client starts it', async () => {
  const { computes, engine, id, start, told } = await made()
  const stopped: string[] = []
  computes.listen({ running() {}, stopped: endpointId => stopped.push(endpointId) })
  void computes.watch()
  await until('watched', () => engine.watched)
  await start()
  await reaches(id, 'running')
  engine.kill(id)
  await reaches(id, 'suspended')
  await until('told', () => stopped.length === 1)
  assert.deepEqual(told, [`compute ${id}`])
  assert.equal((await start()).started, true)
})

test('a client that is there before the news of a death is served', async () => {
  const { engine, id, start } = await made()
  await start()
  await reaches(id, 'running')
  engine.kill(id, { quietly: true })
  assert.equal((await start()).started, true)
  assert.equal(engine.count('ensureRunning', id), 2)
})

test('a watch that fell behind looks at everything again', async () => {
  const { computes, engine, id, start } = await made()
  void computes.watch()
  await until('watched', () => engine.watched)
  await start()
  await reaches(id, 'running')
  const alive = await plant(catalog)
  engine.put(alive.branch.id, 'data', 'ready')
  await computes.start(alive.endpoint.id, 'recorded')
  await reaches(alive.endpoint.id, 'running')
  engine.kill(id, { quietly: true })
  engine.tell({ resync: true })
  await reaches(id, 'suspended')
  assert.equal(await stateOf(alive.endpoint.id), 'running')
})

test('one endpoint that takes its time does not keep the news of others back', async () => {
  const slow = await made()
  const { computes, engine } = slow
  const quick = await plant(catalog)
  engine.put(quick.branch.id, 'data', 'ready')
  void computes.watch()
  await until('watched', () => engine.watched)
  await slow.start()
  await computes.start(quick.endpoint.id, 'recorded')
  await reaches(slow.id, 'running')
  await reaches(quick.endpoint.id, 'running')
  const release = engine.hold('ensureStopped')
  const stopping = computes.suspend(slow.id, 'recorded')
  await until('stop asked for', () => engine.count('ensureStopped', slow.id) === 1)
  engine.tell({ cursor: '', status: { ...(await engine.observe(computes.ref(slow.id))), phase: 'failed' } })
  engine.kill(quick.endpoint.id)
  try {
    await reaches(quick.endpoint.id, 'suspended')
  } finally {
    release()
    await stopping
  }
})

for (const state of ['starting', 'stopping'] as const) {
  test(`what the catalog takes for ${state} though nobody is at it can be woken`, async () => {
    const { id, start } = await made()
    await force(catalog, id, { state })
    assert.equal((await start()).started, true)
    await reaches(id, 'running')
  })
}

// The first start of a branch, and passwords that wait

/** What the template comes with. */
async function asTemplate(): Promise<void> {
  await cluster.query('drop database app')
  await cluster.query('drop role app')
  await cluster.query('drop database if exists neondb')
  await cluster.query('drop role if exists neondb_owner')
  await cluster.query('create role neondb_owner login')
  await cluster.query('create database neondb owner neondb_owner')
}
const verifierIn = async (name: string): Promise<string | null | undefined> =>
  (await cluster.query('select rolpassword from pg_authid where rolname = $1', [name])).rows[0]?.rolpassword

test('at the first start the role and the database take their names', async () => {
  await asTemplate()
  const { branch, start, told, id } = await made({ contents: 'template' })
  await start()
  assert.equal(await verifierIn('app'), verifier)
  assert.equal((await cluster.query(`select from pg_database where datname = 'app'`)).rowCount, 1)
  assert.equal((await branches.find(catalog.db, branch.id))?.contents, 'known')
  assert.ok(told.includes(`access ${id}`))
})

test('a compute that runs without its names, because control died there, gets them at the next wake', async () => {
  await asTemplate()
  const { engine, id, branch, endpoint, start } = await made({ contents: 'template' })
  await force(catalog, id, { state: 'running', gen: 5 })
  engine.put(id, 'compute', 'ready', 5)
  await start()
  assert.equal(await verifierIn('app'), verifier)
  assert.equal((await branches.find(catalog.db, branch.id))?.contents, 'known')
  assert.equal(engine.count('ensureRunning', endpoint.id), 0)
})

for (const how of ['asked for', 'for idleness'] as const) {
  test(`a stop ${how} before the first start was done learns nothing from the template`, async () => {
    await asTemplate()
    const { computes, engine, id, branch } = await made({ contents: 'template' })
    await force(catalog, id, { state: 'running', gen: 5 })
    engine.put(id, 'compute', 'ready', 5)
    if (how === 'asked for') await computes.suspend(id, 'recorded')
    else assert.equal(await computes.suspendIfIdle(id, new Date(Date.now() + 60_000)), 'suspended')
    const [role, ...others] = await roles.listOfBranch(catalog.db, branch.id)
    assert.deepEqual([role?.name, role?.verifier, others.length], ['app', verifier, 0])
    assert.notEqual(role?.password_box, null)
  })
}

test('a password that was reset while it slept is there when the first client is', async () => {
  const { branch, start } = await made()
  const next = await createVerifier('new')
  await roles.setNext(catalog.db, branch.id, 'app', { verifier: next, password_box: Buffer.from('new') })
  await start()
  assert.equal(await verifierIn('app'), next)
  const role = await roles.find(catalog.db, branch.id, 'app')
  assert.deepEqual([role?.verifier, role?.next_verifier, role?.password_box?.toString()], [next, null, 'new'])
})

test('a reset for a role that was dropped in SQL does not keep the compute down', async () => {
  const { branch, start, told, id } = await made()
  const box = Buffer.from('new')
  await roles.learn(catalog.db, branch.id, { name: 'zz_dropped', verifier: 'v', canLogin: true })
  await roles.setNext(catalog.db, branch.id, 'app', { verifier, password_box: box })
  await roles.setNext(catalog.db, branch.id, 'zz_dropped', { verifier, password_box: box })
  assert.equal((await start()).started, true)
  assert.equal((await roles.find(catalog.db, branch.id, 'app'))?.next_verifier, null)
  assert.equal(await roles.find(catalog.db, branch.id, 'zz_dropped'), undefined)
  assert.ok(told.includes(`access ${id}`))
})

test('roles that are read while a reset is being applied do not undo it', async () => {
  const { contents, branch, id } = await made()
  const place = { endpointId: id, branchId: branch.id }
  for (let round = 0; round < 10; round++) {
    const next = await createVerifier(`password ${round}`, { iterations: 16 })
    await roles.setNext(catalog.db, branch.id, 'app', { verifier: next, password_box: Buffer.from('new') })
    await Promise.all([
      contents.refresh(place, cluster.login),
      contents.applyPending(place, cluster.login),
      contents.refresh(place, cluster.login),
    ])
    const role = await roles.find(catalog.db, branch.id, 'app')
    assert.deepEqual([role?.verifier, role?.password_box?.toString()], [next, 'new'])
  }
})

test('settings that were changed while it slept are there at the very next start', async () => {
  const { computes, engine, id, start } = await made()
  await start()
  await reaches(id, 'running')
  await computes.suspend(id, 'recorded')
  await endpoints.update(catalog.db, id, {
    settings: { pg_settings: { work_mem: '9MB' } },
    min_cu: 1,
    max_cu: 1,
  })
  // It is begun by what was remembered of it, and put right before anybody is let in.
  await start()
  assert.deepEqual(engine.spec(id)?.settings, { work_mem: '9MB' })
  assert.equal(engine.spec(id)?.memoryMb, 4096)
})

test('a running compute is given its new settings, a sleeping one is let sleep', async () => {
  const { computes, engine, id, start } = await made()
  await start()
  await reaches(id, 'running')
  await endpoints.update(catalog.db, id, { settings: { pg_settings: { work_mem: '9MB' } } })
  await computes.configure(id)
  assert.equal(engine.count('ensureConfigured', id), 1)
  assert.deepEqual(engine.spec(id)?.settings, { work_mem: '9MB' })
  await computes.suspend(id, 'recorded')
  await computes.configure(id)
  assert.equal(engine.count('ensureConfigured', id), 1)
  assert.equal(engine.phase(id), 'stopped')
})
