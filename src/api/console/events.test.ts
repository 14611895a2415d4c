import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as endpoints from '../../catalog/endpoints.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { limits } from '../../contract/limits.ts'
import { prepareControl } from '../../control/account/testing.ts'
import { Control, type NewsStream } from '../../control/index.ts'
import { until } from '../../control/testing.ts'
import * as local from '../../engine/local/index.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import { createApp } from '../app.ts'
import { testFacts } from '../testing.ts'

let cluster: TestCluster
let control: Control
let app: ReturnType<typeof createApp>
let token: string

before(async () => {
  cluster = await startTestCluster(local)
  const prepared = await prepareControl(cluster)
  token = prepared.token
  // However slow the machine is, what was a moment ago stays so.
  const startedAt = Date.now()
  control = new Control({ ...prepared.control.parts, clock: { ...systemClock, now: () => startedAt } })
  app = createApp(control, testFacts, silentLogger)
})
after(() => cluster?.stop())

const catalog = () => control.parts.catalog
const signIn = async () => `pilotlight_session_default=${(await control.signIn.byKey(token)).token}`

/** A page that listens; what it hears, as the stream has it. */
async function listen(cookie: string, search = '') {
  const left = new AbortController()
  const answer = await app.request(`/api/console/events${search}`, {
    headers: { Cookie: cookie },
    signal: left.signal,
  })
  let text = ''
  let isOver = false
  const reader = answer.body!.getReader()
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += Buffer.from(value).toString()
    }
    isOver = true
  })()
  return {
    answer,
    text: () => text,
    isOver: () => isOver,
    async leave() {
      await reader.cancel()
      await reading
    },
  }
}

test('what is written is told to the pages of its project, and to those of all', async () => {
  const [one, other] = [await plant(catalog()), await plant(catalog())]
  const cookie = await signIn()
  const all = await listen(cookie)
  const ofOther = await listen(cookie, `?project_id=${other.project.id}`)
  assert.equal(all.answer.status, 200)
  assert.equal(all.answer.headers.get('content-type'), 'text/event-stream')
  assert.match(all.answer.headers.get('cache-control') ?? '', /no-store, no-transform/)
  assert.equal(all.answer.headers.get('x-accel-buffering'), 'no')
  const both = [all, ofOther]
  await until('both are greeted', () => both.every(page => page.text().startsWith('event: hello')))
  // What was made a moment ago comes first, in one message.
  await until('both have heard it', () => both.every(page => page.text().includes('"databases"')))
  const heardBefore = all.text().length
  await endpoints.moveState(catalog().unsynced, one.endpoint.id, 'starting')
  await until('all hear', () => all.text().slice(heardBefore).includes(`"endpoints":["${one.project.id}"]`))
  await endpoints.moveState(catalog().unsynced, other.endpoint.id, 'starting')
  const told = () => ofOther.text().split('"endpoints"').length - 1
  await until('the other hears', () => told() === 2)
  assert.ok(!ofOther.text().includes(one.project.id))
  for (const page of [all, ofOther]) await page.leave()
  await until('nobody listens', () => control.news.listeners === 0)
})

test('who comes right behind a change is told of it', async () => {
  const { endpoint, project } = await plant(catalog())
  await endpoints.moveState(catalog().unsynced, endpoint.id, 'starting')
  const page = await listen(await signIn(), `?project_id=${project.id}`)
  await until('it hears', () => page.text().includes('"endpoints"'))
  await page.leave()
})

test('bytes that flow are told of computes that run', async () => {
  const { endpoint, project } = await plant(catalog())
  control.news.running(endpoint)
  const page = await listen(await signIn(), `?project_id=${project.id}`)
  control.news.activity({ proxy: 'p', endpoints: [{ endpoint_id: endpoint.id, sessions: 1, quiet_ms: 0 }] })
  await until('it hears', () => page.text().includes('"activity"'))
  await page.leave()
})

test('a stream ends with its session, and no other does', async () => {
  const [mine, others] = [await signIn(), await signIn()]
  const [page, other] = [await listen(mine), await listen(others)]
  await app.request('/api/console/session', {
    method: 'DELETE',
    headers: { Cookie: mine, 'X-Pilotlight-Console': '1' },
  })
  await until('it ends', page.isOver)
  assert.ok(!other.isOver())
  await other.leave()
  const again = await app.request('/api/console/events', { headers: { Cookie: mine } })
  assert.equal(again.status, 401)
})

test('it ends with the key that opened the session, too', async () => {
  const made = await control.keys.createPersonal('lent')
  const cookie = `pilotlight_session_default=${(await control.signIn.byKey(made.token)).token}`
  const page = await listen(cookie)
  await control.keys.revokePersonal(made.key.id)
  await until('it ends', page.isOver)
})

test('a page that comes while sessions are looked at stays', async () => {
  const lent = await control.keys.createPersonal('lent')
  const gone = await listen(`pilotlight_session_default=${(await control.signIn.byKey(lent.token)).token}`)
  const comes = Promise.withResolvers<NewsStream>()
  // Its key was none of those that the catalog is being asked about.
  const unsubscribe = catalog().onWritten(({ table }) => {
    if (table === 'api_keys') comes.resolve(control.news.listen(0, null))
  })
  await control.keys.revokePersonal(lent.key.id)
  unsubscribe()
  const stream = await comes.promise
  await until('the look is over', gone.isOver)
  assert.equal(control.news.listeners, 1)
  control.news.leave(stream)
})

test('no key gets it, and no session more than its share', async () => {
  const byKey = await app.request('/api/console/events', { headers: { Authorization: `Bearer ${token}` } })
  assert.equal(byKey.status, 403)
  const cookie = await signIn()
  const pages: Awaited<ReturnType<typeof listen>>[] = []
  for (let n = 0; n < limits.consoleStreamsPerSession; n++) pages.push(await listen(cookie))
  const tooMany = await app.request('/api/console/events', { headers: { Cookie: cookie } })
  assert.equal(tooMany.status, 429)
  assert.equal(((await tooMany.json()) as { code: string }).code, 'console_streams_limit')
  const other = await listen(await signIn())
  assert.equal(other.answer.status, 200)
  for (const page of [...pages, other]) await page.leave()
  await until('nobody listens', () => control.news.listeners === 0)
})

test('who only asks for the head takes no place', async () => {
  const answer = await app.request('/api/console/events', {
    method: 'HEAD',
    headers: { Cookie: await signIn() },
  })
  assert.equal(answer.status, 204)
  assert.equal(control.news.listeners, 0)
})

test('a control that stops ends them all', async () => {
  const prepared = await prepareControl(cluster)
  const stopping = new Control({ ...prepared.control.parts, clock: systemClock })
  const news = stopping.news.listen(1, null)
  stopping.news.close()
  assert.equal(await news.take(), 'end')
  assert.throws(() => stopping.news.listen(1, null), { code: 'control_stopping' })
})
