import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Catalog } from '../catalog/catalog.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as roles from '../catalog/roles.ts'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { hasEnded } from '../contract/operations.ts'
import * as local from '../engine/local/index.ts'
import { parseVerifier } from '../lib/scram-verifier.ts'
import { Control } from './control.ts'
import { enqueue } from './operations/queue.ts'
import { type MemoryEngine, testControl, until } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let control: Control
let engine: MemoryEngine

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  const made = testControl(catalog, cluster.login)
  engine = made.engine
  // The catalog writes the machine's time beside the test's; what ran is counted from one to the other.
  made.clock.pass(Date.now() - made.clock.now())
  control = new Control(made.parts)
  await control.start()
})
after(async () => {
  await control?.stop('leave running')
  await cluster?.stop()
})
beforeEach(async () => {
  const there = await cluster.query(`select from pg_database where datname = 'neondb'`)
  if (there.rowCount) return
  await cluster.query('create role neondb_owner login')
  await cluster.query('create database neondb owner neondb_owner')
})

const refused = (code: string, work: Promise<unknown>) =>
  assert.rejects(work, error => error instanceof PilotlightError && error.code === code)
const settled = (projectId: string) =>
  until('operations ended', async () => {
    const { operations } = await control.operations.list(projectId, { limit: 100 })
    return operations.every(({ status }) => hasEnded(status))
  })
const statuses = async (projectId: string) =>
  (await control.operations.list(projectId, { limit: 100 })).operations
    .toReversed()
    .map(({ action, status }) => `${action} ${status}`)

test('a project: made, started, its password replaced, deleted', async () => {
  const made = await control.projects.create({ name: 'whole', roleName: 'alice', databaseName: 'shop' })
  const [projectId, branchId] = [made.project.id, made.branch.id]
  await settled(projectId)
  assert.deepEqual(await statuses(projectId), ['create_timeline finished', 'start_compute finished'])
  assert.equal(engine.phase(made.endpoint.id), 'ready')
  assert.equal(await control.passwords.reveal(projectId, branchId, 'alice'), made.first?.password)

  const reset = await control.passwords.reset(projectId, branchId, 'alice')
  assert.equal(await control.passwords.reveal(projectId, branchId, 'alice'), reset.password)
  await settled(projectId)
  const role = (await roles.find(catalog.db, branchId, 'alice'))!
  const inside = await cluster.query(`select rolpassword from pg_authid where rolname = 'alice'`)
  assert.equal(inside.rows[0].rolpassword, role.verifier)
  assert.ok(parseVerifier(role.verifier!))
  assert.equal(await control.passwords.reveal(projectId, branchId, 'alice'), reset.password)

  const { operations } = await control.endpoints.act(projectId, made.endpoint.id, 'suspend')
  assert.equal(operations.length, 1)
  await settled(projectId)
  assert.equal((await endpoints.find(catalog.db, projectId, made.endpoint.id))?.state, 'suspended')
  assert.deepEqual((await control.endpoints.act(projectId, made.endpoint.id, 'suspend')).operations, [])

  await control.projectDeletion.delete(projectId)
  await refused('project_not_found', control.projects.get(projectId))
  await until('data gone', () => engine.phase(branchId) === 'gone')
  assert.equal(engine.phase(made.endpoint.id), 'gone')
})

test('a project that stores no passwords stores none at a reset either', async () => {
  const made = await control.projects.create({ storePasswords: false })
  const [projectId, branchId, name] = [made.project.id, made.branch.id, made.first!.role.name]
  await refused('password_not_stored', control.passwords.reveal(projectId, branchId, name))
  await control.passwords.reset(projectId, branchId, name)
  await refused('password_not_stored', control.passwords.reveal(projectId, branchId, name))
  await settled(projectId)
  await refused('password_not_stored', control.passwords.reveal(projectId, branchId, name))
  const role = await roles.find(catalog.db, branchId, name)
  assert.deepEqual([role?.password_box, role?.next_password_box], [null, null])
})

test('calls of one project run one after the other, those of others beside them', async () => {
  const [slow, quick] = [await control.projects.create({}), await control.projects.create({})]
  await settled(slow.project.id)
  await settled(quick.project.id)
  const restart = ({ project, branch, endpoint }: typeof slow) => {
    const about = { project_id: project.id, branch_id: branch.id, endpoint_id: endpoint.id }
    const list = [
      { ...about, action: 'suspend_compute' as const },
      { ...about, action: 'start_compute' as const },
    ]
    return catalog.transaction(trx => enqueue(trx, list))
  }
  const before = engine.calls.length
  await Promise.all([restart(slow), restart(quick), restart(slow), restart(quick)])
  await settled(slow.project.id)
  await settled(quick.project.id)
  const calls = engine.calls.slice(before).filter(line => line.includes(slow.endpoint.id))
  assert.deepEqual(
    calls.map(line => line.split(' ')[0]),
    ['ensureStopped', 'ensureRunning', 'ensureStopped', 'ensureRunning'],
  )
})

test('more unfinished operations than may wait are refused, and leave nothing', async () => {
  const made = await control.projects.create({})
  await settled(made.project.id)
  const one = {
    project_id: made.project.id,
    branch_id: null,
    endpoint_id: null,
    action: 'import_data' as const,
  }
  const many = Array.from({ length: limits.unfinishedOperationsPerProject + 1 }, () => one)
  await refused(
    'too_many_operations',
    catalog.transaction(trx => enqueue(trx, many)),
  )
  assert.equal((await statuses(made.project.id)).length, 2)
})

test('a call that did not commit is not carried out', async () => {
  const made = await control.projects.create({})
  await settled(made.project.id)
  const about = { project_id: made.project.id, branch_id: made.branch.id, endpoint_id: made.endpoint.id }
  const failing = catalog.transaction(async trx => {
    await enqueue(trx, [{ ...about, action: 'suspend_compute' }])
    throw new Error('no')
  })
  await assert.rejects(failing, /^Error: no$/)
  await control.endpoints.act(made.project.id, made.endpoint.id, 'restart')
  await settled(made.project.id)
  assert.equal((await statuses(made.project.id)).length, 4)
})

test('a branch that is still being made is reset behind that; one that could not be made stays failed', async () => {
  engine.cloning = 'reflink'
  const made = await control.projects.create({})
  const [projectId, parentId] = [made.project.id, made.branch.id]
  await settled(projectId)
  const reset = async (name: string) => {
    const { branch } = await control.branchCreation.create(projectId, { name, moment: null })
    const restored = await control.restores.restore(projectId, branch.id, {
      ...{ sourceId: parentId, moment: null },
    })
    await refused(
      'branch_not_ready',
      control.restores.restore(projectId, branch.id, {
        ...{ sourceId: parentId, moment: { lsn: '0/1' }, preserveUnderName: `${name} before` },
      }),
    )
    return { id: branch.id, operations: restored.operations }
  }
  const go = engine.hold('ensureData')
  const early = await reset('early')
  go()
  await settled(projectId)
  const ends = async ({ operations }: { operations: { id: string }[] }) =>
    await Promise.all(operations.map(async ({ id }) => (await control.operations.get(projectId, id)).status))
  assert.deepEqual(await ends(early), ['finished', 'finished'])
  assert.equal((await control.branches.get(projectId, early.id)).state, 'ready')

  const goOn = engine.hold('ensureData')
  const unmade = await reset('unmade')
  engine.fail('ensureData', 'invalid')
  goOn()
  await settled(projectId)
  assert.deepEqual(await ends(unmade), ['failed', 'cancelled'])
  assert.equal((await control.branches.get(projectId, unmade.id)).state, 'failed')
})
