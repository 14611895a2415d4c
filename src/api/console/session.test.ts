import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { limits } from '../../contract/limits.ts'
import * as local from '../../engine/local/index.ts'
import { at, openTestApi, type TestAnswer, type TestApi, textAt } from '../testing.ts'

let cluster: TestCluster
let api: TestApi

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())

const place = '/api/console/session'
const signIn = (body: unknown) => api.request('POST', place, { token: '', body })
const newLink = async () => textAt(await api.ask('POST', '/pilotlight/console_links'), 'path').split('#')[1]!

function cookieOf(answer: TestAnswer): string {
  const [cookie = ''] = answer.headers.getSetCookie()
  return cookie.split(';')[0]!
}

test('a link signs in once, and the cookie is for the console’s page alone', async () => {
  const link = await newLink()
  const answer = await signIn({ link })
  assert.equal(answer.status, 200)
  const [cookie = ''] = answer.headers.getSetCookie()
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/api']) assert.ok(cookie.includes(part), cookie)

  const again = await signIn({ link })
  assert.equal(again.status, 401)
  assert.equal(at(again, 'code'), 'sign_in_link_used')
  assert.deepEqual(again.headers.getSetCookie(), [])

  const headers = { Cookie: cookieOf(answer) }
  const session = await api.request('GET', place, { token: '', headers })
  assert.deepEqual(session.body, { signed_in: true })
  assert.equal((await api.ask('GET', '/projects', { token: '', headers })).status, 200)
})

test('a change needs the header that only the console sends', async () => {
  const headers = { Cookie: cookieOf(await signIn({ link: await newLink() })) }
  const body = { project: { name: 'shop' } }
  const foreign = await api.ask('POST', '/projects', { token: '', headers, body })
  assert.equal(foreign.status, 403)
  assert.equal(at(foreign, 'code'), 'console_header_missing')
  const own = { ...headers, 'X-Pilotlight-Console': '1' }
  assert.equal((await api.ask('POST', '/projects', { token: '', headers: own, body })).status, 201)
})

test('a personal key signs in, and no other key does', async () => {
  assert.equal((await signIn({ api_key: api.token })).status, 200)
  assert.equal((await signIn({ api_key: 'napi_wrong' })).status, 401)
  assert.equal((await signIn({ something: 'else' })).status, 400)
  assert.equal((await signIn('{')).status, 400)
  const org = `/organizations/${api.control.organization.id}/api_keys`
  const key = textAt(await api.ask('POST', org, { body: { key_name: 'ci' } }), 'key')
  assert.equal((await signIn({ api_key: key })).status, 403)
  // Nor does it get a link by which it would become more than it is.
  assert.equal((await api.ask('POST', '/pilotlight/console_links', { token: key })).status, 403)
})

test('a session ends with the key that signed in, or made the link; each try is in the audit log', async () => {
  const made = await api.ask('POST', '/api_keys', { body: { key_name: 'lent' } })
  const [id, key] = [at(made, 'id'), textAt(made, 'key')]
  const byKey = { Cookie: cookieOf(await signIn({ api_key: key })) }
  // A link that a session makes is its key's.
  const headers = { ...byKey, 'X-Pilotlight-Console': '1' }
  const made2 = await api.ask('POST', '/pilotlight/console_links', { token: '', headers })
  const link = textAt(made2, 'path').split('#')[1]!
  const unopened = textAt(await api.ask('POST', '/pilotlight/console_links', { token: key }), 'path').split(
    '#',
  )[1]!
  const byLink = { Cookie: cookieOf(await signIn({ link })) }
  for (const cookie of [byKey, byLink])
    assert.equal((await api.ask('GET', '/projects', { token: '', headers: cookie })).status, 200)
  const log = (await api.ask('GET', '/pilotlight/audit?operation_id=signInToConsole&limit=2')).body as {
    entries: { actor: string; status: number; ids: Record<string, string> }[]
  }
  for (const entry of log.entries) {
    assert.deepEqual([entry.actor, entry.status, entry.ids], ['anonymous', 200, { key_id: String(id) }])
  }
  assert.equal((await api.ask('DELETE', `/api_keys/${id}`)).status, 200)
  for (const cookie of [byKey, byLink])
    assert.equal((await api.ask('GET', '/projects', { token: '', headers: cookie })).status, 401)
  assert.equal((await signIn({ link: unopened })).status, 401)
})

test('signed out is out; a session ends by itself, and is no key that is listed', async () => {
  const cookie = cookieOf(await signIn({ link: await newLink() }))
  const headers = { Cookie: cookie }
  const listed = (await api.ask('GET', '/api_keys')).body as { name: string }[]
  assert.ok(listed.every(({ name }) => name !== 'console'))
  await api.request('DELETE', place, { token: '', headers })
  assert.deepEqual((await api.request('GET', place, { token: '', headers })).body, { signed_in: false })
  assert.equal((await api.ask('GET', '/projects', { token: '', headers })).status, 401)

  const other = { Cookie: cookieOf(await signIn({ link: await newLink() })) }
  assert.equal((await api.ask('GET', '/projects', { token: '', headers: other })).status, 200)
  api.clock.pass(limits.consoleSessionSeconds * 1000)
  assert.equal((await api.ask('GET', '/projects', { token: '', headers: other })).status, 401)
})

test('a link that nobody opened is too old some day', async () => {
  const link = await newLink()
  api.clock.pass(limits.consoleLinkSeconds * 1000)
  assert.equal((await signIn({ link })).status, 401)
})

test('who fails too often waits, and no other', async () => {
  const limited = await openTestApi(cluster, { api: { requestsPerMinute: 60 } })
  const tryKey = (api_key: string, from: string) =>
    limited.request('POST', place, { token: '', body: { api_key }, from })
  const statuses: number[] = []
  for (let n = 0; n <= limits.failedAuthentications; n++) {
    statuses.push((await tryKey('napi_wrong', '192.0.2.9')).status)
  }
  assert.deepEqual(statuses, [...Array(limits.failedAuthentications).fill(401), 429])
  assert.equal((await tryKey(limited.token, '192.0.2.10')).status, 200)
})
