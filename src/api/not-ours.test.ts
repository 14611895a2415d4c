// Every path that is no part of us: asked as clients do, about what is there and what is not.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { notOurs } from '../contract/routes/index.ts'
import * as local from '../engine/local/index.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
let ids: Record<string, string>
const errors: unknown[] = []

before(async () => {
  cluster = await startTestCluster(local)
  const logger: Logger = { ...silentLogger, error: (...line) => errors.push(line), child: () => logger }
  api = await openTestApi(cluster, { logger })
  const { project, branch } = await plant(api.catalog)
  ids = { project_id: project.id, branch_id: branch.id, org_id: api.control.organization.id }
})
after(() => cluster?.stop())

const fill = (path: string, given: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => given[name] ?? 'none')

for (const { route, answer } of notOurs) {
  const { operationId, method, path } = route
  const verb = method.toUpperCase()
  const ask = (given: Record<string, string>) =>
    api.ask(verb, fill(path, given), verb === 'GET' || verb === 'DELETE' ? {} : { body: {} })

  test(`${operationId}: what clients take for a feature that is not there`, async () => {
    const got = await ask(ids)
    if (typeof answer === 'object') {
      assert.deepEqual([got.status, got.body], [200, answer])
      return
    }
    assert.equal(got.status, answer === 'absent' ? 404 : 501)
    // Neon's own tools look for these words.
    assert.match(textAt(got, 'message'), /not available/)
    assert.equal(textAt(got, 'request_id'), got.headers.get('X-Request-ID'))
    assert.ok(!got.headers.has('Retry-After'))
  })

  const about = [
    ['org_id', 'organization not found'],
    ['branch_id', 'branch not found'],
    ['project_id', 'project not found'],
  ].filter(([name]) => path.includes(`{${name}}`))
  for (const [name, message] of about) {
    test(`${operationId} of an unknown ${name}`, async () => {
      const got = await ask({ ...ids, [name!]: 'none' })
      assert.deepEqual([got.status, at(got, 'message')], [404, message])
    })
  }
}

test('storage and AI gateway say why, in Neon’s words', async () => {
  const branch = fill('/projects/{project_id}/branches/{branch_id}', ids)
  assert.equal(at(await api.ask('GET', `${branch}/storage`), 'reason'), 'region_unavailable')
  assert.equal(at(await api.ask('GET', `${branch}/ai_gateway`), 'reason'), 'ai_gateway_unavailable')
})

test('what Neon has beyond its document is a route that does not exist', async () => {
  const got = await api.ask('GET', fill('/projects/{project_id}/branches/{branch_id}/triggers', ids))
  assert.deepEqual([got.status, /does not exist/.test(textAt(got, 'message'))], [404, true])
})

test('none of this is a failure in the log', () => {
  assert.deepEqual(errors, [])
})
