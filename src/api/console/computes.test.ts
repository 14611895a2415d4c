import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import type { ConsoleCompute, ConsoleComputes } from '../../contract/console-computes.ts'
import { readInside } from '../../control/console/compute-inside.ts'
import { MemoryEngine, until } from '../../control/testing.ts'
import * as local from '../../engine/local/index.ts'
import { openTestApi, type TestApi } from '../testing.ts'

let cluster: TestCluster
let api: TestApi
let headers: Record<string, string>
let planted: Planted

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
  const { token } = await api.control.signIn.byKey(api.token)
  headers = { Cookie: `pilotlight_session_default=${token}` }
  planted = await plant(api.catalog)
  assert.ok(api.control.parts.engine instanceof MemoryEngine)
  api.control.parts.engine.put(planted.branch.id, 'data', 'ready')
})
after(() => cluster?.stop())

const ask = (query: Record<string, string>) =>
  api.request('GET', `/api/console/computes?${new URLSearchParams(query)}`, { token: '', headers })

async function compute(): Promise<ConsoleCompute> {
  const answer = await ask({ project_id: planted.project.id, branch_id: planted.branch.id })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return (answer.body as ConsoleComputes).computes[0]!
}

test('one that was never started has nothing to tell', async () => {
  assert.deepEqual(await compute(), {
    ...{ id: planted.endpoint.id, project_id: planted.project.id, branch_id: planted.branch.id },
    ...{ state: 'suspended', woken: null, slept: null, awake: null },
  })
})

test('an awake one says who woke it, who uses it, and when it will sleep', async () => {
  const { endpoint } = planted
  const client = { role: 'app', database: 'shop', application: 'psql', address: '192.0.2.7' }
  await api.control.access.wake(endpoint.id, null, client)
  // Of those who come while it is awake nobody woke it.
  await api.control.access.wake(endpoint.id, null, { role: 'other', database: 'shop' })
  // The wake is written down beside it.
  await until('it is known', async () => {
    const { awake, woken } = await compute()
    return awake !== null && woken !== null
  })
  api.control.activity({ proxy: 'a', endpoints: [{ endpoint_id: endpoint.id, sessions: 2, quiet_ms: 1000 }] })
  api.control.activity({ proxy: 'b', endpoints: [{ endpoint_id: endpoint.id, sessions: 1, quiet_ms: 9000 }] })
  const { woken, slept, awake } = await compute()
  assert.deepEqual([woken?.cause, woken?.error, slept], [{ by: 'connection', ...client }, null, null])
  assert.equal(awake?.sessions, 3)
  assert.equal(awake?.inside, null)
  assert.equal(Date.parse(awake!.suspends_at!) - Date.parse(awake!.last_active_at), 300_000)
})

test('of a project that is not there there are none, and without one it is no question', async () => {
  assert.deepEqual(((await ask({ project_id: 'no-such' })).body as ConsoleComputes).computes, [])
  assert.equal((await ask({})).status, 400)
  assert.equal((await ask({ project_id: '\0' })).status, 400)
})

test('inside, open transactions and statements that run are told apart; our own count for nothing', async () => {
  await cluster.query(`create role ada login password 'ada'`)
  const login = { ...cluster.login, database: 'catalog' }
  const own = new pg.Client(login)
  const client = new pg.Client({ ...login, user: 'ada', password: 'ada' })
  client.on('error', () => {})
  await own.connect()
  await client.connect()
  try {
    assert.equal((await readInside(own)).open_transactions, 0)
    await client.query('begin')
    const open = await readInside(own)
    assert.deepEqual([open.open_transactions, open.running_statements], [1, 0])
    assert.ok(open.busy_since)
    await client.query('rollback')
    const sleeping = client.query('select pg_sleep(60)').catch(() => {})
    await until('it runs', async () => (await readInside(own)).running_statements === 1)
    await own.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ada'`)
    await sleeping
    await until('it is over', async () => (await readInside(own)).busy_since === null)
  } finally {
    await own.end()
    await client.end().catch(() => {})
  }
})
