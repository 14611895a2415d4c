import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { at, openTestApi, type TestApi } from '../testing.ts'

let cluster: TestCluster
let api: TestApi

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())

const place = '/api/console/undone_migrations'
const body = { project_id: 'none-such-1', branch_id: 'br-none', source: { branch_id: 'br-none' } }
const own = { 'X-Pilotlight-Console': '1' }

async function signedIn(): Promise<Record<string, string>> {
  const answer = await api.request('POST', '/api/console/session', {
    token: '',
    body: { api_key: api.token },
  })
  return { Cookie: answer.headers.getSetCookie()[0]!.split(';')[0]! }
}

test('it is for the console’s page alone', async () => {
  assert.equal((await api.request('POST', place, { token: '', body })).status, 401)
  const byKey = await api.request('POST', place, { body })
  assert.deepEqual([byKey.status, at(byKey, 'code')], [403, 'console_session_only'])
  const foreign = await api.request('POST', place, { token: '', body, headers: await signedIn() })
  assert.deepEqual([foreign.status, at(foreign, 'code')], [403, 'console_header_missing'])
})

test('what is asked is checked', async () => {
  const headers = { ...(await signedIn()), ...own }
  const ask = (wanted: unknown) => api.request('POST', place, { token: '', headers, body: wanted })
  for (const wrong of [
    '{',
    { ...body, project_id: undefined },
    { ...body, branch_id: '\0' },
    { ...body, source: {} },
    { ...body, database: '' },
    { ...body, source: { ...body.source, timestamp: 'yesterday' } },
    { ...body, source: { ...body.source, lsn: 'x' } },
    { ...body, source: { ...body.source, lsn: '0/1', timestamp: '2026-11-25T12:00:00Z' } },
  ]) {
    assert.equal((await ask(wrong)).status, 400, JSON.stringify(wrong))
  }
  assert.equal((await ask(body)).status, 404)
})
