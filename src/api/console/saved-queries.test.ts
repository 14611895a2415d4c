import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { limits } from '../../contract/limits.ts'
import * as local from '../../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from '../testing.ts'

let cluster: TestCluster
let api: TestApi
let projectId: string
let headers: Record<string, string>

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  projectId = textAt(
    await api.ask('POST', '/projects', { body: { project: { name: 'shop' } } }),
    'project.id',
  )
  const answer = await api.request('POST', '/api/console/session', {
    token: '',
    body: { api_key: api.token },
  })
  headers = { Cookie: answer.headers.getSetCookie()[0]!.split(';')[0]!, 'X-Pilotlight-Console': '1' }
})
after(() => cluster?.stop())

const place = '/api/console/saved_queries'
const ask = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
  api.request(method, path, { token: '', headers, ...(body !== undefined && { body }) })
const list = async (project = projectId) => {
  const answer = await ask('GET', `${place}?project_id=${project}`)
  return (answer.body as { queries: { name: string; sql: string }[] }).queries.map(({ name, sql }) => [
    name,
    sql,
  ])
}
const save = (name: string, sql: string, rest: object = {}) =>
  ask('PUT', place, { project_id: projectId, name, sql, ...rest })

test('it is for the console’s page alone', async () => {
  const path = `${place}?project_id=${projectId}`
  assert.equal((await api.request('GET', path, { token: '' })).status, 401)
  assert.equal((await api.request('GET', path)).status, 403)
  const { Cookie } = headers
  const body = { project_id: projectId, name: 'a', sql: 'select 1' }
  const foreign = await api.request('PUT', place, { token: '', headers: { Cookie: Cookie! }, body })
  assert.deepEqual([foreign.status, at(foreign, 'code')], [403, 'console_header_missing'])
})

test('saved, replaced only where that is wanted, deleted', async () => {
  assert.deepEqual(await list(), [])
  assert.equal((await save(' top orders ', 'select 1')).status, 200)
  assert.equal((await save('Größe', "select '🔥'")).status, 200)
  const taken = await save('top orders', 'select 2')
  assert.deepEqual([taken.status, at(taken, 'code')], [409, 'saved_query_exists'])
  assert.deepEqual(await list(), [
    ['Größe', "select '🔥'"],
    ['top orders', 'select 1'],
  ])
  assert.equal((await save('top orders', 'select 2', { replaces: true })).status, 200)
  assert.deepEqual((await list())[1], ['top orders', 'select 2'])
  const remove = () => ask('DELETE', place, { project_id: projectId, name: 'Größe' })
  assert.equal((await remove()).status, 200)
  assert.deepEqual([(await remove()).status, (await list()).length], [404, 1])
})

test('they lie sealed, and the audit log has neither name nor text', async () => {
  await save('told to nobody', "select 'hush-hush'")
  const rows = await api.catalog.db.selectFrom('saved_queries').select('sql_sealed').execute()
  assert.ok(rows.length > 0 && rows.every(({ sql_sealed }) => !sql_sealed.includes('hush')))
  const log = await api.ask('GET', '/pilotlight/audit?operation_id=saveConsoleQuery&limit=1')
  assert.equal(at(log, 'entries.0.status'), 200)
  assert.ok(!JSON.stringify(log.body).includes('told to nobody'))
})

test('they are bounded, and what is asked is checked', async () => {
  const long = 'x'.repeat(limits.savedQueryChars + 1)
  for (const [name, sql] of [
    ['', 'select 1'],
    ['a\0b', 'select 1'],
    ['a', ''],
    ['a', long],
    ['n'.repeat(101), 'select 1'],
  ])
    assert.equal((await save(name!, sql!)).status, 400)
  const there = (await list()).length
  for (let n = there; n < limits.savedQueriesPerProject; n++) await save(`query ${n}`, 'select 1')
  const over = await save('one more', 'select 1')
  assert.deepEqual([over.status, at(over, 'code')], [422, 'saved_query_limit'])
  assert.equal((await save('told to nobody', 'select 3', { replaces: true })).status, 200)
})

test('of a project that is not there are none', async () => {
  assert.equal((await ask('GET', `${place}?project_id=no-such-1`)).status, 404)
  const nowhere = { project_id: 'no-such-1', name: 'a', sql: 'select 1' }
  assert.equal((await ask('PUT', place, nowhere)).status, 404)
  assert.equal((await ask('DELETE', place, { project_id: 'no-such-1', name: 'a' })).status, 404)
})
