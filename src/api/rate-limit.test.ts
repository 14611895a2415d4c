import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startTestCluster(local)
})
after(() => cluster?.stop())

const open = (requestsPerMinute: number) => openTestApi(cluster, { api: { requestsPerMinute } })
const times = async (count: number, ask: () => ReturnType<TestApi['ask']>) => {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await ask()).status)
  return {
    ok: statuses.filter(status => status === 200).length,
    refused: statuses.filter(s => s === 429).length,
  }
}

test('so many a minute by one key; another key has its own', async () => {
  const api = await open(10)
  const token = textAt(await api.ask('POST', '/api_keys', { body: { key_name: 'other' } }), 'key')
  assert.deepEqual(await times(12, () => api.ask('GET', '/users/me')), { ok: 9, refused: 3 })
  const refused = await api.ask('GET', '/users/me')
  assert.equal(refused.headers.get('Retry-After'), '6')
  assert.equal(at(refused, 'code'), 'too_many_requests')
  assert.match(textAt(refused, 'message'), /more than 10 a minute/)
  assert.equal(at(refused, 'request_id'), refused.headers.get('X-Request-ID'))
  assert.equal((await api.ask('GET', '/users/me', { token })).status, 200)
  api.clock.pass(6000)
  assert.deepEqual(await times(2, () => api.ask('GET', '/users/me')), { ok: 1, refused: 1 })
})

test('so many a second of one route; others are not touched by it', async () => {
  const api = await open(100_000)
  const burst = limits.apiRequestsPerSecondOfRoute
  const { ok, refused } = await times(burst + 5, () => api.ask('GET', '/users/me'))
  assert.deepEqual([ok, refused], [burst, 5])
  assert.equal((await api.ask('GET', '/regions')).status, 200)
  api.clock.pass(1000)
  assert.equal((await times(burst, () => api.ask('GET', '/users/me'))).refused, 0)
})

test('reads of operations take from no other limit: who polls is not harmed', async () => {
  const api = await open(10)
  const project = textAt(await api.ask('POST', '/projects', { body: { project: {} } }), 'project.id')
  const list = await api.ask('GET', `/projects/${project}/operations`)
  const [first] = (list.body as { operations: { id: string }[] }).operations
  const path = `/projects/${project}/operations/${first?.id}`
  assert.deepEqual(await times(200, () => api.ask('GET', path)), { ok: 200, refused: 0 })
  assert.equal((await api.ask('GET', '/users/me')).status, 200)
})

test('0 is no limit', async () => {
  const api = await open(0)
  assert.equal((await times(100, () => api.ask('GET', '/users/me'))).refused, 0)
  const strangers = await times(limits.failedAuthentications + 5, () =>
    api.ask('GET', '/projects', { token: 'napi_x' }),
  )
  assert.equal(strangers.refused, 0)
})

test('who guesses is told to wait, by address; who was known goes on', async () => {
  const api = await open(100_000)
  assert.equal((await api.ask('GET', '/users/me', { from: '192.0.2.1' })).status, 200)
  const guess = (from: string, token = 'napi_guess') => api.ask('GET', '/users/me', { from, token })
  const attempts = await times(limits.failedAuthentications + 3, () => guess('192.0.2.1'))
  assert.deepEqual(attempts, { ok: 0, refused: 3 })
  assert.equal((await guess('192.0.2.1', '')).status, 429)
  assert.equal((await guess('192.0.2.2')).status, 401)
  assert.equal((await api.ask('GET', '/users/me', { from: '192.0.2.1' })).status, 200)
  const waiting = await guess('192.0.2.1')
  assert.equal(waiting.headers.get('Retry-After'), '1')
  api.clock.pass(1000)
  assert.equal((await guess('192.0.2.1')).status, 401)
})

test('a revoked key that was known is refused as a stranger’s', async () => {
  const api = await open(100_000)
  const made = await api.ask('POST', '/api_keys', { body: { key_name: 'short' } })
  const token = textAt(made, 'key')
  assert.equal((await api.ask('GET', '/users/me', { token })).status, 200)
  await api.ask('DELETE', `/api_keys/${at(made, 'id')}`)
  const { ok, refused } = await times(limits.failedAuthentications + 2, () =>
    api.ask('GET', '/users/me', { token }),
  )
  assert.deepEqual([ok, refused], [0, 2])
})

test('those who are told to wait are not entered in the audit log', async () => {
  const api = await open(2)
  for (let i = 0; i < 5; i++) await api.ask('POST', '/projects', { body: { project: {} } })
  const { rows } = await api.catalog.pool.query('select status from audit_log')
  assert.deepEqual(rows, [{ status: 201 }, { status: 201 }])
})
