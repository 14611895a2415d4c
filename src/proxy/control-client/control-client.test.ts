// Against a real HTTP server on a Unix socket that is scripted as control.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ActivityReport, Change } from '../../contract/control-plane.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import { eventually } from '../testing.ts'
import { ControlClient } from './index.ts'

type Answer = { status?: number; body: unknown }

interface FakeControl {
  client: ControlClient
  asked: string[]
  reports: ActivityReport[]
  answer: (path: string, url: URL) => Answer | Promise<Answer>
  /** Settles when the client has heard it. */
  change(change: Change): Promise<void>
  /** Begins to tell it of changes; settles when it has heard the first word. */
  subscribe(): Promise<void>
  listeners: Set<ServerResponse>
  down(): Promise<void>
  up(): Promise<void>
  /** Moves the client's clock. */
  pass(ms: number): void
}

const awake = {
  address: '/run/ep-a:5432',
  aux: {
    endpoint_id: 'ep-a',
    project_id: 'p',
    branch_id: 'b',
    compute_id: 'c',
    cold_start_info: 'pool_miss',
  },
}

const answerAll = (path: string): Answer => ({
  body: path === '/wake_compute' ? awake : { role_secret: 'verifier' },
})

/** Changes are heard in the order in which they are told: whoever has forgotten this endpoint has heard all before it. */
const marker = 'ep-marker'

async function fakeControl(t: TestContext): Promise<FakeControl> {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-control-'))
  const socketPath = join(dir, 'control.sock')
  let server: Server | null = null
  let aheadMs = 0
  const clock: Clock = {
    now: () => Date.now() + aheadMs,
    // A hundred times as fast: what is waited for is the order, not the time.
    after: (ms, run) => systemClock.after(ms / 100, run),
    sleep: async ms => {
      aheadMs += ms
      await systemClock.sleep(ms / 100)
    },
  }
  let markerAsked = 0
  /** Of the cache that the change itself is not about, so that the marker does none of its work. */
  const untilForgotten = async (kind: 'access' | 'compute', tell: () => void): Promise<void> => {
    const { access, wake } = control.client
    const look = () => (kind === 'access' ? access.roleSecret(marker, 'app') : wake.wake(marker))
    await look()
    const before = markerAsked
    tell()
    for (let left = 5_000; markerAsked === before; left--) {
      if (left === 0) throw new Error('the client never heard')
      await systemClock.sleep(1)
      await look()
    }
  }
  const tell = (change: Change): void => {
    for (const listener of control.listeners) listener.write(`${JSON.stringify(change)}\n\n`)
  }
  const control: FakeControl = {
    client: new ControlClient({ socketPath, proxyName: 'proxy-0', clock, logger: silentLogger }),
    asked: [],
    reports: [],
    listeners: new Set(),
    answer: answerAll,
    async change(change) {
      const kind = change.change === 'access' ? 'compute' : 'access'
      await untilForgotten(kind, () => {
        tell(change)
        tell({ change: kind, endpoint_id: marker })
      })
    },
    subscribe: () => untilForgotten('access', () => control.client.start()),
    async up() {
      server = createServer((request, response) => {
        const url = new URL(request.url!, 'http://control')
        if (url.pathname === '/changes') {
          control.listeners.add(response)
          response.on('close', () => control.listeners.delete(response))
          response.write('{"change":"hel')
          setTimeout(() => response.write('lo"}\n'), 5)
          return
        }
        let body = ''
        request.on('data', chunk => {
          body += chunk
        })
        request.on('end', async () => {
          if (url.pathname === '/activity') {
            control.reports.push(JSON.parse(body))
            response.writeHead(204).end()
            return
          }
          const endpoint = url.searchParams.get('endpointish')
          if (endpoint === marker) markerAsked++
          else control.asked.push(`${url.pathname} ${endpoint ?? body}`)
          const answer = endpoint === marker ? answerAll : control.answer
          const { status = 200, body: reply } = await answer(url.pathname, url)
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
        })
      })
      await new Promise<void>(resolve => server!.listen(socketPath, resolve))
    },
    async down() {
      const closed = new Promise(resolve => server?.close(resolve))
      server?.closeAllConnections()
      await closed
      server = null
    },
    pass: ms => {
      aheadMs += ms
    },
  }
  await control.up()
  t.after(async () => {
    await control.client.stop()
    if (server) await control.down()
    await rm(dir, { recursive: true, force: true })
  })
  return control
}

const failsWith = (code: string, message?: string) => (error: unknown) =>
  error instanceof PilotlightError &&
  error.code === code &&
  (message === undefined || error.message === message)

test('access: asked once, for both doors, until told of a change', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  const { access } = control.client
  assert.deepEqual(await access.roleSecret('ep-a', 'app'), { verifier: 'verifier' })
  await access.roleSecret('ep-a-pooler', 'app')
  assert.deepEqual(control.asked, ['/get_endpoint_access_control ep-a'])
  await control.change({ change: 'access', endpoint_id: 'ep-a' })
  await access.roleSecret('ep-a-pooler', 'app')
  assert.equal(control.asked[1], '/get_endpoint_access_control ep-a-pooler')
  control.pass(250_000)
  await access.roleSecret('ep-a', 'app')
  assert.equal(control.asked.length, 3)
})

test('access: names that look alike when they are joined are not confused', async t => {
  const control = await fakeControl(t)
  control.answer = (_, url) => ({ body: { role_secret: `of ${url.searchParams.get('role')}` } })
  const { access } = control.client
  const [one, two] = await Promise.all([access.roleSecret('a', 'b c'), access.roleSecret('a b', 'c')])
  assert.deepEqual([one.verifier, two.verifier], ['of b c', 'of c'])
})

test('access: an answer from before a change is not remembered', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  const held = Promise.withResolvers<Answer>()
  control.answer = () => held.promise
  const asking = control.client.access.roleSecret('ep-a', 'app')
  await eventually('asked', () => control.asked.length === 1)
  await control.change({ change: 'access', endpoint_id: 'ep-a' })
  held.resolve({ body: { role_secret: 'old' } })
  await asking
  control.answer = () => ({ body: { role_secret: 'new' } })
  assert.deepEqual(await control.client.access.roleSecret('ep-a', 'app'), { verifier: 'new' })
})

test('access: unknown roles are null, and soon asked about again', async t => {
  const control = await fakeControl(t)
  control.answer = () => ({ body: { role_secret: '' } })
  const { access } = control.client
  assert.deepEqual(await access.roleSecret('ep-a', 'new'), { verifier: null })
  control.answer = () => ({ body: { role_secret: 'made' } })
  control.pass(1_500)
  assert.deepEqual(await access.roleSecret('ep-a', 'new'), { verifier: 'made' })
})

test('access: a refresh goes past the cache, and fills it', async t => {
  const control = await fakeControl(t)
  const { access } = control.client
  await access.roleSecret('ep-a', 'app')
  control.answer = path => ({ body: { role_secret: path === '/refresh_role' ? 'fresh' : 'stale' } })
  assert.deepEqual(await access.refreshRoleSecret('ep-a', 'app'), { verifier: 'fresh' })
  assert.deepEqual(await access.roleSecret('ep-a', 'app'), { verifier: 'fresh' })
  assert.equal(control.asked[1], '/refresh_role {"endpointish":"ep-a","role":"app"}')
})

test('while control is away, known roles and awake computes are served, even past their time', async t => {
  const control = await fakeControl(t)
  const { access, wake } = control.client
  await access.roleSecret('ep-a', 'app')
  await wake.wake('ep-a')
  await control.down()
  control.pass(300_000 - 100_000)
  assert.equal((await wake.wake('ep-a')).cached, true)
  control.pass(100_000)
  assert.deepEqual(await access.roleSecret('ep-a', 'app'), { verifier: 'verifier' })
})

test('a wake is held while control restarts, and given up in the end', async t => {
  const control = await fakeControl(t)
  await control.down()
  const waking = control.client.wake.wake('ep-a')
  await systemClock.sleep(5)
  await control.up()
  assert.equal((await waking).started, true)
  await control.down()
  control.client.wake.forget('ep-a')
  await assert.rejects(control.client.wake.wake('ep-a'), failsWith('control_unreachable'))
})

test('wake: many clients, one question; then from the cache, until forgotten or told', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  const { wake } = control.client
  const first = await Promise.all(Array.from({ length: 50 }, () => wake.wake('ep-a')))
  assert.equal(control.asked.length, 1)
  assert.deepEqual(first[0], {
    endpointId: 'ep-a',
    host: '/run/ep-a',
    port: 5432,
    cached: false,
    started: true,
  })
  assert.deepEqual(
    [(await wake.wake('ep-a-pooler')).cached, (await wake.wake('ep-a')).started],
    [true, false],
  )
  wake.forget('ep-a-pooler')
  assert.equal((await wake.wake('ep-a')).cached, false)
  await control.change({ change: 'compute', endpoint_id: 'ep-a' })
  assert.equal((await wake.wake('ep-a')).cached, false)
  control.pass(250_000)
  assert.equal((await wake.wake('ep-a')).cached, false)
})

test('wake: a client that goes by a long name is told of in short, and served', async t => {
  const control = await fakeControl(t)
  let told: string | null = null
  control.answer = (_, url) => {
    told = url.searchParams.get('client_application')
    return { body: awake }
  }
  const waker = { role: 'app', database: 'app', address: '192.0.2.1' }
  const { wake } = control.client
  assert.ok(await wake.wake('ep-a', null, { ...waker, application: `a${'😀'.repeat(2000)}` }))
  assert.equal(told, `a${'😀'.repeat(99)}`)
})

test('wake: a moment is a question and an entry of its own, until its compute goes', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  const { wake } = control.client
  const past = { address: '/run/ep-past:5432', aux: { ...awake.aux, endpoint_id: 'ep-past' } }
  const moments: string[] = []
  control.answer = (_path, { searchParams }) => {
    const moment = searchParams.get('options[lsn]') ?? searchParams.get('options[timestamp]')
    if (moment) moments.push(`${searchParams.get('endpointish')} ${moment}`)
    return { body: moment ? past : awake }
  }
  const moment = { lsn: '0/2' }
  assert.equal((await wake.wake('ep-a')).endpointId, 'ep-a')
  assert.equal((await wake.wake('ep-a', moment)).endpointId, 'ep-past')
  assert.equal((await wake.wake('ep-a', moment)).cached, true)
  assert.equal((await wake.wake('ep-a-pooler', moment)).cached, true)
  assert.equal((await wake.wake('br-a', { time: '2026-11-25T10:00:00Z' })).cached, false)
  assert.deepEqual(moments, ['ep-a 0/2', 'br-a 2026-11-25T10:00:00Z'])
  assert.equal(control.asked.length, 3)

  await control.change({ change: 'compute', endpoint_id: 'ep-past' })
  assert.equal((await wake.wake('ep-a', moment)).cached, false)
  assert.equal((await wake.wake('ep-a')).cached, true)
  wake.forget('ep-a', moment)
  assert.equal((await wake.wake('ep-a', moment)).cached, false)
  assert.equal((await wake.wake('ep-a')).cached, true)
})

test('access: of a branch that was named itself nobody tells changes: it is asked, while control is there', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  const { access } = control.client
  for (const name of ['br-a', 'br-a', 'ep-a', 'ep-a']) await access.roleSecret(name, 'app')
  assert.equal(control.asked.length, 3)
  await control.down()
  assert.deepEqual(await access.roleSecret('br-a', 'app'), { verifier: 'verifier' })
})

const refused = (reason: string | null, message?: string, code = 'x'): Answer => ({
  status: 404,
  body: {
    error: 'e',
    status: {
      code,
      message: 'internal words',
      details: {
        ...(reason && { error_info: { reason } }),
        ...(message && { user_facing_message: { message } }),
      },
    },
  },
})
const refusals: [string, Answer, string, string?][] = [
  ['not found', refused('ENDPOINT_NOT_FOUND', 'exactly this'), 'endpoint_gone', 'exactly this'],
  ['disabled', refused('ENDPOINT_DISABLED'), 'endpoint_disabled'],
  ['a code of our own', refused(null, undefined, 'compute_start_failed'), 'compute_start_failed'],
  [
    'a moment out of reach',
    refused(null, 'it begins at noon', 'moment_out_of_window'),
    'moment_out_of_window',
    'it begins at noon',
  ],
  ['an unknown reason', refused('RATE_LIMIT_EXCEEDED', 'pay'), 'control_unreachable', 'pay'],
  ['no JSON', { status: 500, body: 'oops' }, 'control_unreachable', 'Control plane request failed'],
]
for (const [name, answer, code, message] of refusals)
  test(`refusal: ${name} → ${code}`, async t => {
    const control = await fakeControl(t)
    control.answer = () => answer
    await assert.rejects(control.client.wake.wake('ep-a'), failsWith(code, message))
    assert.equal(control.asked.length, 1)
  })

test('refusal: an endpoint that does not exist has no roles', async t => {
  const control = await fakeControl(t)
  control.answer = () => refused('ENDPOINT_NOT_FOUND')
  assert.deepEqual(await control.client.access.roleSecret('ep-x', 'app'), { verifier: null })
})

test('refusal: running operations are waited for', async t => {
  const control = await fakeControl(t)
  control.answer = () => (control.asked.length < 3 ? refused('RUNNING_OPERATIONS') : { body: awake })
  assert.equal((await control.client.wake.wake('ep-a')).endpointId, 'ep-a')
})

test('changes: after a restart of control all caches are dropped', async t => {
  const control = await fakeControl(t)
  await control.subscribe()
  await control.client.access.roleSecret('ep-a', 'app')
  await control.down()
  await control.up()
  await eventually('listening again', () => control.listeners.size === 1)
  // The word to drop everything comes some time behind the connection.
  for (let tries = 0; tries < 500 && control.asked.length < 2; tries++) {
    await systemClock.sleep(10)
    await control.client.access.roleSecret('ep-a', 'app')
  }
  assert.equal(control.asked.length, 2)
})

test('activity: reported when there is news, until the last session is gone', async t => {
  const control = await fakeControl(t)
  const { activity } = control.client
  activity.opened('ep-a')
  for (let at = 0; at < 1_000; at++) activity.touched('ep-a')
  await eventually('a report', () => control.reports.length === 1)
  assert.equal(control.reports[0]!.proxy, 'proxy-0')
  const [first] = control.reports[0]!.endpoints
  assert.deepEqual([first!.endpoint_id, first!.sessions], ['ep-a', 1])
  await systemClock.sleep(50)
  assert.equal(control.reports.length, 1, 'no news, no report')
  activity.closed('ep-a')
  await eventually('the end', () => control.reports.at(-1)!.endpoints[0]!.sessions === 0)
})

test('activity: bytes to clients are told once, and under one number until they are taken', async t => {
  const control = await fakeControl(t)
  const { activity } = control.client
  activity.opened('ep-a')
  activity.sent('ep-a', 1_000)
  activity.sent('ep-a', 500)
  await eventually('a report', () => control.reports.length === 1)
  assert.equal(control.reports[0]!.endpoints[0]!.sent_bytes, 1_500)
  await control.down()
  activity.sent('ep-a', 7)
  await systemClock.sleep(40)
  activity.sent('ep-a', 8)
  await control.up()
  await eventually('the rest', () => sentBytes(control.reports) === 1_515)
  await systemClock.sleep(50)
  assert.equal(sentBytes(control.reports), 1_515)
  const numbers = control.reports.map(({ number }) => number!)
  assert.equal(new Set(numbers).size, numbers.length)
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  )
})

const sentBytes = (reports: ActivityReport[]): number =>
  reports.flatMap(({ endpoints }) => endpoints).reduce((sum, { sent_bytes = 0 }) => sum + sent_bytes, 0)

test('activity: what could not be told is told later', async t => {
  const control = await fakeControl(t)
  await control.down()
  control.client.activity.opened('ep-a')
  await systemClock.sleep(40)
  await control.up()
  await eventually('a report', () => control.reports.length > 0)
})
