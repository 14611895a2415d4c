import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import { query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

describe('snapshots', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  const run = <T extends Record<string, unknown>>(at: ProjectDetails, sql: string) =>
    query<T>(pilotlight, at, sql)
  const notes = async (at: ProjectDetails) =>
    (await run<{ text: string }>(at, 'select text from note order by id')).map(({ text }) => text)
  async function made(): Promise<ProjectDetails> {
    const project = await pilotlight.createProject()
    await run(project, 'create table note (id int primary key, text text)')
    await run(project, `insert into note values (1, 'first')`)
    return project
  }
  const snapshot = async (project: ProjectDetails, query: object = {}, branchId = project.branchId) => {
    const { data } = await pilotlight.api.createSnapshot({ projectId: project.id, branchId, ...query })
    await pilotlight.settle(project.id)
    return data.snapshot
  }
  const list = async (project: ProjectDetails) =>
    (await pilotlight.api.listSnapshots(project.id)).data.snapshots
  const addressOf = async (project: ProjectDetails, branchId: string): Promise<ProjectDetails> => {
    const { data } = await pilotlight.api.listProjectBranchEndpoints(project.id, branchId)
    const [endpoint] = data.endpoints
    return { ...project, branchId, host: endpoint!.host, endpointId: endpoint!.id }
  }

  test('taken, listed, renamed, looked at beside its branch, deleted', async () => {
    const project = await made()
    const taken = await snapshot(project, { name: 'before the change' })
    assert.match(taken.id, /^snap-/)
    await run(project, `insert into note values (2, 'second')`)
    const [listed] = await list(project)
    assert.deepEqual(
      [listed?.name, listed?.source_branch_id, listed?.manual],
      ['before the change', project.branchId, true],
    )
    assert.ok(listed!.lsn && listed!.timestamp)
    const renamed = await pilotlight.api.updateSnapshot(project.id, taken.id, {
      snapshot: { name: 'renamed' },
    })
    assert.equal(renamed.data.snapshot.name, 'renamed')

    const { data } = await pilotlight.api.restoreSnapshot(
      { projectId: project.id, snapshotId: taken.id },
      { name: 'preview' },
    )
    assert.deepEqual(
      [data.branch.name, data.branch.restored_from, data.branch.restored_as, data.branch.restore_status],
      ['preview', taken.id, project.branchId, 'restored'],
    )
    const preview = await addressOf(project, data.branch.id)
    assert.deepEqual(await notes(preview), ['first'])
    assert.deepEqual(await notes(project), ['first', 'second'])

    const deleted = await pilotlight.api.deleteSnapshot(project.id, taken.id)
    assert.equal(deleted.status, 202)
    await pilotlight.settle(project.id)
    assert.deepEqual(await list(project), [])
    assert.deepEqual(await notes(preview), ['first'])
    assert.equal(
      await pilotlight.api.deleteSnapshot(project.id, taken.id).then(
        () => 0,
        error => error.response.status,
      ),
      404,
    )
  })

  test('restored in two steps: looked at first, then in the place of its branch', async () => {
    const project = await made()
    const taken = await snapshot(project)
    await run(project, `update note set text = 'spoilt'`)
    const { data } = await pilotlight.api.restoreSnapshot({ projectId: project.id, snapshotId: taken.id }, {})
    const preview = await addressOf(project, data.branch.id)
    assert.deepEqual(await notes(preview), ['first'])
    await pilotlight.settle(project.id)
    await pilotlight.api.finalizeRestoreBranch(project.id, data.branch.id, {})
    // The host that the application knows, and its password, lead to the restored data.
    await pilotlight.settle(project.id)
    assert.deepEqual(await notes(project), ['first'])
    assert.deepEqual(await notes(preview), ['spoilt'])
    const branch = async (id: string) => (await pilotlight.api.getProjectBranch(project.id, id)).data.branch
    const [restored, old] = [await branch(data.branch.id), await branch(project.branchId)]
    assert.deepEqual([restored.name, restored.default, restored.restore_status], ['main', true, 'finalized'])
    assert.deepEqual([old.name, old.default], ['main (old)', false])
    await pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: old.id })
    await pilotlight.settle(project.id)
    assert.deepEqual(await notes(project), ['first'])
  })

  test('restored in one step', async () => {
    const project = await made()
    const taken = await snapshot(project)
    await run(project, 'drop table note')
    const { data } = await pilotlight.api.restoreSnapshot(
      { projectId: project.id, snapshotId: taken.id },
      { finalize_restore: true, target_branch_id: project.branchId },
    )
    assert.notEqual(data.branch.id, project.branchId)
    await pilotlight.settle(project.id)
    assert.deepEqual(await notes(project), ['first'])
  })

  test('of a moment, and it outlives its branch', async () => {
    const project = await made()
    const [moment] = await run<{ time: string }>(
      project,
      `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time`,
    )
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'short-lived' },
      endpoints: [{ type: EndpointType.ReadWrite }],
    })
    const child = await addressOf(project, data.branch.id)
    await run(child, `insert into note values (2, 'of the child')`)
    await run(project, `insert into note values (2, 'late')`)
    const ofMoment = await snapshot(project, { timestamp: moment!.time })
    const ofChild = await snapshot(project, { name: 'of the child' }, child.branchId)
    await pilotlight.api.deleteProjectBranch({
      projectId: project.id,
      branchId: child.branchId,
      hard_delete: true,
    })
    await pilotlight.settle(project.id)
    for (const [id, expected] of [
      [ofMoment.id, ['first']],
      [ofChild.id, ['first', 'of the child']],
    ] as const) {
      const restored = await pilotlight.api.restoreSnapshot({ projectId: project.id, snapshotId: id }, {})
      assert.deepEqual(await notes(await addressOf(project, restored.data.branch.id)), expected)
    }
    assert.deepEqual(await notes(project), ['first', 'late'])
  })

  test('expires; a schedule is kept as it was given', async () => {
    const project = await made()
    const expires_at = new Date(Date.now() + 5000).toISOString()
    await pilotlight.api.createSnapshot({
      ...{ projectId: project.id, branchId: project.branchId, expires_at },
    })
    const schedule = {
      schedule: [{ frequency: 'daily', hour: 3, retention_seconds: 86_400 }, { frequency: 'yearly' }],
    }
    await pilotlight.api.setSnapshotSchedule(project.id, project.branchId, schedule)
    const { data } = await pilotlight.api.getSnapshotSchedule(project.id, project.branchId)
    assert.deepEqual(data, schedule)
    await eventually(async () => (await list(project)).length === 0, {
      timeoutMs: 60_000,
      about: () => 'the snapshot to expire',
    })
    await pilotlight.api.deleteProject(project.id)
  })
})
