import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import pg from 'pg'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as ephemerals from '../../catalog/ephemerals.ts'
import * as operations from '../../catalog/operations.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { limits } from '../../contract/limits.ts'
import * as local from '../../engine/local/index.ts'
import { deferred } from '../../lib/deferred.ts'
import { AccessDesk } from '../access.ts'
import { ContentsHold } from '../computes/contents-hold.ts'
import { IdleWatch } from '../computes/idle.ts'
import { reconcile } from '../reconcile.ts'
import { MemoryEngine, testControl, until } from '../testing.ts'
import { TimeTravel } from './time-travel.ts'

let cluster: TestCluster
let catalog: Catalog
let engine: MemoryEngine

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query(`create role visitor login password 'visitor'`)
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  engine = new MemoryEngine(cluster.login)
})

/** The clock of the tests stands at 00:16:40. */
const past = { time: '1970-01-01T00:10:00Z' }

/** A control, or the next one after a crash. */
function next() {
  const control = testControl(catalog, cluster.login, { engine })
  const { parts, clock, computes, contents } = control
  const idle: IdleWatch = new IdleWatch({
    ...{ clock, logger: parts.logger },
    suspendIfIdle: (id, since) => timeTravel.removeIfUnused(id, since),
  })
  const timeTravel = new TimeTravel({ parts, computes }, idle)
  computes.listen({
    running: endpoint => idle.watch(endpoint.id, endpoint.suspend_timeout_seconds * 1000),
    stopped: id => {
      idle.forget(id)
      timeTravel.stopped(id)
    },
  })
  const desk = new AccessDesk(
    parts,
    computes,
    contents,
    idle,
    timeTravel,
    new ContentsHold(parts, control.changes),
  )
  return { ...control, idle, timeTravel, desk }
}

async function given() {
  const { project, branch, endpoint } = await plant(catalog, { verifier: 'SCRAM' })
  engine.put(branch.id, 'data', 'ready')
  const control = next()
  return {
    ...{ ...control, project, branch, endpoint },
    open: (moment = past) => control.timeTravel.open(branch, moment, 'neon_timestamp'),
  }
}

async function actions(projectId: string): Promise<string[]> {
  const list = await operations.listOfProject(catalog.db, projectId, { limit: 100 })
  return list.toReversed().map(({ action, status }) => `${action} ${status}`)
}

async function nothingIsLeft(): Promise<void> {
  assert.deepEqual(await ephemerals.list(catalog.db), [])
  const things = [...engine.things.keys()]
  assert.deepEqual(
    things.filter(id => !id.includes('test-')),
    [],
  )
}

/** A killed control sends nothing any more; what it had sent by then is long done when the next one starts. */
async function lastWordsAreIn(): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await new Promise(resolve => setTimeout(resolve, 2))
    const { rows } = await catalog.pool.query<{ busy: boolean }>(
      `select exists (select from pg_stat_activity
                       where datname = current_database() and pid <> pg_backend_pid()
                         and backend_type = 'client backend' and state <> 'idle') as busy`,
    )
    quiet = rows[0]?.busy ? 0 : quiet + 1
  }
}

const failsWith = (code: string, text = /./) => ({
  name: 'PilotlightError',
  code,
  message: text,
})

test('many who look at one moment share a read-only compute, which is in no list', async () => {
  const { open, branch, project } = await given()
  const opened = await Promise.all(Array.from({ length: 10 }, () => open()))
  opened.push(await open())
  const [{ endpoint }] = opened as [(typeof opened)[0]]
  assert.equal(new Set(opened.map(one => one.endpoint.id)).size, 1)
  assert.equal(endpoint.type, 'read_only')
  assert.equal(engine.content(endpoint.branch_id), `empty@${past.time}`)
  assert.equal(engine.windowSeconds(endpoint.branch_id), 0)
  assert.equal(engine.count('ensureRunning', endpoint.id), 1)
  assert.equal((await branches.find(catalog.db, endpoint.branch_id))?.parent_id, branch.id)
  assert.equal(await branches.findShown(catalog.db, project.id, endpoint.branch_id), undefined)
  assert.equal(await endpoints.findShown(catalog.db, project.id, endpoint.id), undefined)
  await until('the start is recorded', async () =>
    (await actions(project.id)).every(action => action.endsWith('finished')),
  )
  assert.deepEqual(await actions(project.id), ['create_branch finished', 'start_compute finished'])
})

test('by the name of the branch or of its endpoint, pooled or not: the same; the role of now decides', async () => {
  const { desk, branch, endpoint, project } = await given()
  const answer = { role_secret: 'SCRAM', project_id: project.id }
  for (const name of [branch.id, endpoint.id]) assert.deepEqual(await desk.accessControl(name, 'app'), answer)
  assert.deepEqual(await desk.accessControl(branch.id, 'nobody'), { role_secret: '' })
  assert.deepEqual(await desk.accessControl('br-none', 'app'), { role_secret: '' })
  const first = await desk.wake(branch.id, past)
  assert.equal(first.aux.cold_start_info, 'pool_miss')
  assert.notEqual(first.aux.endpoint_id, endpoint.id)
  for (const name of [endpoint.id, `${endpoint.id}-pooler`]) {
    assert.equal((await desk.wake(name, past)).aux.endpoint_id, first.aux.endpoint_id)
  }
  assert.notEqual((await desk.wake(branch.id, { lsn: '0/1A' })).aux.endpoint_id, first.aux.endpoint_id)
  // Nobody logs in to the ephemeral endpoint by its own name.
  assert.deepEqual(await desk.accessControl(first.aux.endpoint_id, 'app'), { role_secret: '' })
  assert.deepEqual(await desk.accessControl(first.aux.branch_id, 'app'), { role_secret: '' })
})

test('a branch by its own name, now: its read_write endpoint', async () => {
  const { desk, branch, endpoint } = await given()
  assert.equal((await desk.wake(branch.id)).aux.endpoint_id, endpoint.id)
  await endpoints.remove(catalog.db, endpoint.id)
  await assert.rejects(desk.wake(branch.id), failsWith('endpoint_gone'))
  await assert.rejects(desk.wake('br-none', past), failsWith('endpoint_gone'))
  await assert.rejects(desk.wake('ep-none', past), failsWith('endpoint_gone'))
})

test('a disabled endpoint and a deleted project show no past', async () => {
  const { desk, endpoint, project, branch } = await given()
  await endpoints.update(catalog.db, endpoint.id, { disabled: true })
  await assert.rejects(desk.wake(endpoint.id, past), failsWith('endpoint_disabled'))
  await catalog.db
    .updateTable('projects')
    .set({ deleted_at: new Date() })
    .where('id', '=', project.id)
    .execute()
  await assert.rejects(desk.wake(branch.id, past), failsWith('endpoint_gone'))
  await nothingIsLeft()
})

test('outside the window, and in the future: told, and nothing is left', async () => {
  const { open, branch, project } = await given()
  engine.historyFrom = '1970-01-01T00:12:00Z'
  await assert.rejects(
    open(),
    failsWith('moment_out_of_window', new RegExp(`history of branch ${branch.id}`)),
  )
  await assert.rejects(open({ time: '1970-01-01T00:20:00Z' }), failsWith('moment_in_future'))
  // What only the engine can judge.
  engine.fail('ensureData', 'out_of_window')
  await assert.rejects(open({ time: '1970-01-01T00:13:00Z' }), failsWith('moment_out_of_window'))
  assert.deepEqual(new Set(await actions(project.id)), new Set(['create_branch skipped']))
  const [newest] = await operations.listOfProject(catalog.db, project.id, { limit: 1 })
  assert.equal(newest?.error_code, 'moment_out_of_window')
  await nothingIsLeft()
})

for (const call of ['ensureData', 'ensureRunning'] as const) {
  test(`${call} fails: the client is told, nothing is left, and the next one is served`, async () => {
    const { open } = await given()
    engine.fail(call, 'internal')
    await assert.rejects(open(), failsWith('compute_start_failed'))
    await nothingIsLeft()
    assert.equal((await open()).started, true)
  })
}

test('so many moments of a project, and not one more; the one that was left for longest makes room', async () => {
  const { open, timeTravel, clock, idle } = await given()
  const opened: Awaited<ReturnType<typeof open>>[] = []
  for (let n = 1; n <= limits.pastMomentsPerProject; n++) {
    opened.push(await open({ time: `1970-01-01T00:0${n}:00Z` }))
  }
  await until('all are watched', () => opened.every(one => idle.lastActiveAt(one.endpoint.id)))
  const holds = opened.map(one => idle.hold(one.endpoint.id))
  await assert.rejects(open(), failsWith('moments_limit', new RegExp(`${limits.pastMomentsPerProject}`)))
  for (const one of holds) one.release()
  for (const one of opened) {
    idle.touch(one.endpoint.id)
    clock.pass(1)
  }
  clock.pass(10_000)
  idle.touch(opened[0]!.endpoint.id)
  const hold = idle.hold(opened[1]!.endpoint.id)
  await open()
  const left = opened.map(one => timeTravel.owns(one.endpoint.id))
  assert.deepEqual(left, [true, true, false, true, true, true, true, true])
  hold.release()
})

test('without sessions it goes, as Neon records it; the next client gets another', async () => {
  const { open, timeTravel, project, idle, clock, told } = await given()
  const { endpoint } = await open()
  await until('it is watched', () => idle.lastActiveAt(endpoint.id) !== undefined)
  clock.pass(30_000)
  const visitor = new pg.Client({
    ...{ host: cluster.login.host, port: cluster.login.port, database: 'postgres' },
    ...{ user: 'visitor', password: 'visitor' },
  })
  await visitor.connect()
  assert.equal(await timeTravel.removeIfUnused(endpoint.id, new Date(clock.now())), 'busy')
  await visitor.end()
  await until('the visitor is gone', async () => {
    const answer = await cluster.query(`select 1 from pg_stat_activity where usename = 'visitor'`)
    return answer.rowCount === 0
  })
  // Somebody was told of it in the meantime.
  assert.equal(await timeTravel.removeIfUnused(endpoint.id, new Date(0)), 'busy')
  assert.equal(await timeTravel.removeIfUnused(endpoint.id, new Date(clock.now())), 'suspended')
  assert.equal(await timeTravel.removeIfUnused(endpoint.id, new Date(clock.now())), 'not running')
  await nothingIsLeft()
  assert.ok(told.includes(`compute ${endpoint.id}`))
  assert.deepEqual(await actions(project.id), [
    'create_branch finished',
    'start_compute finished',
    'suspend_compute finished',
    'delete_timeline finished',
  ])
  assert.notEqual((await open()).endpoint.id, endpoint.id)
})

test('who comes while it is removed waits, and gets another', async () => {
  const { open, timeTravel, clock } = await given()
  const { endpoint } = await open()
  const release = engine.hold('ensureStopped')
  const removing = timeTravel.removeIfUnused(endpoint.id, new Date(clock.now()))
  await until('it is being stopped', () => engine.count('ensureStopped', endpoint.id) > 0)
  const opening = open()
  release()
  assert.equal(await removing, 'suspended')
  assert.notEqual((await opening).endpoint.id, endpoint.id)
})

test('a compute that ends by itself takes the rest with it', async () => {
  const { open, timeTravel, computes, project } = await given()
  const { endpoint } = await open()
  await until('the start is noted', async () =>
    (await actions(project.id)).includes('start_compute finished'),
  )
  const watching = computes.watch()
  watching.catch(() => {})
  await until('control listens', () => engine.watched)
  engine.kill(endpoint.id)
  await until('it is gone', () => !timeTravel.owns(endpoint.id))
  await until('its rows are gone', async () => (await ephemerals.list(catalog.db)).length === 0)
  await nothingIsLeft()
  computes.close()
})

test('after a crash: what runs is kept and found again, everything else goes', async () => {
  const { open, project, branch } = await given()
  const kept = await open()
  await until('the start is noted', async () =>
    (await actions(project.id)).includes('start_compute finished'),
  )
  const dead = await open({ time: '1970-01-01T00:11:00Z' })
  engine.kill(dead.endpoint.id, { quietly: true })
  // Killed in the middle of making one.
  engine.hold('ensureData')
  void open({ time: '1970-01-01T00:12:00Z' }).catch(() => {})
  await until('it is entered', async () => (await ephemerals.list(catalog.db)).length === 3)
  await lastWordsAreIn()

  const control = next()
  await reconcile(control.parts, control.computes)
  await control.timeTravel.reconcile()
  const left = await ephemerals.list(catalog.db)
  assert.deepEqual(
    left.map(row => row.branch_id),
    [kept.endpoint.branch_id],
  )
  assert.equal((await control.timeTravel.open(branch, past, 'x')).endpoint.id, kept.endpoint.id)
  const unfinished = (await actions(project.id)).filter(action => action.endsWith('running'))
  assert.deepEqual(unfinished, [])
  await control.timeTravel.removeAll()
  await nothingIsLeft()
})

test('control dies at each of its calls, in making and in removing: the next one leaves nothing', async () => {
  const { branch, project } = await given()
  let crashes = 0
  for (let call = 0, died = true; died; call++) {
    for (const when of ['before', 'after'] as const) {
      const control = next()
      const dead = deferred<'dead'>()
      engine.crashAt(call, when, () => dead.resolve('dead'))
      const whole = control.timeTravel.open(branch, past, 'x').then(async ({ endpoint }) => {
        const since = new Date(control.clock.now())
        return await control.timeTravel.removeIfUnused(endpoint.id, since)
      })
      died = (await Promise.race([whole, dead.promise])) === 'dead'
      if (died) crashes++
      await lastWordsAreIn()
      engine.revive()
      const heir = next()
      await reconcile(heir.parts, heir.computes)
      await heir.timeTravel.reconcile()
      await heir.timeTravel.removeAll()
      await nothingIsLeft()
      const unfinished = (await actions(project.id)).filter(action => action.endsWith('running'))
      assert.deepEqual(unfinished, [], `call ${call}, ${when}`)
    }
  }
  assert.ok(crashes > 10, `${crashes}`)
})

test('a removal that fails is left to the next control', async () => {
  const { open, timeTravel, clock } = await given()
  const { endpoint } = await open()
  // The compute first, then the data.
  engine.fail('ensureGone', 'none', 'internal')
  await timeTravel.removeIfUnused(endpoint.id, new Date(clock.now()))
  assert.equal((await ephemerals.list(catalog.db)).length, 1)
  const control = next()
  await reconcile(control.parts, control.computes)
  await control.timeTravel.reconcile()
  await nothingIsLeft()
})

test('the present of a branch, beside its own compute: not shared', async () => {
  const { timeTravel, branch } = await given()
  const first = await timeTravel.open(branch, null, 'x')
  const second = await timeTravel.open(branch, null, 'x')
  assert.notEqual(first.endpoint.id, second.endpoint.id)
  assert.equal(engine.content(first.endpoint.branch_id), 'empty')
})
