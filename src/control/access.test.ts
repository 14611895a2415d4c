import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../catalog/branches.ts'
import type { Catalog } from '../catalog/catalog.ts'
import * as projects from '../catalog/projects.ts'
import * as roles from '../catalog/roles.ts'
import type { ProjectSettings } from '../catalog/schema.ts'
import { force, plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import * as local from '../engine/local/index.ts'
import { silentLogger } from '../lib/logger.ts'
import { createVerifier } from '../lib/scram-verifier.ts'
import { AccessDesk, endpointOfName } from './access.ts'
import { ContentsHold } from './computes/contents-hold.ts'
import { IdleWatch } from './computes/idle.ts'
import { testControl, until } from './testing.ts'
import { TimeTravel } from './time-travel/time-travel.ts'

let cluster: TestCluster
let catalog: Catalog
let verifier: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query('create role app login')
})
after(() => cluster?.stop())
beforeEach(async () => {
  verifier = await setPassword(`password ${Math.random()}`)
})

/** In the compute, as somebody would in SQL. */
async function setPassword(password: string): Promise<string> {
  const made = await createVerifier(password, { iterations: 16 })
  await cluster.query(`alter role app password '${made}'`)
  return made
}

async function made(state: 'running' | 'suspended') {
  const control = testControl(catalog, cluster.login)
  const { parts, clock, computes, contents, engine } = control
  const idle = new IdleWatch({ clock, logger: silentLogger, suspendIfIdle: async () => 'busy' })
  const timeTravel = new TimeTravel({ parts, computes }, idle)
  const desk = new AccessDesk(
    parts,
    computes,
    contents,
    idle,
    timeTravel,
    new ContentsHold(parts, control.changes),
  )
  const { endpoint, branch, project } = await plant(catalog, { verifier })
  engine.put(branch.id, 'data', 'ready')
  if (state === 'running') {
    await force(catalog, endpoint.id, { state, gen: 2 })
    engine.put(endpoint.id, 'compute', 'ready', 2)
  }
  let asked = 0
  const adminLogin = engine.adminLogin.bind(engine)
  engine.adminLogin = async ref => {
    asked++
    return await adminLogin(ref)
  }
  return { ...control, desk, id: endpoint.id, branch, project, asked: () => asked }
}

const unknown = { role_secret: '' }

test('a known role: its verifier, without a look at the compute', async () => {
  const { desk, id, project, asked } = await made('running')
  const answer = { role_secret: verifier, project_id: project.id }
  assert.deepEqual(await desk.accessControl(id, 'app'), answer)
  assert.deepEqual(await desk.accessControl(`${id}-pooler`, 'app'), answer)
  assert.equal(asked(), 0)
})

test('an unknown endpoint looks like an unknown role', async () => {
  const awake = await made('running')
  const asleep = await made('suspended')
  const deleted = await made('running')
  await projects.markDeleted(catalog.db, deleted.project.id, new Date())
  assert.deepEqual(await awake.desk.accessControl('ep-none', 'app'), unknown)
  assert.deepEqual(await awake.desk.accessControl(awake.id, 'nobody'), unknown)
  assert.deepEqual(await asleep.desk.accessControl(asleep.id, 'nobody'), unknown)
  assert.deepEqual(await deleted.desk.accessControl(deleted.id, 'app'), unknown)
  assert.deepEqual(await awake.desk.refresh('ep-none', 'app'), unknown)
  assert.deepEqual(asleep.engine.calls, [], 'nobody is woken by a guess')
})

test('a role made in SQL is found in a running compute', async () => {
  const { desk, id, project } = await made('running')
  const theirs = await createVerifier('theirs', { iterations: 16 })
  await cluster.query(`create role from_sql login password '${theirs}'`)
  try {
    assert.deepEqual(await desk.accessControl(id, 'from_sql'), {
      role_secret: theirs,
      project_id: project.id,
    })
  } finally {
    await cluster.query('drop role from_sql')
  }
})

test('a role that cannot log in has no secret', async () => {
  const { desk, id, branch } = await made('suspended')
  await roles.learn(catalog.db, branch.id, { name: 'nologin', verifier: null, canLogin: false })
  assert.equal((await desk.accessControl(id, 'nologin')).role_secret, '')
})

test('an answer is never older than its question', async () => {
  const { desk, id, engine, clock, asked } = await made('running')
  assert.equal((await desk.refresh(id, 'app')).role_secret, verifier)
  for (let round = 0; round < 5; round++) {
    clock.pass(1)
    const newest = await setPassword(`round ${round}`)
    assert.equal((await desk.refresh(id, 'app')).role_secret, newest)
  }
  assert.equal(asked(), 6)
  // While one is reading, it may have read already: who asks then is not served by it.
  const release = engine.hold('adminLogin')
  const first = desk.refresh(id, 'app')
  await until('asked', () => asked() === 7)
  const newest = await setPassword('the newest')
  clock.pass(1)
  const second = desk.refresh(id, 'app')
  release()
  await first
  assert.equal((await second).role_secret, newest)
  assert.equal(asked(), 8)
})

test('a hundred questions while one is answered share the next reading', async () => {
  const { desk, id, engine, clock, asked } = await made('running')
  const release = engine.hold('adminLogin')
  const first = desk.refresh(id, 'app')
  await until('asked', () => asked() === 1)
  clock.pass(1)
  const rest = Array.from({ length: 100 }, (_, at) => desk.refresh(id, at % 2 ? 'app' : 'nobody'))
  release()
  await Promise.all([first, ...rest])
  assert.equal(asked(), 2)
})

test('a compute is read at most once a second', async () => {
  const { desk, id, clock } = await made('running')
  const startedAt = clock.now()
  for (let round = 0; round < 5; round++) await desk.accessControl(id, `guess-${round}`)
  assert.ok(clock.now() - startedAt >= 4000)
})

test('a clock that was set back holds nobody up for longer than that', async () => {
  const { desk, id, clock } = await made('running')
  await desk.refresh(id, 'app')
  clock.pass(-3_600_000)
  clock.slept.length = 0
  const newest = await setPassword('after the clock')
  assert.equal((await desk.refresh(id, 'app')).role_secret, newest)
  assert.ok(
    clock.slept.every(ms => ms <= 1000),
    String(clock.slept),
  )
})

test('a compute that gives no answer: what is known is told', async () => {
  const { desk, id, engine, project } = await made('running')
  engine.fail('adminLogin', 'unavailable', 'unavailable')
  assert.deepEqual(await desk.refresh(id, 'app'), { role_secret: verifier, project_id: project.id })
  assert.deepEqual(await desk.accessControl(id, 'nobody'), unknown)
})

test('a wake tells where, whose, and whether it was cold', async () => {
  const { desk, id, project, branch } = await made('suspended')
  const cold = await desk.wake(`${id}-pooler`)
  assert.equal(cold.address, `${cluster.login.host}:${cluster.login.port}`)
  assert.deepEqual(cold.aux, {
    ...{ endpoint_id: id, project_id: project.id, branch_id: branch.id, compute_id: id },
    cold_start_info: 'pool_miss',
  })
  assert.equal((await desk.wake(id)).aux.cold_start_info, 'warm')
})

test('the pooled host is the same endpoint', () => {
  assert.equal(endpointOfName('ep-a-pooler'), 'ep-a')
  assert.equal(endpointOfName('ep-pooler-a'), 'ep-pooler-a')
})

test('from where clients may come is said whatever their role, by branch name too, and only where it counts', async () => {
  const { desk, id, branch, project } = await made('suspended')
  const rules = { allowed_ips: ['203.0.113.7'] }
  const set = (settings: ProjectSettings) => projects.update(catalog.db, project.id, { settings })
  await set({ allowed_ips: { ips: rules.allowed_ips } })
  const known = { role_secret: verifier, project_id: project.id }
  assert.deepEqual(await desk.accessControl(id, 'app'), { ...known, ...rules })
  assert.deepEqual(await desk.accessControl(id, 'nobody'), { ...unknown, ...rules })
  assert.deepEqual(await desk.accessControl(branch.id, 'app'), { ...known, ...rules })
  assert.deepEqual(await desk.refresh(id, 'app'), { ...known, ...rules })
  assert.deepEqual(await desk.accessControl('ep-none', 'app'), unknown)
  await set({ allowed_ips: { ips: rules.allowed_ips, protected_branches_only: true } })
  assert.deepEqual(await desk.accessControl(id, 'app'), known)
  await branches.update(catalog.db, branch.id, { protected: true })
  assert.deepEqual(await desk.accessControl(id, 'app'), { ...known, ...rules })
  await set({ allowed_ips: { ips: [] }, block_public_connections: true })
  assert.deepEqual(await desk.accessControl(id, 'app'), { ...known, block_public_connections: true })
})
