import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { at, openTestApi, type TestApi } from '../testing.ts'

let cluster: TestCluster
let api: TestApi
let cookie: string

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  const signIn = { token: '', body: { api_key: api.token } }
  const answer = await api.request('POST', '/api/console/session', signIn)
  cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
})
after(() => cluster?.stop())

const reads = ['metrics', 'metrics/databases', 'metrics/history', 'statements', 'sessions']
const get = (path: string) =>
  api.request('GET', `/api/console/${path}`, { token: '', headers: { Cookie: cookie } })

test('what is read is for the console’s page alone, checked, and of a branch that there is', async () => {
  const { project, branch } = await plant(api.catalog)
  for (const path of reads) {
    const query = `project_id=${project.id}&branch_id=${branch.id}&range=24h`
    assert.equal((await api.request('GET', `/api/console/${path}?${query}`, { token: '' })).status, 401)
    assert.equal((await api.request('GET', `/api/console/${path}?${query}`)).status, 403)
    assert.equal((await get(`${path}?${query}`)).status, 200, path)
    assert.equal((await get(`${path}?project_id=${project.id}&range=24h`)).status, 400, path)
    assert.equal((await get(`${path}?project_id=${project.id}&branch_id=br-none&range=1h`)).status, 404, path)
    assert.equal((await get(`${path}?project_id=%00&branch_id=${branch.id}&range=1h`)).status, 400, path)
  }
  const wrong = await get(`metrics/history?project_id=${project.id}&branch_id=${branch.id}&range=1y`)
  assert.equal(wrong.status, 400)
})

test('asleep, it is said, and nobody is woken', async () => {
  const { project, branch, endpoint } = await plant(api.catalog)
  const query = `project_id=${project.id}&branch_id=${branch.id}`
  const now = await get(`metrics?${query}`)
  assert.deepEqual([at(now, 'state'), at(now, 'figures')], ['asleep', null])
  const history = await get(`metrics/history?${query}&range=1h`)
  assert.deepEqual([at(history, 'points'), at(history, 'complete')], [[], true])
  const row = await api.catalog.db
    .selectFrom('endpoints')
    .select('state')
    .where('id', '=', endpoint.id)
    .executeTakeFirstOrThrow()
  assert.equal(row.state, 'suspended')
})

test('to end a session takes the console’s header, and stands in the audit log', async () => {
  const { project, branch } = await plant(api.catalog)
  const body = {
    ...{ project_id: project.id, branch_id: branch.id, pid: 77, started_at: '2026-11-25T12:00:00.123456Z' },
    action: 'terminate',
  }
  const post = (wanted: unknown, own: Record<string, string> = { 'X-Pilotlight-Console': '1' }) =>
    api.request('POST', '/api/console/sessions', {
      ...{ token: '', headers: { Cookie: cookie, ...own }, body: wanted },
    })
  const foreign = await post(body, {})
  assert.deepEqual([foreign.status, at(foreign, 'code')], [403, 'console_header_missing'])
  for (const wrong of [
    '{',
    { ...body, action: 'kill' },
    { ...body, pid: -1 },
    { ...body, pid: 3e9 },
    { ...body, started_at: 'now' },
  ]) {
    assert.equal((await post(wrong)).status, 400, JSON.stringify(wrong))
  }
  const gone = await post(body)
  assert.deepEqual([gone.status, at(gone, 'code')], [404, 'database_session_gone'])
  const log = await api.ask('GET', '/pilotlight/audit?operation_id=terminateDatabaseSession')
  const [entry] = (log.body as { entries: { actor: string; status: number; ids: unknown }[] }).entries
  assert.deepEqual(
    [entry?.status, entry?.ids],
    [404, { project_id: project.id, branch_id: branch.id, pid: '77' }],
  )
})
