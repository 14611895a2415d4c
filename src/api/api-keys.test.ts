import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
let orgKeys: string
let projectId: string

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  orgKeys = `/organizations/${api.control.organization.id}/api_keys`
  projectId = textAt(
    await api.ask('POST', '/projects', { body: { project: { name: 'shop' } } }),
    'project.id',
  )
})
after(() => cluster?.stop())

const create = (body: object, path = orgKeys) => api.ask('POST', path, { body })

test('a personal key: shown once, listed without its token, used, revoked at once', async () => {
  const made = await create({ key_name: 'laptop' }, '/api_keys')
  assert.equal(made.status, 200)
  const [id, token] = [at(made, 'id'), textAt(made, 'key')]
  assert.match(token, /^napi_\w{48}$/)
  assert.equal(at(made, 'created_by'), api.control.organizations.user.id)

  const before = await api.ask('GET', '/api_keys')
  const listed = (before.body as { id: number }[]).find(key => key.id === id)
  assert.deepEqual(listed, {
    ...{ id, name: 'laptop', created_at: at(made, 'created_at') },
    created_by: { id: api.control.organizations.user.id, name: 'Owner', image: '' },
    ...{ last_used_at: null, last_used_from_addr: '' },
  })
  assert.ok(!JSON.stringify(before.body).includes(token))
  const kept = await api.catalog.pool.query('select api_keys::text as row from api_keys')
  assert.ok(!kept.rows.some(({ row }) => row.includes(token)))

  assert.equal((await api.ask('GET', '/users/me', { token, from: '192.0.2.7' })).status, 200)
  const used = await api.ask('DELETE', `/api_keys/${id}`)
  assert.equal(used.status, 200)
  assert.equal(at(used, 'revoked'), true)
  assert.equal(at(used, 'last_used_from_addr'), '192.0.2.7')
  assert.equal(typeof at(used, 'last_used_at'), 'string')
  assert.equal((await api.ask('GET', '/users/me', { token })).status, 401)
  assert.equal((await api.ask('DELETE', `/api_keys/${id}`)).status, 404)
})

test('names of 1 to 64 characters', async () => {
  for (const key_name of ['', 'x'.repeat(limits.apiKeyNameChars + 1), 7, undefined]) {
    assert.equal((await create({ key_name }, '/api_keys')).status, 400, String(key_name))
  }
  assert.equal((await create({ key_name: 'é'.repeat(limits.apiKeyNameChars) }, '/api_keys')).status, 200)
})

test('an organization key: everything but keys and the user', async () => {
  const made = await create({ key_name: 'ci' })
  assert.equal(made.status, 200)
  assert.equal(at(made, 'project_id'), undefined)
  const token = textAt(made, 'key')
  const ask = (method: string, path: string, body?: object) => api.ask(method, path, { token, body })
  assert.equal((await ask('GET', '/projects')).status, 200)
  assert.equal((await ask('GET', `/projects/${projectId}`)).status, 200)
  assert.deepEqual((await ask('GET', '/auth')).body, {
    account_id: api.control.organization.id,
    auth_method: 'api_key_org',
  })
  const mine = await ask('GET', '/users/me/organizations')
  assert.deepEqual(
    (mine.body as { organizations: { id: string }[] }).organizations.map(({ id }) => id),
    [api.control.organization.id],
  )
  for (const path of ['/users/me', '/api_keys']) {
    const refused = await ask('GET', path)
    assert.deepEqual([refused.status, at(refused, 'message')], [404, 'not allowed for organization API keys'])
  }
  assert.equal((await ask('POST', orgKeys, { key_name: 'more' })).status, 404)
  assert.equal((await ask('GET', orgKeys)).status, 200)
  assert.equal((await ask('DELETE', `${orgKeys}/${at(made, 'id')}`)).status, 404)
  // Each list is of its own kind.
  const personal = (await api.ask('GET', '/api_keys')).body as { id: number }[]
  assert.ok(!personal.some(({ id }) => id === at(made, 'id')))
  assert.equal((await api.ask('DELETE', `/api_keys/${at(made, 'id')}`)).status, 404)
  assert.equal((await api.ask('DELETE', `${orgKeys}/${at(made, 'id')}`)).status, 200)
})

test('a key of one project reaches that one alone, and does not end it', async () => {
  const made = await create({ key_name: 'only-shop', project_id: projectId })
  assert.equal(at(made, 'project_id'), projectId)
  const token = textAt(made, 'key')
  const other = textAt(await api.ask('POST', '/projects', { body: { project: {} } }), 'project.id')
  const ask = (method: string, path: string, body?: object) => api.ask(method, path, { token, body })

  assert.equal((await ask('GET', `/projects/${projectId}`)).status, 200)
  assert.equal((await ask('GET', `/projects/${projectId}/branches`)).status, 200)
  const renamed = await ask('PATCH', `/projects/${projectId}`, { project: { name: 'store' } })
  assert.equal(renamed.status, 200)

  const outside = [
    await ask('GET', '/projects'),
    await ask('POST', '/projects', { project: {} }),
    await ask('GET', `/projects/${other}`),
    await ask('DELETE', `/projects/${other}`),
    await ask('GET', `/organizations/${api.control.organization.id}`),
    await ask('GET', '/pilotlight/audit'),
  ]
  for (const answer of outside) {
    assert.equal(answer.status, 404)
    assert.equal(
      at(answer, 'message'),
      `not allowed to perform actions outside the project this key is scoped to; subject_project_id:"${projectId}"`,
    )
  }
  assert.equal((await ask('DELETE', `/projects/${projectId}`)).status, 403)
  assert.equal((await api.ask('GET', `/projects/${projectId}`)).status, 200)
  assert.equal((await api.ask('DELETE', `${orgKeys}/${at(made, 'id')}`)).status, 200)
  assert.equal((await ask('GET', `/projects/${projectId}`)).status, 401)
})

test('a key for what is not there', async () => {
  assert.equal((await create({ key_name: 'x', project_id: 'no-such-12345678' })).status, 404)
  const elsewhere = await create({ key_name: 'x' }, '/organizations/org-other-rain-12345678/api_keys')
  assert.deepEqual([elsewhere.status, at(elsewhere, 'message')], [404, 'organization not found'])
  assert.equal((await api.ask('DELETE', `${orgKeys}/999999`)).status, 404)
  for (const id of ['0', '-1', 'x', '1.5', '99999999999999999999']) {
    assert.equal((await api.ask('DELETE', `${orgKeys}/${id}`)).status, 400, id)
  }
})

test('there are not more keys than may be', async () => {
  const fresh = await openTestApi(cluster)
  await fresh.catalog.pool.query(
    `insert into api_keys (name, token_hash, created_by)
     select 'key ' || n, sha256(n::text::bytea), $1 from generate_series(2, $2::int) n`,
    [fresh.control.organizations.user.id, limits.apiKeys],
  )
  const refused = await fresh.ask('POST', '/api_keys', { body: { key_name: 'one more' } })
  assert.equal(refused.status, 422)
})
