import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { limits } from '../contract/limits.ts'
import * as local from '../engine/local/index.ts'
import { at, openTestApi, type TestApi, textAt } from './testing.ts'

let cluster: TestCluster
let api: TestApi
before(async () => {
  cluster = await startTestCluster(local)
  api = await openTestApi(cluster)
})
after(() => cluster?.stop())

const post = (key: string, body: object, path = '/projects', to = api) =>
  to.ask('POST', path, { body, headers: { 'Idempotency-Key': key } })
const named = async (name: string) => {
  const { rows } = await api.catalog.pool.query('select id from projects where name = $1', [name])
  return rows.map(({ id }) => id)
}
const jobs = async (projectId: string) => {
  const { rows } = await api.catalog.pool.query(`select from graphile_worker.jobs where queue_name = $1`, [
    `project:${projectId}`,
  ])
  return rows.length
}

test('the same request again: the same answer, and one project', async () => {
  const key = randomUUID()
  const body = { project: { name: 'twice' } }
  const first = await post(key, body)
  const second = await post(key, body)
  assert.deepEqual([first.status, second.status], [201, 201])
  assert.deepEqual(second.body, first.body)
  assert.ok(textAt(first, 'roles.0.password').startsWith('npg_'))
  assert.equal(first.headers.get('Idempotent-Replayed'), null)
  assert.equal(second.headers.get('Idempotent-Replayed'), 'true')
  assert.match(second.headers.get('Content-Type') ?? '', /^application\/json/)
  assert.notEqual(second.headers.get('X-Request-ID'), first.headers.get('X-Request-ID'))
  assert.deepEqual(await named('twice'), [at(first, 'project.id')])
  assert.equal(await jobs(textAt(first, 'project.id')), 1)
})

test('without the header there are two', async () => {
  for (const _ of [1, 2]) await api.ask('POST', '/projects', { body: { project: { name: 'plain' } } })
  assert.equal((await named('plain')).length, 2)
})

test('another request with the same key is refused; another caller’s key is another', async () => {
  const key = randomUUID()
  const first = await post(key, { project: { name: 'mine' } })
  assert.equal((await post(key, { project: { name: 'other' } })).status, 422)
  assert.equal((await post(key, { key_name: 'mine' }, '/api_keys')).status, 422)
  assert.deepEqual(await named('other'), [])
  const token = textAt(await api.ask('POST', '/api_keys', { body: { key_name: 'second' } }), 'key')
  const theirs = await api.ask('POST', '/projects', {
    ...{ token, body: { project: { name: 'mine' } }, headers: { 'Idempotency-Key': key } },
  })
  assert.equal(theirs.status, 201)
  assert.notEqual(at(theirs, 'project.id'), at(first, 'project.id'))
})

test('what was refused changed nothing, and is tried anew', async () => {
  const key = randomUUID()
  const project = textAt(await post(randomUUID(), { project: {} }), 'project.id')
  const path = `/projects/${project}/branches`
  const body = { branch: { name: 'main' } }
  const refused = await post(key, body, path)
  assert.equal(refused.status, 409)
  assert.equal((await post(key, { branch: { name: 1 } }, path)).status, 400)
  await api.catalog.pool.query(`update branches set name = 'trunk' where project_id = $1`, [project])
  const made = await post(key, body, path)
  assert.equal(made.status, 201)
  assert.deepEqual((await post(key, body, path)).body, made.body)
})

test('a second one while the first runs is told to wait; many at once make one', async () => {
  const key = randomUUID()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => post(key, { project: { name: 'many' } })),
  )
  const count = (status: number) => answers.filter(answer => answer.status === status).length
  assert.equal(count(201) + count(409), 10)
  assert.ok(count(201) >= 1 && count(409) >= 1)
  assert.equal((await named('many')).length, 1)
  const waiting = answers.find(({ status }) => status === 409)
  assert.equal(waiting?.headers.get('Retry-After'), '1')
  const later = await post(key, { project: { name: 'many' } })
  assert.equal(at(later, 'project.id'), (await named('many'))[0])
})

test('a crash behind the commit: the next control gives the answer', async () => {
  const key = randomUUID()
  const body = { project: { name: 'answered by the next' } }
  // The answer of the first is lost on its way.
  const lost = await post(key, body)
  const next = await openTestApi(cluster, { catalog: api.catalog })
  const again = await next.ask('POST', '/projects', {
    ...{ token: api.token, body, headers: { 'Idempotency-Key': key } },
  })
  assert.equal(again.status, 201)
  assert.deepEqual(again.body, lost.body)
  assert.equal((await named('answered by the next')).length, 1)
})

test('a crash before the commit: nothing is there, and the next one carries it out', async () => {
  const key = randomUUID()
  const body = { project: { name: 'torn' } }
  // The connection breaks at the last moment: the answer is entered, the commit is not reached.
  await api.catalog.pool.query(`
    create function break_off() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
    create trigger break_off after insert on idempotency_keys for each row execute function break_off()`)
  const torn = await post(key, body)
  assert.equal(torn.status, 500)
  assert.deepEqual(await named('torn'), [])
  await api.catalog.pool.query('drop trigger break_off on idempotency_keys; drop function break_off')
  const made = await post(key, body)
  assert.equal(made.status, 201)
  assert.deepEqual(await named('torn'), [at(made, 'project.id')])
})

test('a commit that fails is no answer: what was done is undone, and proxies are told nothing', async () => {
  const { pool } = api.catalog
  const project = await post(randomUUID(), { project: {} })
  const [id, parent] = [textAt(project, 'project.id'), textAt(project, 'branch.id')]
  const ready = () => pool.query(`update branches set state = 'ready' where project_id = $1`, [id])
  await ready()
  const endpoints = [{ type: 'read_write' }]
  const child = await post(randomUUID(), { endpoints }, `/projects/${id}/branches`)
  await ready()
  const told: string[] = []
  const stop = api.control.changes.subscribe(change => told.push(change.change))
  const restore = () =>
    post(
      randomUUID(),
      { source_branch_id: parent },
      `/projects/${id}/branches/${textAt(child, 'branch.id')}/restore`,
    )
  const waiting = async () => {
    const { rows } = await pool.query(`select from operations where project_id = $1`, [id])
    return rows.length
  }
  const before = await waiting()

  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'no room'; end $$;
    create constraint trigger refuse after insert on idempotency_keys
      deferrable initially deferred for each row execute function refuse()`)
  const failed = await restore()
  await pool.query('drop trigger refuse on idempotency_keys; drop function refuse')
  assert.equal(failed.status, 500)
  assert.doesNotMatch(JSON.stringify(failed.body), /no room/)
  assert.equal(await waiting(), before)
  assert.deepEqual(told, [])

  assert.equal((await restore()).status, 200)
  assert.ok((await waiting()) > before)
  assert.deepEqual(told, ['compute'])
  stop()
})

test('answers are sealed where they are kept', async () => {
  const made = await post(randomUUID(), { project: { name: 'sealed' } })
  const password = textAt(made, 'roles.0.password')
  const { rows } = await api.catalog.pool.query(
    `select encode(answer_box, 'escape') as text from idempotency_keys`,
  )
  assert.ok(rows.length > 0)
  for (const { text } of rows) assert.ok(!text.includes(password) && !text.includes('connection_uri'))
})

test('after a day a key is as good as new', async () => {
  const key = randomUUID()
  const fresh = await openTestApi(cluster)
  const body = { project: { name: 'daily' } }
  const first = await post(key, body, '/projects', fresh)
  fresh.clock.pass(limits.idempotencyHours * 3_600_000 + 1)
  const second = await post(key, body, '/projects', fresh)
  assert.notEqual(at(second, 'project.id'), at(first, 'project.id'))
  assert.deepEqual((await post(key, body, '/projects', fresh)).body, second.body)
  fresh.clock.pass(limits.idempotencyHours * 3_600_000 + 1)
  await fresh.control.idempotency.prune()
  const { rows } = await fresh.catalog.pool.query('select from idempotency_keys')
  assert.equal(rows.length, 0)
})

test('keys that are none', async () => {
  for (const key of ['x'.repeat(limits.idempotencyKeyChars + 1), 'two words', 'é', '']) {
    const { status } = await post(key, { project: { name: 'never' } })
    assert.equal(status, 400, key)
  }
  assert.deepEqual(await named('never'), [])
})

test('GET takes no notice of it', async () => {
  const headers = { 'Idempotency-Key': randomUUID() }
  assert.equal((await api.ask('GET', '/projects', { headers })).status, 200)
  assert.equal((await api.ask('GET', '/users/me', { headers })).status, 200)
})
