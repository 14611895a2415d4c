// Deleted projects: a week in which everything comes back, and what happens to them when it is over.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../catalog/branches.ts'
import type { Catalog } from '../catalog/catalog.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as operations from '../catalog/operations.ts'
import * as snapshots from '../catalog/snapshots.ts'
import { plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import type { Control } from './control.ts'
import { prepareQueue } from './operations/queue.ts'
import { runProject } from './operations/run.ts'
import { deleteLeftovers, type Sweeper } from './sweeper.ts'
import { stillControl, type TestControl } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let testing: TestControl
let control: Control
let sweeper: Sweeper
let projectId: string
let mainId: string
let endpointId: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query('create role app login')
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  ;({ testing, control, sweeper } = stillControl(catalog, cluster.login))
  await prepareQueue(testing.parts)
  const planted = await plant(catalog)
  testing.engine.put(planted.branch.id, 'data', 'ready')
  ;[projectId, mainId, endpointId] = [planted.project.id, planted.branch.id, planted.endpoint.id]
})

const work = () => runProject(testing, projectId)
const refused = (code: string, what: Promise<unknown>) =>
  assert.rejects(what, error => error instanceof PilotlightError && error.code === code)
const make = async (name: string, more: object = {}) => {
  const made = await control.branchCreation.create(projectId, {
    ...{ name, moment: null, endpoints: [{ type: 'read_write' as const }] },
    ...more,
  })
  return { id: made.branch.id, endpointId: made.endpoints[0]!.id }
}
const at = (afterMs: number) => new Date(testing.clock.now() + afterMs).toISOString()
const weekMs = limits.projectRecoverySeconds * 1000
const listed = async (recoverable: boolean) =>
  (await control.projects.list({ limit: 100, recoverable })).projects.map(({ id }) => id)

test('a deleted project is closed at once, keeps its data for a week, and comes back whole', async () => {
  await catalog.db
    .updateTable('roles')
    .set({ password_box: testing.parts.secretBox.seal('sesame') })
    .where('branch_id', '=', mainId)
    .execute()
  const dev = await make('dev')
  const gone = await make('gone')
  const { snapshot } = await control.snapshots.create(projectId, mainId, { moment: null, name: 'kept' })
  await work()
  await control.branchDeletion.delete(projectId, gone.id, { hard: false })
  await control.access.wake(endpointId)

  const deleted = await control.projectDeletion.delete(projectId)
  assert.equal(
    deleted.recoverable_until?.getTime(),
    deleted.deleted_at!.getTime() + limits.projectRecoverySeconds * 1000,
  )
  await refused('endpoint_gone', control.access.wake(endpointId))
  assert.deepEqual(await control.access.accessControl(endpointId, 'app'), { role_secret: '' })
  await refused('project_not_found', control.projects.get(projectId))
  await refused('project_not_found', control.projectDeletion.delete(projectId))
  await refused('project_not_found', control.branchDeletion.recover(projectId, gone.id))
  assert.deepEqual([await listed(false), await listed(true)], [[], [projectId]])
  await work()
  assert.equal(testing.engine.phase(endpointId), 'gone', 'its compute ran')
  assert.equal((await endpoints.find(catalog.db, projectId, endpointId))?.state, 'suspended')
  for (const id of [mainId, dev.id, snapshot.id]) assert.equal(testing.engine.phase(id), 'ready')

  testing.clock.pass(weekMs - 1000)
  await sweeper.sweep()
  await deleteLeftovers(testing.parts)
  await work()
  const recovered = await control.projectDeletion.recover(projectId)
  assert.deepEqual([recovered.project.deleted_at, recovered.project.recoverable_until], [null, null])
  assert.deepEqual(recovered.branches.map(({ name }) => name).sort(), ['dev', 'main'])
  assert.deepEqual([await listed(false), await listed(true)], [[projectId], []])
  assert.deepEqual(
    (await control.snapshots.list(projectId)).map(({ name }) => name),
    ['kept'],
  )
  assert.equal(await control.passwords.reveal(projectId, mainId, 'app'), 'sesame')
  for (const id of [endpointId, dev.endpointId]) assert.ok((await control.access.wake(id)).address)
  await refused('project_not_deleted', control.projectDeletion.recover(projectId))
})

test('after the week all of it goes, and it cannot be recovered any more', async () => {
  const dev = await make('dev')
  const { snapshot } = await control.snapshots.create(projectId, mainId, { moment: null })
  await work()
  await control.projectDeletion.delete(projectId)
  await work()
  testing.clock.pass(weekMs + 1000)
  await refused('project_not_found', control.projectDeletion.recover(projectId))
  assert.deepEqual(await listed(true), [])
  await sweeper.sweep()
  await refused('project_not_found', control.projectDeletion.recover(projectId))
  await work()
  for (const id of [mainId, dev.id, snapshot.id]) assert.equal(testing.engine.phase(id), 'gone')
  assert.deepEqual(await branches.listOfProject(catalog.db, projectId), [])
  assert.deepEqual(await snapshots.listOfProject(catalog.db, projectId), [])
  await refused('project_not_found', control.projectDeletion.recover(projectId))
})

test('recovered before its computes were taken away, it goes on as if nothing had been', async () => {
  await control.access.wake(endpointId)
  await control.projectDeletion.delete(projectId)
  await control.projectDeletion.recover(projectId)
  await work()
  assert.deepEqual(
    [
      testing.engine.phase(endpointId),
      testing.engine.phase(mainId),
      (await branches.find(catalog.db, mainId))?.state,
    ],
    ['ready', 'ready', 'ready'],
  )
})

test('a branch that was being made when its project was deleted is made, and comes back with it', async () => {
  const dev = await make('dev')
  await control.projectDeletion.delete(projectId)
  await work()
  assert.equal(testing.engine.phase(dev.id), 'ready')
  await control.projectDeletion.recover(projectId)
  assert.ok((await control.access.wake(dev.endpointId)).address)
})

test('what would expire waits until its project is recovered, or goes with it', async () => {
  const dev = await make('dev', { expiresAt: at(60_000) })
  await control.snapshots.create(projectId, mainId, { moment: null, expiresAt: at(60_000) })
  await work()
  await control.projectDeletion.delete(projectId)
  await work()
  testing.clock.pass(61_000)
  const before = (await operations.listOfProject(catalog.db, projectId, { limit: 1000 })).length
  await sweeper.sweep()
  assert.equal((await operations.listOfProject(catalog.db, projectId, { limit: 1000 })).length, before)
  await control.projectDeletion.recover(projectId)
  await sweeper.sweep()
  await work()
  assert.equal(await branches.find(catalog.db, dev.id), undefined)
  assert.deepEqual(await control.snapshots.list(projectId), [])
})

test('a history that was changed right before the deletion is taken up all the same', async () => {
  await control.projects.update(projectId, { history_retention_seconds: 3600 })
  await control.projectDeletion.delete(projectId)
  const before = testing.engine.calls.length
  await work()
  assert.ok(testing.engine.calls.slice(before).some(call => call.startsWith(`ensureWindow ${mainId}`)))
})

test('a moment that somebody looks at goes with its project, and is none to come back to', async () => {
  const { aux } = await control.access.wake(endpointId, { time: '1970-01-01T00:10:00Z' })
  assert.notEqual(aux.branch_id, mainId)
  await control.projectDeletion.delete(projectId)
  await work()
  assert.equal(testing.engine.phase(aux.branch_id), 'gone')
  const { branches: back } = await control.projectDeletion.recover(projectId)
  assert.deepEqual(
    back.map(({ id }) => id),
    [mainId],
  )
  assert.equal(await branches.find(catalog.db, aux.branch_id), undefined)
})

test('a restore that waits when its project is deleted is called off, and the branch keeps its data', async () => {
  await control.restores.restore(projectId, mainId, {
    ...{ sourceId: mainId, moment: { time: '1970-01-01T00:10:00Z' } },
    preserveUnderName: 'before',
  })
  await control.projectDeletion.delete(projectId)
  await work()
  await control.projectDeletion.recover(projectId)
  const all = await operations.listOfProject(catalog.db, projectId, { limit: 100 })
  assert.equal(all.find(({ action }) => action === 'swap_binding_id')?.status, 'failed')
  assert.deepEqual(
    (await control.branches.list(projectId)).branches.map(({ name, state }) => [name, state]),
    [['main', 'ready']],
  )
  assert.ok((await control.access.wake(endpointId)).address)
})
