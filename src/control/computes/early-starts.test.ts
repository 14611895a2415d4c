import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { testControl } from '../testing.ts'
import { EarlyStarts, isSameStart } from './early-starts.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())

/** Early starts of a control, and an endpoint that sleeps on data that is there. */
async function made() {
  const { parts, engine } = testControl(catalog, cluster.login)
  const planted = await plant(catalog)
  engine.put(planted.branch.id, 'data', 'ready')
  const endpoint = (await endpoints.findWithBranch(catalog.db, planted.endpoint.id))!
  return { engine, endpoint, earlyStarts: new EarlyStarts(parts) }
}

test('who is remembered is started once, under the fence that the catalog hands out next', async () => {
  const { engine, endpoint, earlyStarts } = await made()
  assert.equal(earlyStarts.begin(endpoint.id), undefined)
  earlyStarts.remember(endpoint)
  const early = earlyStarts.begin(endpoint.id)
  assert.equal((await early?.starting)?.phase, 'ready')
  assert.equal(earlyStarts.begin(endpoint.id), undefined)
  const starting = await endpoints.startIfAsleep(catalog.db, endpoint.id)
  assert.ok(early && starting && isSameStart(early, starting))
  assert.deepEqual(engine.calls, [`ensureRunning ${endpoint.id} ${starting.gen}`])
})

test('who is forgotten is not started', async () => {
  const { engine, endpoint, earlyStarts } = await made()
  earlyStarts.remember(endpoint)
  earlyStarts.forget(endpoint.id)
  assert.equal(earlyStarts.begin(endpoint.id), undefined)
  assert.deepEqual(engine.calls, [])
})

test('the thousand that were sent to sleep last are remembered', async () => {
  const { endpoint, earlyStarts } = await made()
  for (let n = 0; n <= 1000; n++) earlyStarts.remember({ ...endpoint, id: `ep-${n}` })
  assert.equal(earlyStarts.begin('ep-0'), undefined)
  assert.ok(earlyStarts.begin('ep-1'))
  assert.ok(earlyStarts.begin('ep-1000'))
})

test('taken back: it is stopped, and the next start is not refused for its fence', async () => {
  const { engine, endpoint, earlyStarts } = await made()
  earlyStarts.remember(endpoint)
  const early = earlyStarts.begin(endpoint.id)!
  await early.starting
  await earlyStarts.takeBack(early)
  assert.equal(engine.phase(endpoint.id), 'stopped')
  const starting = await endpoints.startIfAsleep(catalog.db, endpoint.id)
  assert.ok(starting && starting.gen > early.endpoint.gen)
})

test('a start that the engine refuses disturbs nobody before it is asked about', async () => {
  const { engine, endpoint, earlyStarts } = await made()
  engine.fail('ensureRunning', 'internal')
  earlyStarts.remember(endpoint)
  const early = earlyStarts.begin(endpoint.id)!
  await new Promise(resolve => setImmediate(resolve))
  await assert.rejects(early.starting)
})

test('not the same: another fence, other settings, another size', async () => {
  const { endpoint } = await made()
  const early = { endpoint, starting: new Promise<never>(() => {}) }
  assert.ok(isSameStart(early, { ...endpoint }))
  for (const changed of [
    { gen: endpoint.gen + 1 },
    { settings: { pg_settings: { work_mem: '9MB' } } },
    { max_cu: endpoint.max_cu + 1 },
  ]) {
    assert.equal(isSameStart(early, { ...endpoint, ...changed }), false, JSON.stringify(changed))
  }
})
