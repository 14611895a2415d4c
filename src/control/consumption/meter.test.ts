import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as consumption from '../../catalog/consumption.ts'
import * as levels from '../../catalog/levels.ts'
import * as projects from '../../catalog/projects.ts'
import type { ProjectQuota } from '../../catalog/schema.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { frameStart } from '../../lib/time-frames.ts'
import { type TestControl, testControl, until } from '../testing.ts'
import { Consumption } from './consumption.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query('create role app login')
})
after(() => cluster?.stop())

interface Given extends Planted {
  control: TestControl
  use: Consumption
  id: string
  configured: string[]
  /** Milliseconds in `consumption`, this month. */
  counted(): Promise<consumption.Amounts>
  /** What the meter does beside us is done. */
  settled(): Promise<void>
}

/** A control with its meter; with an earlier one's engine it is the next control, after a crash. */
async function given(planted?: Planted, before?: TestControl): Promise<Given> {
  const all = planted ?? (await plant(catalog))
  const control = testControl(catalog, cluster.login, before ? { engine: before.engine } : {})
  control.engine.put(all.branch.id, 'data', 'ready')
  // The catalog writes down when computes start and stop, by the machine's clock.
  control.clock.now = () => Date.now()
  const configured: string[] = []
  const use = new Consumption({
    ...{ parts: control.parts, computes: control.computes },
    lastActiveAt: () => undefined,
    sizeChanged: async endpointId => void configured.push(endpointId),
  })
  control.computes.listen({
    running: endpoint => use.meter.running(endpoint),
    stopped: endpointId => use.meter.stopped(endpointId),
    settled: endpointId => use.meter.settled(endpointId),
    sized: (endpointId, bytes) => use.meter.sizeBeforeStop(endpointId, bytes),
  })
  const month = () => new Date(frameStart('month', Date.now()))
  return {
    ...{ ...all, control, use, id: all.endpoint.id, configured },
    settled: () => use.meter.settled(all.endpoint.id),
    async counted() {
      const [used] = await consumption.ofProjects(catalog.db, [all.project.id], month())
      return used ?? consumption.noAmounts
    },
  }
}

const start = async ({ control, id }: Given) => {
  await control.computes.start(id, 'record')
  await until('running', async () => {
    const row = await catalog.db
      .selectFrom('endpoints')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.state === 'running'
  })
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function times(id: string) {
  return await catalog.db
    .selectFrom('endpoints')
    .select(['started_at', 'suspended_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

const setQuota = async (projectId: string, quota: ProjectQuota) => {
  await catalog.db
    .updateTable('projects')
    .set({ settings: JSON.stringify({ quota }) })
    .where('id', '=', projectId)
    .execute()
}

test('from a start to a stop, exactly, however often it is looked at in between', async () => {
  const it = await given()
  await start(it)
  for (let round = 0; round < 5; round++) {
    await sleep(10)
    await it.use.meter.round()
  }
  await it.control.computes.suspend(it.id, 'recorded')
  await it.settled()
  const { started_at, suspended_at } = await times(it.id)
  const ranMs = suspended_at!.getTime() - started_at!.getTime()
  assert.ok(ranMs >= 50)
  const used = await it.counted()
  assert.equal(used.active_ms, ranMs)
  assert.ok(Math.abs(used.compute_ms - ranMs / 4) <= 6, 'a quarter of a CU, rounded at each look')
  await it.use.meter.round()
  assert.equal((await it.counted()).active_ms, ranMs, 'asleep, nothing is used')
})

test('a control that is killed: the next one counts what ran meanwhile, and nothing twice', async () => {
  const first = await given()
  await start(first)
  await sleep(20)
  await first.use.meter.round()
  assert.ok((await first.counted()).active_ms > 0)
  await sleep(20)
  // From here on the first one does nothing more.
  const second = await given(first, first.control)
  const [row] = await catalog.db.selectFrom('endpoints').selectAll().where('id', '=', first.id).execute()
  assert.equal(await second.control.computes.adopt(row!), 'running')
  await second.use.meter.start()
  await sleep(20)
  await second.control.computes.suspend(first.id, 'recorded')
  await second.settled()
  const { started_at, suspended_at } = await times(first.id)
  assert.equal((await second.counted()).active_ms, suspended_at!.getTime() - started_at!.getTime())
  await second.use.close()
})

test('a control that is killed right after it wrote a compute’s end: the next one counts it', async () => {
  const first = await given()
  // This one never counts.
  first.control.computes.listen({ running() {}, stopped() {} })
  await start(first)
  await sleep(20)
  await first.control.computes.suspend(first.id, 'recorded')
  assert.equal((await first.counted()).active_ms, 0)
  const second = await given(first, first.control)
  await second.use.start()
  await second.settled()
  const { started_at, suspended_at } = await times(first.id)
  assert.equal((await second.counted()).active_ms, suspended_at!.getTime() - started_at!.getTime())
  await second.use.close()
})

test('a compute that died while no control was there: what nobody saw is not counted', async () => {
  const first = await given()
  await start(first)
  await first.use.meter.round()
  const seen = (await first.counted()).active_ms
  first.control.engine.kill(first.id, { quietly: true })
  await sleep(30)
  const second = await given(first, first.control)
  const [row] = await catalog.db.selectFrom('endpoints').selectAll().where('id', '=', first.id).execute()
  assert.equal(await second.control.computes.adopt(row!), 'asleep')
  await second.use.start()
  await second.settled()
  assert.equal((await second.counted()).active_ms, seen)
  await second.use.close()
})

test('bytes to clients: of each report once, also of one that comes twice, and of one that comes late', async () => {
  const it = await given()
  await start(it)
  const report = (number: number, sent_bytes: number) =>
    it.use.meter.report({
      ...{ proxy: 'proxy-0', number },
      endpoints: [{ endpoint_id: it.id, sessions: 1, quiet_ms: 0, sent_bytes }],
    })
  report(7, 100)
  report(7, 100)
  await it.use.meter.round()
  assert.equal((await it.counted()).transfer_bytes, 100)
  report(8, 20)
  await it.control.computes.suspend(it.id, 'recorded')
  report(9, 3)
  await it.use.close()
  assert.equal((await it.counted()).transfer_bytes, 123)
  it.use.meter.report({
    proxy: 'proxy-0',
    endpoints: [{ endpoint_id: 'ep-gone', sessions: 0, quiet_ms: 0, sent_bytes: 1 }],
  })
  await it.use.meter.round()
})

test('what it holds and writes is read while it runs', async () => {
  const it = await given()
  await start(it)
  await it.use.meter.round()
  const before = await it.counted()
  await cluster.query(`create table w_${process.pid} as select generate_series(1, 20000) as n`)
  await it.use.meter.round()
  const [level] = await levels.ofData(catalog.db, [it.branch.id])
  assert.ok(level!.logical_bytes! > 1_000_000)
  assert.ok((await it.counted()).written_bytes - before.written_bytes > 500_000)
  assert.equal(
    (await it.use.ofBranches(it.project.id, [it.branch.id])).get(it.branch.id)!.logicalBytes,
    level!.logical_bytes,
  )
})

test('a quota that is used up stops what runs, and holds until it is raised or the month ends', async () => {
  const it = await given()
  await start(it)
  await sleep(10)
  await setQuota(it.project.id, { active_time_seconds: 0, compute_time_seconds: 0, data_transfer_bytes: 5 })
  await it.use.meter.round()
  assert.equal((await projects.find(catalog.db, it.project.id))!.over_quota, null)
  it.use.meter.report({
    proxy: 'proxy-1',
    endpoints: [{ endpoint_id: it.id, sessions: 1, quiet_ms: 0, sent_bytes: 5 }],
  })
  await it.use.meter.round()
  await until('asleep', () => it.control.engine.phase(it.id) === 'stopped')
  await it.use.close()
  const over = await projects.find(catalog.db, it.project.id)
  assert.equal(over!.over_quota, 'data_transfer_bytes')
  assert.ok(over!.over_quota_until! > new Date())
  const refused = { name: 'PilotlightError', code: 'data_transfer_quota_exceeded' }
  await assert.rejects(it.control.computes.start(it.id, 'record'), refused)
  await assert.rejects(it.control.computes.start(it.id, 'record'), refused)
  assert.equal(it.control.engine.phase(it.id), 'stopped')

  // The month ends, and nobody has to do anything for it.
  await projects.setOverQuota(catalog.db, it.project.id, 'data_transfer_bytes', new Date(Date.now() - 1))
  await start(it)
  await it.control.computes.suspend(it.id, 'recorded')

  await it.use.quotaChanged(it.project.id)
  await assert.rejects(it.control.computes.start(it.id, 'record'), refused)
  await setQuota(it.project.id, { data_transfer_bytes: 6 })
  await it.use.quotaChanged(it.project.id)
  await start(it)
})

test('a branch over its size: its computes are told, once', async () => {
  const it = await given()
  await start(it)
  await it.use.meter.round()
  await it.use.close()
  assert.deepEqual(it.configured, [])
  await setQuota(it.project.id, { logical_size_bytes: 1 })
  await it.use.quotaChanged(it.project.id)
  await it.use.quotaChanged(it.project.id)
  assert.deepEqual(it.configured, [it.id])
  await setQuota(it.project.id, {})
  await it.use.quotaChanged(it.project.id)
  assert.deepEqual(it.configured, [it.id, it.id])
})
