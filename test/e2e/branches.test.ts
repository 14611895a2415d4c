import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import { connect, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const refused = (status: number, text: RegExp) => (error: unknown) => {
  const { response } = error as { response?: { status: number; data: { message: string } } }
  assert.equal(response?.status, status)
  assert.match(response!.data.message, text)
  return true
}

describe('branches, by the official API client', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject()
    await run('create table note (id int primary key, text text)')
    await run(`insert into note values (1, 'first')`)
  })
  after(() => pilotlight.stop())

  const run = (sql: string, at: ProjectDetails = project) => query<{ text: string }>(pilotlight, at, sql)
  const notes = async (at: ProjectDetails) =>
    (await run('select text from note order by id', at)).map(({ text }) => text)
  const writer = [{ type: EndpointType.ReadWrite }]

  /** A branch with an endpoint, and the password that the API shows for it. */
  async function branchOff(request: object = {}): Promise<ProjectDetails> {
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      endpoints: writer,
      branch: request,
    })
    const [endpoint] = data.endpoints
    const { data: revealed } = await pilotlight.api.getProjectBranchRolePassword(
      project.id,
      data.branch.id,
      project.role,
    )
    return {
      ...project,
      ...{ branchId: data.branch.id, endpointId: endpoint!.id, host: endpoint!.host },
      password: revealed.password,
    }
  }
  const get = async (id: string) => (await pilotlight.api.getProjectBranch(project.id, id)).data.branch

  test('answered at once, connected to at once, independent of its parent', async () => {
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'dev' },
      endpoints: writer,
    })
    assert.deepEqual(
      data.operations.map(({ action }) => action),
      ['create_branch', 'start_compute'],
    )
    assert.deepEqual(
      [data.branch.name, data.branch.parent_id, data.branch.default],
      ['dev', project.branchId, false],
    )
    assert.deepEqual(
      [data.roles.map(({ name }) => name), data.databases.map(({ name }) => name)],
      [['neondb_owner'], ['neondb']],
    )
    const dev = {
      ...project,
      branchId: data.branch.id,
      endpointId: data.endpoints[0]!.id,
      host: data.endpoints[0]!.host,
    }
    assert.equal(data.connection_uris![0]!.connection_parameters.password, project.password)
    // The branch may not be there yet: the client is held, not refused.
    assert.deepEqual(await notes(dev), ['first'])
    await run(`insert into note values (2, 'of dev')`, dev)
    await run(`insert into note values (2, 'of main')`)
    assert.deepEqual(await notes(dev), ['first', 'of dev'])
    assert.deepEqual(await notes(project), ['first', 'of main'])
    await pilotlight.settle(project.id)
    const made = await get(dev.branchId)
    assert.equal(made.current_state, 'ready')
    assert.match(made.parent_lsn!, /^[0-9A-F]+\/[0-9A-F]+$/)
    await assert.rejects(
      pilotlight.api.createProjectBranch(project.id, { branch: { name: 'dev' } }),
      refused(409, /^branch already exists; branch_name:"dev"$/),
    )
    await run('delete from note where id = 2')
  })

  test('a body is not needed, and a name neither', async () => {
    const { data } = await pilotlight.api.createProjectBranch(project.id)
    assert.equal(data.branch.name, data.branch.id)
    assert.deepEqual(data.endpoints, [])
    await pilotlight.settle(project.id)
    assert.equal((await get(data.branch.id)).current_state, 'ready')
  })

  test('of a moment: by time, by LSN, and not from the future or from before there was anything', async () => {
    await run(`insert into note values (3, 'before')`)
    const [now] = await query<{ time: string; lsn: string }>(
      pilotlight,
      project,
      `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
              pg_current_wal_insert_lsn()::text as lsn`,
    )
    await run(`insert into note values (4, 'after')`)
    const byTime = await branchOff({ parent_timestamp: now!.time })
    const byLsn = await branchOff({ parent_lsn: now!.lsn })
    assert.deepEqual(await notes(byTime), ['first', 'before'])
    assert.deepEqual(await notes(byLsn), ['first', 'before'])
    await run('delete from note where id > 1')
    const create = (branch: object) => pilotlight.api.createProjectBranch(project.id, { branch })
    await assert.rejects(
      create({ parent_timestamp: new Date(Date.now() + 3_600_000).toISOString() }),
      refused(400, /in the future/),
    )
    await assert.rejects(
      create({ parent_timestamp: '2020-01-01T00:00:00Z' }),
      refused(422, /outside the history of branch br-.*, which begins at/),
    )
    await assert.rejects(
      create({ parent_timestamp: now!.time, parent_lsn: now!.lsn }),
      refused(400, /at the same time/),
    )
    await assert.rejects(create({ parent_id: 'br-no-such-branch' }), refused(404, /^branch not found$/))
  })

  test('a branch of a branch of a branch, and the middle one cannot go before its child', async () => {
    const child = await branchOff({ name: 'child' })
    const grandchild = await branchOff({ name: 'grandchild', parent_id: child.branchId })
    assert.deepEqual(await notes(grandchild), ['first'])
    const remove = (id: string) => pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: id })
    await assert.rejects(remove(child.branchId), refused(422, /^cannot delete branch that has children/))
    await assert.rejects(remove(project.branchId), refused(422, /^cannot delete default branch$/))
    const session = await connect(pilotlight, grandchild)
    const ended = new Promise<Error>(resolve => session.once('error', resolve))
    const { status, data } = await remove(grandchild.branchId)
    assert.equal(status, 200)
    assert.ok(data.operations.some(({ action }) => action === 'delete_timeline'))
    assert.match((await ended).message, /terminating connection|Connection terminated/)
    await pilotlight.settle(project.id)
    await assert.rejects(run('select 1', grandchild), /password authentication failed/)
    assert.equal((await remove(grandchild.branchId)).status, 204)
    assert.deepEqual(await notes(child), ['first'])
    await remove(child.branchId)
  })

  test('children of a protected branch have passwords of their own; it cannot be deleted or reset', async () => {
    const kept = await branchOff({ name: 'kept', protected: true })
    assert.equal(kept.password, project.password)
    const child = await branchOff({ name: 'child of kept', parent_id: kept.branchId })
    assert.notEqual(child.password, kept.password)
    assert.deepEqual(await notes(child), ['first'])
    await assert.rejects(
      run('select 1', { ...child, password: kept.password }),
      /password authentication failed/,
    )
    assert.deepEqual(await notes(kept), ['first'])
    await assert.rejects(
      pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: kept.branchId }),
      refused(422, /^cannot delete protected branch$/),
    )
    await assert.rejects(
      pilotlight.api.restoreProjectBranch(project.id, kept.branchId, { source_branch_id: project.branchId }),
      refused(422, /^cannot reset protected branch$/),
    )
    await assert.rejects(
      pilotlight.api.deleteProjectEndpoint(project.id, kept.endpointId),
      refused(422, /protected/),
    )
    const { data } = await pilotlight.api.updateProjectBranch(project.id, kept.branchId, {
      branch: { protected: false, name: 'kept no more' },
    })
    assert.deepEqual([data.branch.protected, data.branch.name], [false, 'kept no more'])
  })

  test('roles that were made in SQL come along, and what is dropped on one branch stays on the other', async () => {
    await run(`create role tom login password 'tom''s secret of 16'`)
    await run('create database toms')
    const { data } = await pilotlight.api.createProjectBranch(project.id, { endpoints: writer })
    const at = {
      ...project,
      host: data.endpoints[0]!.host,
      endpointId: data.endpoints[0]!.id,
      branchId: data.branch.id,
    }
    assert.deepEqual(await notes(at), ['first'])
    const tom = { role: 'tom', password: `tom's secret of 16`, database: 'toms' }
    await run('select 1', { ...at, ...tom })
    await run('drop database toms', at)
    await run('drop role tom', at)
    await run('select 1', { ...project, ...tom })
    await run('drop database toms')
    await run('drop role tom')
  })

  test('the list: sorted, searched, in pages, with annotations', async () => {
    const names = ['page b', 'page a', 'page c']
    for (const name of names) {
      await pilotlight.api.createProjectBranch(project.id, {
        branch: { name },
        annotation_value: { of: name },
      })
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { data } = await pilotlight.api.listProjectBranches({
        ...{ projectId: project.id, search: 'page ', sort_by: 'name', sort_order: 'asc', limit: 2 },
        ...(cursor && { cursor }),
      })
      for (const { id, name } of data.branches) {
        assert.deepEqual(data.annotations[id]?.value, { of: name })
        seen.push(name)
      }
      assert.equal(data.pagination?.sort_by, 'name')
      cursor = data.pagination?.next
    } while (cursor)
    assert.deepEqual(seen, names.toSorted())
    const { data } = await pilotlight.api.countProjectBranches({ projectId: project.id, search: 'page' })
    assert.equal(data.count, 3)
    // What is still being made changes its place in the list.
    await pilotlight.settle(project.id)
    const [first] = (await pilotlight.api.listProjectBranches({ projectId: project.id })).data.branches
    const newest = (
      await pilotlight.api.listProjectBranches({ projectId: project.id, sort_by: 'updated_at' })
    ).data.branches[0]
    assert.equal(first?.id, newest?.id)
  })

  test('the default branch can be another one', async () => {
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'heir' } })
    await pilotlight.api.setDefaultProjectBranch(project.id, data.branch.id)
    assert.equal((await get(data.branch.id)).default, true)
    assert.equal((await get(project.branchId)).default, false)
    await pilotlight.api.setDefaultProjectBranch(project.id, project.branchId)
  })

  test('a branch that expires is gone afterwards', async () => {
    const expires_at = new Date(Date.now() + 6000).toISOString().replace(/\.\d+Z/, 'Z')
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { expires_at } })
    assert.equal(data.branch.expires_at, expires_at)
    assert.ok(data.branch.ttl_interval_seconds! >= 1)
    await eventually(
      async () => {
        const { data: all } = await pilotlight.api.listProjectBranches({ projectId: project.id })
        return all.branches.every(({ id }) => id !== data.branch.id)
      },
      { timeoutMs: 60_000, about: () => 'the branch to expire' },
    )
  })

  test('one with the schema alone has no rows, and no moment at which it had any', async () => {
    await run(
      'create table secret as select i, md5(i::text) as digest from generate_series(1, 1000) i; analyze',
    )
    const schemaOnly = await branchOff({ name: 'schema', init_source: 'schema-only' })
    assert.deepEqual(await notes(schemaOnly), [])
    assert.deepEqual(await run('select 1 from secret', schemaOnly), [])
    assert.deepEqual(await run('select 1 from pg_stats where tablename = $$secret$$', schemaOnly), [])
    const branch = await get(schemaOnly.branchId)
    assert.deepEqual([branch.parent_id, branch.init_source], [undefined, 'schema-only'])
    await run(`insert into note values (1, 'its own')`, schemaOnly)
    assert.deepEqual(await notes(schemaOnly), ['its own'])
    assert.deepEqual(await notes(project), ['first'])
    await assert.rejects(
      pilotlight.api.createProjectBranch(project.id, {
        branch: { parent_id: schemaOnly.branchId, parent_timestamp: branch.created_at },
      }),
      refused(422, /outside the history/),
    )
  })

  test('endpoints: one that writes, disabled and enabled, deleted', async () => {
    const { data: made } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'bare' } })
    const create = (type: EndpointType) =>
      pilotlight.api.createProjectEndpoint(project.id, {
        endpoint: { branch_id: made.branch.id, type, name: 'mine' },
      })
    const { data, status } = await create(EndpointType.ReadWrite)
    assert.deepEqual([status, data.endpoint.name], [201, 'mine'])
    assert.deepEqual(
      data.operations.map(({ action }) => action),
      ['start_compute'],
    )
    const at = { ...project, host: data.endpoint.host, endpointId: data.endpoint.id }
    assert.deepEqual(await notes(at), ['first'])
    await assert.rejects(create(EndpointType.ReadWrite), refused(409, /already exists/))
    await assert.rejects(create(EndpointType.ReadOnly), refused(422, /not supported yet/))

    const update = (endpoint: object) =>
      pilotlight.api.updateProjectEndpoint(project.id, data.endpoint.id, { endpoint })
    const changed = await update({ suspend_timeout_seconds: 120, autoscaling_limit_max_cu: 2 })
    assert.deepEqual(
      [changed.data.endpoint.suspend_timeout_seconds, changed.data.endpoint.autoscaling_limit_max_cu],
      [120, 2],
    )
    await update({ disabled: true })
    await pilotlight.settle(project.id)
    await assert.rejects(run('select 1', at), /disabled/)
    await update({ disabled: false })
    assert.deepEqual(await notes(at), ['first'])

    assert.equal((await pilotlight.api.deleteProjectEndpoint(project.id, data.endpoint.id)).status, 200)
    await pilotlight.settle(project.id)
    await assert.rejects(run('select 1', at), /password authentication failed/)
    assert.equal((await pilotlight.api.deleteProjectEndpoint(project.id, data.endpoint.id)).status, 204)
    const { data: left } = await pilotlight.api.listProjectBranchEndpoints(project.id, made.branch.id)
    assert.deepEqual(left.endpoints, [])
  })
})
