import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import type { ConsoleOperationDetails, ConsoleOperations } from '../../contract/console-operations.ts'
import * as local from '../../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from '../testing.ts'

let cluster: TestCluster
let api: TestApi
let headers: Record<string, string>
let projectId: string
let branchId: string

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  const { token } = await api.control.signIn.byKey(api.token)
  headers = { Cookie: `pilotlight_session_default=${token}`, 'X-Pilotlight-Console': '1' }
  const made = await api.ask('POST', '/projects', { body: { project: { name: 'shop' } } })
  projectId = textAt(made, 'project.id')
  branchId = textAt(made, 'branch.id')
  const body = { role: { name: 'ada' } }
  const path = `/projects/${projectId}/branches/${branchId}/roles`
  assert.equal((await api.ask('POST', path, { token: '', headers, body })).status, 201)
})
after(() => cluster?.stop())

const ask = (path: string) => api.request('GET', `/api/console/operations${path}`, { token: '', headers })

async function list(query: Record<string, string> = {}): Promise<ConsoleOperations> {
  const answer = await ask(`?${new URLSearchParams({ project_id: projectId, ...query })}`)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as ConsoleOperations
}

test('each says who asked for it', async () => {
  const { operations } = await list()
  const causes = operations.map(({ action, cause }) => [action, cause])
  const byConsole = { by: 'request', via: 'console' }
  const byKey = { by: 'request', via: 'api', key_name: 'first key' }
  assert.deepEqual(causes.at(0), ['apply_config', byConsole])
  assert.deepEqual(causes.at(-1)?.[1], byKey)
})

test('filters leave out the rest, whatever page it is on', async () => {
  const all = (await list()).operations
  assert.deepEqual((await list({ action: 'start_compute' })).operations.length, 1)
  assert.equal((await list({ status: 'failed,error' })).operations.length, 0)
  assert.equal((await list({ status: 'scheduling', branch_id: branchId })).operations.length, all.length)
  assert.equal((await list({ branch_id: 'br-other' })).operations.length, 0)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await list({ limit: '1', status: 'scheduling', ...(cursor && { cursor }) })
    seen.push(...page.operations.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  assert.deepEqual(
    seen,
    all.map(({ id }) => id),
  )
})

test('one of them comes with its call', async () => {
  const started = (await list({ action: 'start_compute' })).operations[0]!
  const answer = await ask(`/${started.id}?project_id=${projectId}`)
  const { operation, call } = answer.body as ConsoleOperationDetails
  assert.deepEqual(operation, started)
  assert.ok(call.length > 1)
  assert.deepEqual(call.at(-1), { id: started.id, action: 'start_compute', status: 'scheduling' })
})

test('what makes no sense is refused', async () => {
  assert.equal((await ask('')).status, 400)
  assert.equal((await ask(`?project_id=${projectId}&status=odd`)).status, 400)
  assert.equal((await ask(`?project_id=${projectId}&branch_id=%00`)).status, 400)
  assert.equal((await ask(`?project_id=${projectId}&cursor=odd`)).status, 400)
  const missing = await ask('?project_id=no-such')
  assert.deepEqual([missing.status, at(missing, 'code')], [404, 'project_not_found'])
  assert.equal((await ask(`/odd?project_id=${projectId}`)).status, 400)
  const none = await ask(`/4f1f1f6e-62a7-4d4a-9d0a-1f8d7c1d2e3f?project_id=${projectId}`)
  assert.equal(none.status, 404)
  assert.equal((await api.request('GET', `/api/console/operations?project_id=${projectId}`)).status, 403)
})
