// Deletion, recovery, expiry and scheduled snapshots: what happens because time passes, with a clock that is told to.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../catalog/branches.ts'
import type { Catalog } from '../catalog/catalog.ts'
import * as operations from '../catalog/operations.ts'
import * as snapshots from '../catalog/snapshots.ts'
import { plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import type { Control } from './control.ts'
import { prepareQueue } from './operations/queue.ts'
import { runProject } from './operations/run.ts'
import type { Sweeper } from './sweeper.ts'
import { stillControl, type TestControl } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let testing: TestControl
let control: Control
let sweeper: Sweeper
let projectId: string
let mainId: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  begin()
  await prepareQueue(testing.parts)
  const planted = await plant(catalog)
  testing.engine.put(planted.branch.id, 'data', 'ready')
  ;[projectId, mainId] = [planted.project.id, planted.branch.id]
})

function begin(): void {
  ;({ testing, control, sweeper } = stillControl(catalog, cluster.login))
}
const work = () => runProject(testing, projectId)
const refused = (code: string, what: Promise<unknown>) =>
  assert.rejects(what, error => error instanceof PilotlightError && error.code === code)
const make = async (name: string, more: object = {}) => {
  const { branch } = await control.branchCreation.create(projectId, {
    ...{ name, moment: null, endpoints: [{ type: 'read_write' as const }] },
    ...more,
  })
  return branch.id
}
const names = async () => (await control.branches.list(projectId)).branches.map(({ name }) => name).sort()
const at = (afterMs: number) => new Date(testing.clock.now() + afterMs).toISOString()
const weekMs = limits.branchRecoverySeconds * 1000

test('a deleted branch can be recovered for a week, and is gone for good afterwards', async () => {
  const id = await make('dev')
  await work()
  const deleted = await control.branchDeletion.delete(projectId, id, { hard: false })
  assert.equal(deleted?.operations.at(-1)?.action, 'timeline_mark_invisible')
  await work()
  assert.deepEqual(await names(), ['main'])
  await refused('branch_not_found', control.branches.get(projectId, id))
  const [endpoint] = await catalog.db
    .selectFrom('endpoints')
    .selectAll()
    .where('branch_id', '=', id)
    .execute()
  await refused('endpoint_not_found', control.endpoints.get(projectId, endpoint!.id))
  await refused('endpoint_gone', control.access.wake(endpoint!.id))
  assert.deepEqual(await control.access.accessControl(endpoint!.id, 'app'), { role_secret: '' })
  assert.equal(testing.engine.phase(id), 'ready')
  const { branches: all } = await control.branches.list(projectId, { includeDeleted: true })
  assert.equal(all.length, 2)

  testing.clock.pass(weekMs - 1000)
  await sweeper.sweep()
  const recovered = await control.branchDeletion.recover(projectId, id)
  assert.deepEqual([recovered.branch.expires_at, recovered.endpoints.length], [null, 1])
  assert.deepEqual(await names(), ['dev', 'main'])
  assert.ok((await control.access.wake(endpoint!.id)).address)
  await refused('branch_not_deleted', control.branchDeletion.recover(projectId, id))

  await control.branchDeletion.delete(projectId, id, { hard: false })
  await work()
  testing.clock.pass(weekMs + 1000)
  await refused('branch_not_recoverable', control.branchDeletion.recover(projectId, id))
  await sweeper.sweep()
  await work()
  assert.equal(testing.engine.phase(id), 'gone')
  assert.equal(await branches.find(catalog.db, id), undefined)
  await refused('branch_not_found', control.branchDeletion.recover(projectId, id))
})

test('one that was deleted gives its name back, and cannot take it away again', async () => {
  const id = await make('dev')
  await control.branchDeletion.delete(projectId, id, { hard: false })
  await make('dev')
  await refused('branch_exists', control.branchDeletion.recover(projectId, id))
})

test('a branch recovered while its removal waits is left alone', async () => {
  const id = await make('dev')
  await work()
  await control.branchDeletion.delete(projectId, id, { hard: false })
  await control.branchDeletion.recover(projectId, id)
  await work()
  assert.deepEqual(
    [(await branches.find(catalog.db, id))?.state, testing.engine.phase(id)],
    ['ready', 'ready'],
  )
})

test('where copies cost their whole size, and where it is asked for, a branch goes at once', async () => {
  for (const [cloning, hard] of [
    ['copy', false],
    ['reflink', true],
  ] as const) {
    testing.engine.cloning = cloning
    const id = await make('dev')
    await work()
    await control.branchDeletion.delete(projectId, id, { hard })
    await refused('branch_not_recoverable', control.branchDeletion.recover(projectId, id))
    await work()
    assert.equal(testing.engine.phase(id), 'gone')
  }
})

test('what expires goes, but not before, and neither parents nor what somebody protected', async () => {
  const plain = await make('plain', { expiresAt: at(60_000) })
  const parent = await make('parent', { expiresAt: at(60_000) })
  const child = await make('child', { parentId: parent })
  const kept = await make('kept', { expiresAt: at(60_000) })
  await work()
  await refused('branch_never_expires', control.branchChanges.update(projectId, kept, { protected: true }))
  await control.branchChanges.update(projectId, kept, { protected: true, expiresAt: null })
  await refused('branch_never_expires', control.branchChanges.update(projectId, mainId, { expiresAt: at(1) }))
  await refused('invalid_request', control.branchChanges.update(projectId, plain, { expiresAt: at(-1) }))
  testing.clock.pass(59_000)
  await sweeper.sweep()
  assert.equal((await names()).length, 5)
  testing.clock.pass(2000)
  // The control that knew of it is gone; the next one finds it.
  const later = testing.clock.now()
  const engine = testing.engine
  begin()
  testing.clock.pass(later - testing.clock.now())
  await sweeper.sweep()
  assert.deepEqual(await names(), ['child', 'kept', 'main', 'parent'])
  await control.branchDeletion.delete(projectId, child, { hard: true })
  await sweeper.sweep()
  assert.deepEqual(await names(), ['kept', 'main'])
  assert.equal((await branches.find(catalog.db, plain))?.deletion_method, 'ttl')
  assert.equal(engine.phase(plain), 'ready', 'the operation is still to run')
})

test('snapshots expire; a deletion that failed is tried again an hour later', async () => {
  await control.snapshots.create(projectId, mainId, { moment: null, expiresAt: at(60_000) })
  const kept = await control.snapshots.create(projectId, mainId, { moment: null, name: 'kept' })
  await work()
  assert.equal((await control.snapshots.list(projectId)).length, 2)
  testing.clock.pass(61_000)
  testing.engine.fail('ensureGone', ...Array(10).fill('internal'))
  await sweeper.sweep()
  await work()
  assert.deepEqual(
    (await control.snapshots.list(projectId)).map(({ name }) => name),
    ['kept'],
  )
  assert.equal((await snapshots.listOfProject(catalog.db, projectId)).length, 2)
  testing.engine.fail('ensureGone')
  // Operations end by the machine's clock.
  testing.clock.pass(Date.now() - testing.clock.now() + 1_800_000)
  await sweeper.sweep()
  await work()
  assert.equal((await snapshots.listOfProject(catalog.db, projectId)).length, 2, 'not yet')
  testing.clock.pass(1_900_000)
  await sweeper.sweep()
  await work()
  assert.deepEqual(
    (await snapshots.listOfProject(catalog.db, projectId)).map(({ id }) => id),
    [kept.snapshot.id],
  )
})

test('a schedule makes one snapshot a slot, also after a long pause, and they expire', async () => {
  await control.backupSchedules.set(projectId, mainId, [
    { frequency: 'hourly', retention_seconds: 7200 },
    { frequency: 'daily' },
  ])
  const taken = async () => {
    await sweeper.sweep()
    await sweeper.sweep()
    await work()
    return (await control.snapshots.list(projectId)).map(({ name }) => name.split(' ')[1]).sort()
  }
  assert.deepEqual(await taken(), [], 'nothing is made up for from before the schedule')
  testing.clock.pass(3_600_000)
  assert.deepEqual(await taken(), ['hourly'])
  testing.clock.pass(3_600_000)
  assert.deepEqual(await taken(), ['hourly', 'hourly'])
  testing.clock.pass(48 * 3_600_000)
  assert.deepEqual(await taken(), ['daily', 'hourly'])
  const [newest] = await control.snapshots.list(projectId)
  assert.equal(newest?.manual, false)
  await control.backupSchedules.set(projectId, mainId, [])
  testing.clock.pass(48 * 3_600_000)
  assert.deepEqual(await taken(), ['daily'])
})

test('a project goes with its snapshots and all of its branches, but not while one is protected', async () => {
  const child = await make('child')
  const deleted = await make('deleted')
  const { snapshot } = await control.snapshots.create(projectId, mainId, { moment: null })
  await work()
  await control.branchDeletion.delete(projectId, deleted, { hard: false })
  await control.branchChanges.update(projectId, child, { protected: true })
  await refused('project_has_protected_branch', control.projectDeletion.delete(projectId))
  await control.branchChanges.update(projectId, child, { protected: false })
  testing.engine.cloning = 'copy'
  await control.projectDeletion.delete(projectId)
  await work()
  for (const id of [mainId, child, deleted, snapshot.id]) assert.equal(testing.engine.phase(id), 'gone')
  assert.deepEqual(await branches.listOfProject(catalog.db, projectId), [])
  await refused('project_not_found', control.projectDeletion.recover(projectId))
})

test('what goes because time passed is in the audit log, and nothing else is', async () => {
  await catalog.db.deleteFrom('audit_log').execute()
  const expiring = await make('expiring', { expiresAt: at(60_000) })
  const deleted = await make('deleted')
  const { snapshot } = await control.snapshots.create(projectId, mainId, { moment: null })
  await control.snapshots.update(projectId, snapshot.id, {
    expiresAt: at(60_000),
  })
  await control.backupSchedules.set(projectId, mainId, [{ frequency: 'hourly' }])
  await work()
  await control.branchDeletion.delete(projectId, deleted, { hard: false })
  await work()
  await sweeper.sweep()
  assert.deepEqual(await control.audit.list({}, { limit: 100 }), [])

  testing.clock.pass(weekMs + 3_600_000)
  await sweeper.sweep()
  await work()
  await sweeper.sweep()
  const [scheduled] = await control.snapshots.list(projectId)
  const entries = await control.audit.list({ projectId, actor: 'system' }, { limit: 100 })
  const about = { project_id: projectId }
  const byName = (a: { operation_id: string }, b: { operation_id: string }) =>
    JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
  assert.deepEqual(
    entries.map(({ operation_id, ids }) => ({ operation_id, ids })).sort(byName),
    [
      {
        operation_id: 'createSnapshot',
        ids: { ...about, branch_id: mainId, snapshot_id: scheduled!.id },
      },
      { operation_id: 'deleteProjectBranch', ids: { ...about, branch_id: expiring } },
      { operation_id: 'deleteProjectBranch', ids: { ...about, branch_id: deleted } },
      { operation_id: 'deleteSnapshot', ids: { ...about, snapshot_id: snapshot.id } },
    ].sort(byName),
  )
})

test('a wake whose end nobody wrote down ends by itself after an hour', async () => {
  const about = { project_id: projectId, branch_id: mainId, endpoint_id: null }
  const { id } = await operations.insertRunning(catalog.db, { ...about, action: 'start_compute' })
  const status = async () => {
    await sweeper.sweep()
    return (await operations.find(catalog.db, projectId, id))?.status
  }
  // Operations begin by the machine's clock.
  testing.clock.pass(Date.now() - testing.clock.now() + 3_500_000)
  assert.equal(await status(), 'running')
  testing.clock.pass(200_000)
  assert.equal(await status(), 'failed')
})

test('what is still at work after an hour is left to it', async () => {
  const about = { project_id: projectId, branch_id: mainId, endpoint_id: null }
  const { id } = await operations.insertRunning(catalog.db, { ...about, action: 'create_branch' })
  const status = async () => {
    await sweeper.sweep()
    return (await operations.find(catalog.db, projectId, id))?.status
  }
  testing.clock.pass(Date.now() - testing.clock.now() + 3_700_000)
  await catalog.db.updateTable('branches').set({ state: 'init' }).where('id', '=', mainId).execute()
  assert.equal(await status(), 'running')
  await catalog.db.updateTable('branches').set({ state: 'ready' }).where('id', '=', mainId).execute()
  assert.equal(await status(), 'finished')
})
