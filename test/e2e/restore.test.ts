import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import { connect, query } from '../fixtures/clients.ts'
import { contractFetch } from '../fixtures/contract.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const refused = (status: number, text: RegExp) => (error: unknown) => {
  const { response } = error as { response?: { status: number; data: { message: string } } }
  assert.equal(response?.status, status)
  assert.match(response!.data.message, text)
  return true
}

describe('restore and reset', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  const run = <T extends Record<string, unknown>>(at: ProjectDetails, sql: string) =>
    query<T>(pilotlight, at, sql)
  const notes = async (at: ProjectDetails) =>
    (await run<{ text: string }>(at, 'select text from note order by id')).map(({ text }) => text)
  const now = async (at: ProjectDetails) => {
    const [row] = await run<{ time: string; lsn: string }>(
      at,
      `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
              pg_current_wal_insert_lsn()::text as lsn`,
    )
    return row!
  }
  const get = async (project: ProjectDetails, id = project.branchId) =>
    (await pilotlight.api.getProjectBranch(project.id, id)).data.branch
  const restore = (project: ProjectDetails, request: object, id = project.branchId) =>
    pilotlight.api.restoreProjectBranch(project.id, id, {
      source_branch_id: project.branchId,
      ...request,
    })
  const findByName = async (project: ProjectDetails, name: string) => {
    const { data } = await pilotlight.api.listProjectBranches({ projectId: project.id, search: name })
    return data.branches.find(branch => branch.name === name)
  }

  async function made(): Promise<ProjectDetails> {
    const project = await pilotlight.createProject()
    await run(project, 'create table note (id int primary key, text text)')
    await run(project, `insert into note values (1, 'first')`)
    return project
  }
  async function branchOff(
    project: ProjectDetails,
    name: string,
    more: object = {},
  ): Promise<ProjectDetails> {
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      branch: { name, parent_id: project.branchId, ...more },
      endpoints: [{ type: EndpointType.ReadWrite }],
    })
    const [endpoint] = data.endpoints
    return { ...project, branchId: data.branch.id, endpointId: endpoint!.id, host: endpoint!.host }
  }

  test('a branch goes back to its own past: same host and password, the rest kept under a name', async () => {
    const project = await made()
    const child = await branchOff(project, 'child')
    assert.deepEqual(await notes(child), ['first'])
    const before = await now(project)
    await run(project, `insert into note values (2, 'a mistake')`)
    // The password that the API shows is to work, whatever it was at that moment.
    const reset = await pilotlight.api.resetProjectBranchRolePassword(
      project.id,
      project.branchId,
      project.role,
    )
    await pilotlight.settle(project.id)
    const at = { ...project, password: reset.data.role.password! }

    const session = await connect(pilotlight, at)
    const ended = new Promise<{ code?: string; message: string }>(resolve => session.once('error', resolve))
    const { data } = await restore(project, {
      source_timestamp: before.time,
      preserve_under_name: 'main before',
    })
    assert.equal(data.branch.id, project.branchId)
    assert.ok(data.operations.length > 0)
    const end = await ended
    assert.ok(end.code === '57P01' || /terminat/.test(end.message), end.message)
    // Who reconnects at once is held until the data is there.
    assert.deepEqual(await notes(at), ['first'])
    await pilotlight.settle(project.id)

    const old = await findByName(project, 'main before')
    const restored = await get(project)
    assert.ok(old)
    assert.equal(restored.parent_id, old.id)
    assert.ok(restored.last_reset_at)
    assert.equal((await get(child)).parent_id, old.id)
    assert.deepEqual(await notes(child), ['first'])
    const { data: opened } = await pilotlight.api.createProjectEndpoint(project.id, {
      endpoint: { branch_id: old.id, type: EndpointType.ReadWrite },
    })
    const oldAt = { ...at, host: opened.endpoint.host, endpointId: opened.endpoint.id }
    assert.deepEqual(await notes(oldAt), ['first', 'a mistake'])
    // And forth again.
    await restore(project, { source_branch_id: old.id, preserve_under_name: 'main in between' })
    assert.deepEqual(await notes(at), ['first', 'a mistake'])
  })

  test('a moment before a restore is found after it', async () => {
    const project = await made()
    const first = await now(project)
    await run(project, `insert into note values (2, 'second')`)
    const second = await now(project)
    await run(project, 'drop table note')
    await restore(project, { source_lsn: first.lsn, preserve_under_name: 'dropped' })
    assert.deepEqual(await notes(project), ['first'])
    await pilotlight.settle(project.id)
    const old = (await findByName(project, 'dropped'))!
    await restore(project, {
      source_branch_id: old.id,
      source_timestamp: second.time,
      preserve_under_name: 'back too far',
    })
    assert.deepEqual(await notes(project), ['first', 'second'])
  })

  test('a reset takes the parent’s head, and its expiry begins anew', async () => {
    const project = await made()
    const expires_at = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z')
    const child = await branchOff(project, 'dev', { expires_at })
    await run(child, `insert into note values (2, 'of dev')`)
    await run(project, `insert into note values (2, 'of main')`)
    await pilotlight.settle(project.id)
    const before = await get(child)
    await restore(child, { source_branch_id: project.branchId })
    assert.deepEqual(await notes(child), ['first', 'of main'])
    await pilotlight.settle(project.id)
    const after = await get(child)
    assert.equal(after.parent_id, project.branchId)
    assert.ok(after.expires_at! >= before.expires_at!)
    assert.equal(after.ttl_interval_seconds, before.ttl_interval_seconds)
    assert.ok(after.last_reset_at)
    assert.notEqual(after.parent_lsn, before.parent_lsn)
    assert.equal((await pilotlight.api.countProjectBranches({ projectId: project.id })).data.count, 2)
    assert.deepEqual(await notes(project), ['first', 'of main'])
  })

  test('one without an endpoint, and one that sleeps', async () => {
    const project = await made()
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'bare' } })
    const asleep = await branchOff(project, 'asleep')
    await pilotlight.suspend(asleep)
    await run(project, `insert into note values (2, 'second')`)
    await restore(project, {}, data.branch.id)
    await restore(project, {}, asleep.branchId)
    await pilotlight.settle(project.id)
    assert.deepEqual(await notes(asleep), ['first', 'second'])
    assert.equal((await get(project, data.branch.id)).current_state, 'ready')
  })

  test('what cannot be restored is told at once', async () => {
    const project = await made()
    const child = await branchOff(project, 'child')
    await pilotlight.settle(project.id)
    const moment = await now(project)
    await assert.rejects(restore(project, {}), refused(422, /source_timestamp or source_lsn is required/))
    await assert.rejects(
      restore(project, { source_lsn: moment.lsn }),
      refused(422, /preserve_under_name is required/),
    )
    await assert.rejects(
      restore(project, { source_branch_id: child.branchId }),
      refused(422, /^Branch has children, preserve_under_name is required$/),
    )
    await assert.rejects(
      restore(project, { source_lsn: moment.lsn, preserve_under_name: 'child' }),
      refused(409, /branch already exists/),
    )
    await assert.rejects(
      restore(project, { source_timestamp: '2001-01-01T00:00:00Z', preserve_under_name: 'x' }),
      refused(422, /outside the history/),
    )
    await assert.rejects(
      restore(project, { source_branch_id: 'br-who-knows-1' }, child.branchId),
      refused(404, /^branch not found$/),
    )
    assert.deepEqual(await notes(project), ['first'])
    assert.deepEqual(await notes(child), ['first'])
  })

  test('data that does not open: the old data serves again, and the operation says why', async () => {
    const project = await made()
    const source = await branchOff(project, 'source')
    await run(source, `insert into note values (2, 'of source')`)
    await pilotlight.suspend(source)
    // What every backend reads first.
    const map = join(pilotlight.dataDir, 'data', source.branchId, 'pgdata', 'global', 'pg_filenode.map')
    writeFileSync(map, 'no map at all')
    const { data } = await restore(project, {
      source_branch_id: source.branchId,
      preserve_under_name: 'never',
    })
    await eventually(
      async () => {
        const answer = await pilotlight.api.getProjectOperation(project.id, data.operations[0]!.id)
        return answer.data.operation.status === 'failed'
      },
      { timeoutMs: 90_000, about: () => 'the restore to fail' },
    )
    const { data: failed } = await pilotlight.api.getProjectOperation(project.id, data.operations[0]!.id)
    assert.match(failed.operation.error!, /could not be opened; the branch has its old data again/)
    assert.deepEqual(await notes(project), ['first'])
    assert.equal(await findByName(project, 'never'), undefined)
    assert.equal((await get(project)).parent_id, undefined)
    const left = readdirSync(join(pilotlight.dataDir, 'data')).filter(name => /undone|next/.test(name))
    assert.deepEqual(left, [])
  })

  test('an export is a project again', async () => {
    const project = await made()
    const { apiKey, run: runFile } = pilotlight
    const answer = await contractFetch(
      `${runFile.apiUrl}/api/v2/pilotlight/projects/${project.id}/branches/${project.branchId}/export`,
      { method: 'POST', headers: { Authorization: `Bearer ${apiKey}` } },
    )
    assert.equal(answer.status, 200)
    const { path } = (await answer.json()) as { path: string }
    await pilotlight.settle(project.id)
    const created = await contractFetch(`${runFile.apiUrl}/api/v2/projects`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ project: { pilotlight_import: { directory: path.split('/').at(-1) } } }),
    })
    assert.equal(created.status, 201)
    const {
      project: imported,
      branch,
      endpoints,
    } = (await created.json()) as {
      project: { id: string }
      branch: { id: string }
      endpoints: { id: string; host: string }[]
    }
    await pilotlight.settle(imported.id)
    const { data: roles } = await pilotlight.api.listProjectBranchRoles(imported.id, branch.id)
    assert.deepEqual(
      roles.roles.map(({ name }) => name),
      ['neondb_owner'],
    )
    const { data: reset } = await pilotlight.api.resetProjectBranchRolePassword(
      imported.id,
      branch.id,
      'neondb_owner',
    )
    await pilotlight.settle(imported.id)
    const [endpoint] = endpoints
    assert.deepEqual(
      await notes({
        ...project,
        ...{ id: imported.id, branchId: branch.id, endpointId: endpoint!.id, host: endpoint!.host },
        password: reset.role.password!,
      }),
      ['first'],
    )
  })
})
