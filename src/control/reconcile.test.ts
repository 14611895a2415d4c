import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Catalog } from '../catalog/catalog.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as operations from '../catalog/operations.ts'
import * as projects from '../catalog/projects.ts'
import { force, plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import type { ComputeState } from '../contract/compute-states.ts'
import { limits } from '../contract/limits.ts'
import type { OperationAction } from '../contract/operations.ts'
import * as local from '../engine/local/index.ts'
import type { Logger } from '../lib/logger.ts'
import { prepareQueue } from './operations/queue.ts'
import { reconcile } from './reconcile.ts'
import { MemoryEngine, testControl } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let engine: MemoryEngine
let warnings: { fields: Record<string, unknown>; message: string }[]

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  engine = new MemoryEngine(cluster.login)
  warnings = []
})

const logger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => warnings.push({ fields: { ...fields }, message }),
  error: (fields, message) => warnings.push({ fields: { ...fields }, message }),
  child: () => logger,
}

/** What the next control makes of it. Answers who runs, as the idle clock is told. */
async function next(): Promise<string[]> {
  const running: string[] = []
  const { parts, computes } = testControl(catalog, cluster.login, { engine, logger })
  computes.listen({ running: endpoint => running.push(endpoint.id), stopped() {} })
  await reconcile(parts, computes)
  return running
}

/** An endpoint in this state and fence; its compute, if there is one, in this phase and fence. */
async function given(
  state: ComputeState,
  gen: number,
  compute?: Parameters<MemoryEngine['put']>[2],
  computeGen = gen,
): Promise<{ id: string; projectId: string; branchId: string }> {
  const { endpoint, branch, project } = await plant(catalog)
  engine.put(branch.id, 'data', 'ready')
  await force(catalog, endpoint.id, { state, gen })
  if (compute) engine.put(endpoint.id, 'compute', compute, computeGen)
  return { id: endpoint.id, projectId: project.id, branchId: branch.id }
}
const now = async (id: string) => (await endpoints.findMany(catalog.db, [id]))[0]!

const cases: {
  state: ComputeState
  compute: 'ready' | 'stopped' | 'failed' | undefined
  after: ComputeState
}[] = [
  { state: 'running', compute: 'ready', after: 'running' },
  { state: 'starting', compute: 'ready', after: 'running' },
  { state: 'stopping', compute: 'ready', after: 'running' },
  { state: 'failed', compute: 'ready', after: 'running' },
  { state: 'suspended', compute: 'ready', after: 'running' },
  { state: 'running', compute: 'stopped', after: 'suspended' },
  { state: 'running', compute: 'failed', after: 'suspended' },
  { state: 'running', compute: undefined, after: 'suspended' },
  { state: 'starting', compute: 'stopped', after: 'suspended' },
  { state: 'starting', compute: undefined, after: 'suspended' },
  { state: 'stopping', compute: 'stopped', after: 'suspended' },
  { state: 'failed', compute: undefined, after: 'suspended' },
  { state: 'suspended', compute: 'stopped', after: 'suspended' },
]
for (const { state, compute, after: expected } of cases) {
  test(`${state} in the catalog, ${compute ?? 'nothing'} on the machine: ${expected}`, async () => {
    const { id } = await given(state, 4, compute)
    const running = await next()
    const endpoint = await now(id)
    assert.equal(endpoint.state, expected)
    assert.ok(endpoint.gen >= 4)
    assert.deepEqual(running, expected === 'running' ? [id] : [])
    assert.deepEqual(engine.calls, [], 'nothing is started or stopped')
    const gen = endpoint.gen
    await next()
    assert.deepEqual(
      [(await now(id)).state, (await now(id)).gen],
      [expected, gen],
      'a second time changes nothing',
    )
  })
}

for (const phase of ['pending', 'working'] as const) {
  for (const state of ['starting', 'suspended'] as const) {
    test(`half-started (${phase}), ${state} in the catalog: asleep on both sides`, async () => {
      const { id } = await given(state, 4, phase)
      assert.deepEqual(await next(), [])
      assert.equal((await now(id)).state, 'suspended')
      assert.equal(engine.phase(id), 'stopped')
    })
  }
}

test('a half-started compute that cannot be stopped does not keep control from starting', async () => {
  const { id } = await given('starting', 4, 'working')
  const other = await given('running', 4, 'ready')
  engine.fail('ensureStopped', 'internal')
  assert.deepEqual(await next(), [other.id])
  assert.ok(warnings.some(({ fields }) => fields.endpoint === id))
})

test('a fence that the engine has seen is never handed out again', async () => {
  for (const [state, compute] of [
    ['suspended', 'stopped'],
    ['running', 'ready'],
    ['starting', 'failed'],
  ] as const) {
    const { id } = await given(state, 3, compute, 9)
    await next()
    assert.ok((await now(id)).gen >= 9, state)
  }
})

test('a compute that no endpoint owns is removed', async () => {
  engine.put('ep-orphan', 'compute', 'ready', 6)
  const { id } = await given('running', 2, 'ready')
  assert.deepEqual(await next(), [id])
  assert.equal(engine.phase('ep-orphan'), 'gone')
  assert.deepEqual(engine.calls, ['ensureStopped ep-orphan 6', 'ensureGone ep-orphan 6'])
})

test('data that no branch owns is kept, and reported', async () => {
  engine.put('br-orphan', 'data', 'ready', 6)
  await given('suspended', 1)
  await next()
  assert.equal(engine.phase('br-orphan'), 'ready')
  assert.deepEqual(
    warnings.map(({ fields }) => fields),
    [{ branch: 'br-orphan' }],
  )
})

test('more than one look at the engine is enough for', async () => {
  const { id } = await given('suspended', 1, 'ready')
  for (let at = 0; at < 1100; at++) engine.put(`br-orphan-${at}`, 'data', 'ready')
  const last = await given('suspended', 1, 'ready')
  assert.deepEqual((await next()).sort(), [id, last.id].sort())
  assert.equal(warnings.length, 1100)
})

const interrupted: { action: OperationAction; compute: 'ready' | 'stopped'; status: string }[] = [
  { action: 'start_compute', compute: 'ready', status: 'finished' },
  { action: 'start_compute', compute: 'stopped', status: 'failed' },
  { action: 'suspend_compute', compute: 'stopped', status: 'finished' },
  { action: 'suspend_compute', compute: 'ready', status: 'failed' },
]
for (const { action, compute, status } of interrupted) {
  test(`${action} that was interrupted ended as ${status} where the compute is ${compute}`, async () => {
    const { id, projectId, branchId } = await given('running', 2, compute)
    const about = { project_id: projectId, branch_id: branchId, endpoint_id: id }
    const inline = await operations.insertRunning(catalog.db, { ...about, action })
    const [queued] = await operations.insertChain(catalog.db, crypto.randomUUID(), [{ ...about, action }])
    await next()
    const ended = await operations.find(catalog.db, projectId, inline.id)
    assert.equal(ended?.status, status)
    assert.ok(ended.finished_at)
    assert.equal((await operations.find(catalog.db, projectId, queued!.id))?.status, 'scheduling')
  })
}

test('the deletion of a project that failed is taken up again, once', async () => {
  const { parts } = testControl(catalog, cluster.login, { engine, logger })
  await prepareQueue(parts)
  const { projectId, branchId } = await given('suspended', 1)
  await next()
  const deletions = async () =>
    (await operations.listOfProject(catalog.db, projectId, { limit: 10 })).filter(
      ({ action, branch_id }) => action === 'delete_timeline' && branch_id === branchId,
    ).length
  assert.equal(await deletions(), 0, 'a project that is not deleted keeps its data')
  await projects.markDeleted(catalog.db, projectId, new Date())
  await next()
  await next()
  assert.equal(await deletions(), 1)
})

test('what a deletion has left keeps no control from starting, however much waits', async () => {
  const { parts } = testControl(catalog, cluster.login, { engine, logger })
  await prepareQueue(parts)
  const { projectId, branchId } = await given('suspended', 1)
  const waiting = { project_id: projectId, branch_id: null, endpoint_id: null }
  const many = Array.from({ length: limits.unfinishedOperationsPerProject }, () => ({
    ...{ ...waiting, action: 'apply_storage_config' as const },
  }))
  await operations.insertChain(catalog.db, crypto.randomUUID(), many)
  await projects.markDeleted(catalog.db, projectId, new Date())
  await next()
  const [newest] = await operations.listOfProject(catalog.db, projectId, { limit: 1 })
  assert.deepEqual([newest?.action, newest?.branch_id], ['delete_timeline', branchId])
})
