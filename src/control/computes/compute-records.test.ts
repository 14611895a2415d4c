import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as operations from '../../catalog/operations.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as wakes from '../../catalog/wakes.ts'
import type { OperationCause } from '../../contract/operation-causes.ts'
import * as local from '../../engine/local/index.ts'
import { enqueue, prepareQueue } from '../operations/queue.ts'
import { testControl, until } from '../testing.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())

async function made() {
  const control = testControl(catalog, cluster.login)
  const { project, branch, endpoint } = await plant(catalog)
  control.engine.put(branch.id, 'data', 'ready')
  const causes = async () =>
    (await operations.listOfProject(catalog.db, project.id, { limit: 100 }))
      .toReversed()
      .map(({ action, cause }) => [action, cause])
  const ended = (count: number) =>
    until('all is written down', async () => {
      const list = await operations.listOfProject(catalog.db, project.id, { limit: 100 })
      return list.length === count && list.every(({ status }) => status === 'finished')
    })
  return { ...control, project, branch, endpoint, causes, ended }
}

test('a wake and a sleep are recorded with their causes', async () => {
  const { computes, endpoint, causes, ended, parts } = await made()
  const connection: OperationCause = { by: 'connection', role: 'app', database: 'app', address: '192.0.2.1' }
  const idle: OperationCause = { by: 'idle', quiet_seconds: 300 }
  await computes.start(endpoint.id, connection)
  await computes.suspendIfIdle(endpoint.id, new Date(parts.clock.now() + 1e12), idle)
  await ended(2)
  assert.deepEqual(await causes(), [
    ['start_compute', connection],
    ['suspend_compute', idle],
  ])
  const turns = await wakes.lastTurns(catalog.db, [endpoint.id, 'ep-other'])
  assert.deepEqual(turns.map(({ cause }) => cause?.by).sort(), ['connection', 'idle'])
})

test('one that ended by itself is recorded as that, whoever finds it', async () => {
  const { computes, endpoint, engine, causes, ended } = await made()
  await computes.start(endpoint.id, 'record')
  await ended(1)
  engine.put(endpoint.id, 'compute', 'stopped')
  await computes.start(endpoint.id, 'record')
  await ended(3)
  assert.deepEqual(await causes(), [
    ['start_compute', { by: 'pilotlight' }],
    ['suspend_compute', { by: 'crash' }],
    ['start_compute', { by: 'pilotlight' }],
  ])
})

test('what is queued has the cause of whoever queues it', async () => {
  const { parts, project, branch, causes } = await made()
  await prepareQueue(parts)
  await catalog.transaction(trx =>
    enqueue(trx, [
      { project_id: project.id, branch_id: branch.id, endpoint_id: null, action: 'create_branch' },
    ]),
  )
  assert.deepEqual(await causes(), [['create_branch', { by: 'pilotlight' }]])
})
