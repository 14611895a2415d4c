import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import { type AskOptions, at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())

const json = 'application/json'
const refusals: [string, string, string, AskOptions, number][] = [
  ['no key', 'GET', '/projects', { token: '' }, 401],
  ['a key that is none', 'GET', '/projects', { token: 'napi_unknown' }, 401],
  ['another scheme', 'GET', '/projects', { headers: { Authorization: 'Basic cm9vdDpyb290' } }, 401],
  ['a key before a path that is not there', 'GET', '/nowhere', { token: '' }, 401],
  ['a path that is not there', 'GET', '/nowhere', {}, 404],
  ['a method that is not there', 'PUT', '/projects', {}, 405],
  ['a method of another world', 'PROPFIND', '/projects', {}, 405],
  [
    'a form',
    'POST',
    '/projects',
    { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    415,
  ],
  ['a text', 'POST', '/projects', { body: '{}', headers: { 'Content-Type': 'text/plain' } }, 415],
  ['of no type', 'POST', '/projects', { body: '{}', headers: { 'Content-Type': '' } }, 415],
  [
    'what only sounds like JSON',
    'POST',
    '/projects',
    { body: '{}', headers: { 'Content-Type': 'application/jsonp' } },
    415,
  ],
  ['half of JSON', 'POST', '/projects', { body: '{"project":' }, 400],
  ['JSON of another shape', 'POST', '/projects', { body: [] }, 400],
  ['no body where there has to be one', 'POST', '/projects', {}, 400],
  [
    'an empty body that is announced as JSON',
    'POST',
    '/projects',
    { headers: { 'Content-Type': json } },
    400,
  ],
  ['too much', 'POST', '/projects', { body: { project: { name: 'x'.repeat(limits.apiBodyBytes) } } }, 413],
]
for (const [what, method, path, how, status] of refusals) {
  test(`${what}: ${status}`, async () => {
    const answer = await api.ask(method, path, how)
    assert.equal(answer.status, status)
    assert.match(answer.headers.get('Content-Type') ?? '', /^application\/json/)
    const { request_id, code, message, ...rest } = answer.body as Record<string, string>
    assert.deepEqual(rest, {})
    assert.equal(request_id, answer.headers.get('X-Request-ID'))
    assert.ok(code && message)
    assert.doesNotMatch(JSON.stringify(answer.body), /\n|node_modules|\.ts:/)
    if (status === 401) assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer')
    if (status === 405) assert.equal(answer.headers.get('Allow'), 'GET, POST, HEAD')
    if (status === 413) assert.equal(answer.headers.get('Connection'), 'close')
  })
}

for (const type of [
  json,
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'APPLICATION/JSON',
]) {
  test(`a body of type ${type} is not refused as none`, async () => {
    const { status } = await api.ask('POST', '/projects', {
      ...{ body: { project: { name: type, of_the_future: [1] } }, headers: { 'Content-Type': type } },
    })
    assert.equal(status, 201)
  })
}

test('what is not known in a body is passed over', async () => {
  const body = { project: { name: 'known', of_the_future: { deep: [1] } }, beside: true }
  const made = await api.ask('POST', '/projects', { body })
  assert.equal(made.status, 201)
  assert.equal(at(made, 'project.name'), 'known')
  assert.equal(at(made, 'project.of_the_future'), undefined)
})

test('a request id comes back; one that could break a line does not', async () => {
  const ask = async (id: string) =>
    (await api.ask('GET', '/users/me', { headers: { 'X-Request-ID': id } })).headers.get('X-Request-ID')
  assert.equal(await ask('mine-1:2.3_4'), 'mine-1:2.3_4')
  for (const id of ['two words', 'x'.repeat(129), '"quoted"']) {
    assert.match((await ask(id)) ?? '', /^[0-9a-f-]{36}$/, id)
  }
})

test('HEAD is GET without a body, OPTIONS says what there is', async () => {
  const head = await api.ask('HEAD', '/projects')
  assert.deepEqual([head.status, head.body], [200, undefined])
  assert.equal((await api.ask('HEAD', '/projects/no-such-12345678')).status, 404)
  const options = await api.ask('OPTIONS', '/projects')
  assert.deepEqual([options.status, options.headers.get('Allow')], [204, 'GET, POST, HEAD'])
  assert.equal((await api.ask('OPTIONS', '/projects', { token: '' })).status, 401)
})

test('answers are kept by nobody, and are nothing but JSON; pages of other origins get nothing', async () => {
  const origin = { Origin: 'https://example.com', 'Access-Control-Request-Method': 'GET' }
  const answers = [
    await api.ask('GET', '/projects', { headers: origin }),
    await api.ask('OPTIONS', '/projects', { headers: origin, token: '' }),
    await api.ask('GET', '/nowhere', { headers: origin }),
    await api.ask('POST', '/projects', { headers: origin, body: { project: {} } }),
  ]
  for (const { headers } of answers) {
    assert.equal(headers.get('Cache-Control'), 'no-store')
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff')
    assert.equal(headers.get('X-Frame-Options'), 'DENY')
    assert.match(headers.get('Content-Security-Policy') ?? '', /default-src 'none'/)
    for (const name of headers.keys()) assert.doesNotMatch(name, /^access-control-/)
  }
})

test('what goes wrong inside stays inside', async () => {
  await api.catalog.pool.query('alter table projects rename to projects_away')
  const failed = await api.ask('GET', '/projects')
  await api.catalog.pool.query('alter table projects_away rename to projects')
  assert.equal(failed.status, 500)
  assert.doesNotMatch(textAt(failed, 'message'), /relation|projects|select/)
})
