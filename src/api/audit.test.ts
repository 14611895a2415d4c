import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import type { AuditEntryShape } from '../contract/shapes.ts'
import * as local from '../engine/local/index.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
const logged: { fields: object; message: string }[] = []
const logger: Logger = {
  ...silentLogger,
  error: (fields, message) => void logged.push({ fields, message }),
  child: () => logger,
}

before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster, { logger })
})
after(() => cluster?.stop())

const entries = async (query = '') =>
  ((await api.ask('GET', `/pilotlight/audit${query}`)).body as { entries: AuditEntryShape[] }).entries
const newest = async () => (await entries('?limit=1'))[0]

test('a change: who, what, when, from where, and what came of it', async () => {
  const made = await api.ask('POST', '/projects', {
    body: { project: { name: 'secret name' } },
    headers: { 'X-Request-ID': 'req-1' },
    from: '::ffff:192.0.2.9',
  })
  const entry = await newest()
  const { id, key_id, at: when, ...rest } = entry!
  assert.deepEqual(rest, {
    ...{ actor: 'personal', key_name: 'first key', operation_id: 'createProject', method: 'POST' },
    ...{ path: '/api/v2/projects', project_id: at(made, 'project.id'), status: 201 },
    ids: {
      project_id: at(made, 'project.id'),
      branch_id: at(made, 'branch.id'),
    },
    ...{ remote_address: '192.0.2.9', request_id: 'req-1' },
  })
  assert.equal(typeof id, 'number')
  assert.equal(typeof key_id, 'number')
  assert.equal(when, new Date(api.clock.now()).toISOString())
})

test('no secret, and nothing of a body', async () => {
  const made = await api.ask('POST', '/api_keys', { body: { key_name: 'a name of its own' } })
  assert.equal((await newest())?.ids.key_id, String(at(made, 'id')))
  const all = JSON.stringify((await api.catalog.pool.query('select * from audit_log')).rows)
  assert.ok(!all.includes(textAt(made, 'key')))
  assert.ok(!all.includes(api.token))
  assert.ok(!all.includes('a name of its own') && !all.includes('secret name'))
})

test('what was refused is entered too: by the scope of a key, by its values, without a key', async () => {
  const project = textAt(await api.ask('POST', '/projects', { body: { project: {} } }), 'project.id')
  const org = `/organizations/${api.control.organization.id}/api_keys`
  const scoped = await api.ask('POST', org, { body: { key_name: 'narrow', project_id: project } })
  const token = textAt(scoped, 'key')

  await api.ask('DELETE', `/projects/${project}`, { token })
  assert.deepEqual(
    (({ actor, key_name, operation_id, status, ids }) => ({ actor, key_name, operation_id, status, ids }))(
      (await newest())!,
    ),
    {
      ...{ actor: 'project', key_name: 'narrow', operation_id: 'deleteProject', status: 403 },
      ids: { project_id: project },
    },
  )
  await api.ask('PATCH', `/projects/${project}`, { body: { project: { name: '' } } })
  assert.equal((await newest())?.status, 400)
  await api.ask('DELETE', `/projects/${project}`, { token: 'napi_wrong', from: '203.0.113.5' })
  const stranger = await newest()
  assert.deepEqual(
    [stranger?.actor, stranger?.status, stranger?.remote_address, stranger?.key_id],
    ['anonymous', 401, '203.0.113.5', undefined],
  )
  await api.ask('DELETE', '/nowhere/at/all')
  assert.deepEqual([(await newest())?.operation_id, (await newest())?.status], ['unknown', 404])
})

test('reading is not entered', async () => {
  const before = await newest()
  for (const path of ['/projects', '/users/me', '/nowhere']) await api.ask('GET', path)
  await api.ask('GET', '/projects', { token: '' })
  assert.deepEqual(await newest(), before)
})

test('filters, and pages that meet', async () => {
  const project = textAt(await api.ask('POST', '/projects', { body: { project: {} } }), 'project.id')
  for (const name of ['a', 'b', 'c', '']) {
    await api.ask('PATCH', `/projects/${project}`, { body: { project: { name } } })
  }
  const mine = `?project_id=${project}`
  assert.equal((await entries(mine)).length, 5)
  assert.equal((await entries(`${mine}&failed=true`)).length, 1)
  assert.equal((await entries(`${mine}&failed=false`)).length, 4)
  assert.equal((await entries(`${mine}&operation_id=createProject`)).length, 1)
  assert.equal((await entries(`${mine}&actor=system`)).length, 0)
  const now = new Date(api.clock.now())
  assert.equal((await entries(`${mine}&since=${now.toISOString()}`)).length, 5)
  assert.equal((await entries(`${mine}&until=${now.toISOString()}`)).length, 0)
  const keyId = (await entries(mine))[0]?.key_id
  assert.equal((await entries(`${mine}&key_id=${keyId}`)).length, 5)
  assert.equal((await entries(`${mine}&key_id=${keyId! + 1}`)).length, 0)

  const seen: number[] = []
  let cursor: unknown
  do {
    const page = await api.ask(
      'GET',
      `/pilotlight/audit${mine}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    )
    seen.push(...(page.body as { entries: AuditEntryShape[] }).entries.map(({ id }) => id))
    cursor = at(page, 'pagination.cursor')
  } while (cursor !== undefined)
  assert.deepEqual(
    seen,
    (await entries(mine)).map(({ id }) => id),
  )
  for (const query of ['?limit=0', `?limit=${limits.auditListMax + 1}`, '?cursor=x', '?since=today']) {
    assert.equal((await api.ask('GET', `/pilotlight/audit${query}`)).status, 400, query)
  }
})

test('a log that cannot be written loses no answer, and says so', async () => {
  await api.catalog.pool.query('alter table audit_log rename to audit_away')
  logged.length = 0
  const made = await api.ask('POST', '/projects', { body: { project: { name: 'all the same' } } })
  await api.catalog.pool.query('alter table audit_away rename to audit_log')
  assert.equal(made.status, 201)
  assert.deepEqual(
    logged.map(({ message }) => message),
    ['audit log not written', 'audit log not written'],
  )
})

test('a control that is killed in the middle leaves the entry, without a status', async () => {
  const call = {
    ...{ key: undefined, operationId: 'createProject', method: 'POST', path: '/', ids: {} },
    ...{ remoteAddress: '', requestId: 'killed' },
  }
  await api.control.audit.begin(call)
  const entry = await newest()
  assert.equal(entry?.request_id, 'killed')
  assert.equal(entry?.status, undefined)
})

test('what is ours to do because time passed is entered with it, or not at all', async () => {
  await api.control.audit.bySystem('deleteSnapshot', async () => ({ snapshot_id: 'snap-1' }))
  const entry = await newest()
  assert.deepEqual(
    [entry?.actor, entry?.operation_id, entry?.ids],
    ['system', 'deleteSnapshot', { snapshot_id: 'snap-1' }],
  )
  await api.control.audit.bySystem('deleteSnapshot', async () => undefined)
  await assert.rejects(
    api.control.audit.bySystem('deleteSnapshot', async () => {
      throw new Error('not now')
    }),
    /not now/,
  )
  assert.equal((await newest())?.id, entry?.id)
})

test('what is too old goes, and what is too much', async () => {
  const fresh = await openTestApi(cluster)
  const rows = async () =>
    Number((await fresh.catalog.pool.query('select count(*) from audit_log')).rows[0].count)
  for (const _ of [1, 2, 3]) await fresh.ask('POST', '/projects', { body: { project: {} } })
  fresh.clock.pass(limits.auditDays * 86_400_000 + 1)
  await fresh.ask('POST', '/projects', { body: { project: {} } })
  assert.equal(await rows(), 4)
  await fresh.control.audit.prune()
  assert.equal(await rows(), 1)
  // As if there had been as many as may be since.
  await fresh.catalog.pool.query(
    `insert into audit_log (id, actor, operation_id, ids, at) overriding system value
     values ($1, 'system', 'newest', '{}', $2)`,
    [4 + limits.auditRows, new Date(fresh.clock.now())],
  )
  await fresh.control.audit.prune()
  const left = await fresh.catalog.pool.query('select operation_id from audit_log')
  assert.deepEqual(left.rows, [{ operation_id: 'newest' }])
})

test('whoever knocks without a key pushes out only others who do', async () => {
  const fresh = await openTestApi(cluster)
  await fresh.ask('POST', '/projects', { body: { project: {} } })
  await fresh.catalog.pool.query(
    `insert into audit_log (actor, operation_id, ids, at)
     select 'anonymous', 'attempt ' || n, '{}', $1 from generate_series(1, $2::int) n`,
    [new Date(fresh.clock.now()), limits.auditStrangerRows + 3],
  )
  await fresh.control.audit.prune()
  const { rows } = await fresh.catalog.pool.query(
    `select count(*)::int, min(operation_id) filter (where actor <> 'anonymous') as ours,
       bool_or(operation_id in ('attempt 1', 'attempt 2', 'attempt 3')) as oldest
     from audit_log`,
  )
  assert.deepEqual(rows, [{ count: limits.auditStrangerRows + 1, ours: 'createProject', oldest: false }])
})
