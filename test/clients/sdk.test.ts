// `@neon/sdk`, the client below Neon's command line, with its default settings but key and base URL.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createNeonClient } from '@neon/sdk'
import { psql } from '../fixtures/clients.ts'
import { apiUrl, keepsDeleted } from '../fixtures/neon-clients.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

function connect(pilotlight: Pilotlight, apiKey = pilotlight.apiKey) {
  return createNeonClient({ apiKey, baseUrl: apiUrl(pilotlight) })
}

/** The envelope's data; throws its error. */
async function got<T>(outcome: Promise<{ data?: T | undefined; error?: unknown }>): Promise<T> {
  const { data, error } = await outcome
  if (error) throw error
  return data as T
}

describe('@neon/sdk', () => {
  let pilotlight: Pilotlight
  let neon: ReturnType<typeof connect>
  let projectId: string
  before(async () => {
    pilotlight = await Pilotlight.start()
    neon = connect(pilotlight)
  })
  after(() => pilotlight.stop())

  test('projects.createAndConnect waits for the operations and gives a URL that works, pooled or not', async () => {
    const { project, connectionString } = await got(neon.projects.createAndConnect({ name: 'tenant-42' }))
    projectId = project.id
    const operations = await got(neon.operations.list({ projectId }).all())
    assert.deepEqual([...new Set(operations.map(({ status }) => status))], ['finished'])
    const direct = await got(neon.postgres.connectionString({ projectId, pooled: false }))
    for (const uri of [connectionString, direct]) {
      const answer = await psql(uri, 'select current_database()')
      assert.equal(answer.stdout, 'neondb', answer.stderr)
    }
  })

  test('projects: get, update, walk the list page by page', async () => {
    for (const name of ['a', 'b', 'c']) await pilotlight.createProject({ name })
    assert.equal((await got(neon.projects.get({ projectId }))).name, 'tenant-42')
    assert.equal((await got(neon.projects.update({ projectId, name: 'tenant-43' }))).name, 'tenant-43')
    const names = (await got(neon.projects.list({ limit: 1 }).all())).map(({ name }) => name)
    assert.deepEqual(names.sort(), ['a', 'b', 'c', 'tenant-43'])
    const streamed: string[] = []
    for await (const { name } of neon.projects.list({ search: 'tenant', limit: 2 })) streamed.push(name)
    assert.deepEqual(streamed, ['tenant-43'])
  })

  test('branches: default, create and connect, list, reset, compare, delete', async () => {
    const main = await got(neon.branches.getDefault({ projectId }))
    const made = await got(
      neon.branches.createAndConnect({
        projectId,
        name: 'preview/pr-1',
        parentId: main.id,
        compute: { minCu: 0.25, maxCu: 0.5 },
        pooled: false,
      }),
    )
    assert.equal((await psql(made.connectionString, 'create table draft (id int)')).code, 0)
    const at = { projectId, branchId: made.branch.id }
    const compared = await got(neon.branches.compareSchema({ ...at, databaseName: 'neondb' }))
    assert.match(compared.diff ?? '', /draft/)
    const listed = await got(neon.branches.list({ projectId, search: 'preview' }).all())
    assert.deepEqual(
      listed.map(({ id }) => id),
      [made.branch.id],
    )
    const reset = await got(neon.branches.resetFromParent(at, { waitForReadiness: true }))
    assert.equal(reset.id, made.branch.id)
    assert.equal((await psql(made.connectionString, 'select count(*) from draft')).code, 1)
    await got(neon.branches.update({ ...at, name: 'preview/pr-2' }))
    await got(neon.branches.delete(at, { waitForReadiness: true }))
    // A second time is no error, as for any client that was cut off in the first.
    await got(neon.branches.delete(at))
  })

  test('endpoints: suspend, start, restart and update, each waited for', async () => {
    const [endpoint] = await got(neon.postgres.endpoints.list({ projectId }))
    const at = { projectId, endpointId: endpoint!.id }
    const ready = { waitForReadiness: true }
    await got(neon.postgres.endpoints.suspend(at, ready))
    assert.equal((await got(neon.postgres.endpoints.get(at))).current_state, 'idle')
    await got(neon.postgres.endpoints.start(at, ready))
    assert.equal((await got(neon.postgres.endpoints.get(at))).current_state, 'active')
    await got(neon.postgres.endpoints.restart(at, ready))
    await got(neon.postgres.endpoints.update({ ...at, suspend_timeout_seconds: 120 }, ready))
    assert.equal((await got(neon.postgres.endpoints.get(at))).suspend_timeout_seconds, 120)
  })

  test('roles and databases', async () => {
    const { id: branchId } = await got(neon.branches.getDefault({ projectId }))
    const at = { projectId, branchId }
    await got(neon.postgres.roles.create({ ...at, name: 'worker' }, { waitForReadiness: true }))
    await got(
      neon.postgres.databases.create(
        { ...at, name: 'jobs', owner_name: 'worker' },
        { waitForReadiness: true },
      ),
    )
    const uri = await got(
      neon.postgres.connectionString({ ...at, databaseName: 'jobs', roleName: 'worker', pooled: false }),
    )
    assert.equal((await psql(uri, 'select current_user')).stdout, 'worker')
    const roles = await got(neon.postgres.roles.list(at))
    assert.ok(roles.some(({ name }) => name === 'worker'))
    const before = await got(neon.postgres.roles.password({ ...at, roleName: 'worker' }))
    const { password } = await got(
      neon.postgres.roles.resetPassword({ ...at, roleName: 'worker' }, { waitForReadiness: true }),
    )
    assert.notEqual(password, before)
    const renamed = await got(
      neon.postgres.databases.update(
        { ...at, databaseName: 'jobs', name: 'work' },
        { waitForReadiness: true },
      ),
    )
    assert.equal(renamed.name, 'work')
    await got(neon.postgres.databases.delete({ ...at, databaseName: 'work' }, { waitForReadiness: true }))
    await got(neon.postgres.roles.delete({ ...at, roleName: 'worker' }, { waitForReadiness: true }))
  })

  test('errors have the kind that callers branch on', async () => {
    const missing = await neon.projects.get({ projectId: 'no-such-12345678' })
    assert.equal(missing.error?.kind, 'not_found')
    const refused = await connect(pilotlight, 'napi_wrong').projects.list().page()
    assert.equal(refused.error?.kind, 'auth')
    await got(neon.branches.create({ projectId, name: 'taken', noCompute: true }))
    const twice = await neon.branches.create({ projectId, name: 'taken', noCompute: true })
    assert.ok(twice.error?.kind === 'api')
    assert.equal(twice.error.status, 409)
    assert.match(twice.error.message, /branch already exists/)
    assert.ok(twice.error.requestId)
  })

  test('delete and recover a project', async () => {
    await got(neon.projects.delete({ projectId }))
    if (!keepsDeleted(pilotlight)) {
      assert.equal((await neon.projects.recover({ projectId })).error?.kind, 'not_found')
      return
    }
    const recovered = await got(neon.projects.recover({ projectId }))
    assert.equal(recovered.id, projectId)
  })
})
