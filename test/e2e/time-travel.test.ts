import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { hostUri, pgConfig, psql, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

interface Moment {
  time: string
  lsn: string
}

describe('looking at a past moment', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  /** Right before the table came, and right after each of its rows. */
  const moments: Moment[] = []

  const run = <T extends pg.QueryResultRow>(sql: string) => query<T>(pilotlight, project, sql)

  async function now(): Promise<Moment> {
    const [row] = await run<Moment>(
      `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
              pg_current_wal_insert_lsn()::text as lsn`,
    )
    return row!
  }

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject()
    await pilotlight.settle(project.id)
    moments.push(await now())
    await run('create table note (id int primary key, text text)')
    for (const text of ['first', 'second', 'third']) {
      await run(`insert into note select count(*) + 1, '${text}' from note`)
      moments.push(await now())
    }
    await run(`create role latecomer login password 'a late secret'; grant select on note to latecomer`)
    await run(`update note set text = 'changed'`)
    await run('alter table note add column at timestamptz')
  })
  after(() => pilotlight.stop())

  const asBranch = () => ({ ...project, host: project.host.replace(project.endpointId, project.branchId) })
  const uri = (details: ProjectDetails, option: string) =>
    hostUri(pilotlight, details, `sslmode=require&options=${encodeURIComponent(option)}`)
  const at = ({ time }: Moment) => `neon_timestamp:${time}`
  const operations = async () =>
    (await pilotlight.api.listProjectOperations({ projectId: project.id, limit: 1000 })).data.operations
  const started = async () => (await operations()).filter(({ action }) => action === 'create_branch').length
  const data = () => readdirSync(join(pilotlight.dataDir, 'data')).filter(name => name.startsWith('br-'))

  async function connectAt(moment: Moment): Promise<pg.Client> {
    const client = new pg.Client({ ...pgConfig(pilotlight, asBranch()), options: at(moment) })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  const allRows = `select string_agg(id || ' ' || text, ', ' order by id) from note`

  test('by a time, at the host name of the branch, as the neon CLI writes it', async () => {
    const seen = await psql(uri(asBranch(), at(moments[2]!)), allRows)
    assert.equal(seen.stdout, '1 first, 2 second', seen.stderr)
  })

  test('by an LSN, at the host name of the endpoint', async () => {
    const seen = await psql(uri(project, `neon_lsn:${moments[1]!.lsn}`), allRows)
    assert.equal(seen.stdout, '1 first', seen.stderr)
  })

  test('a session that reads on reads on: the past stands still, the present does not', async () => {
    const client = await connectAt(moments[3]!)
    assert.equal((await client.query(allRows)).rows[0].string_agg, '1 first, 2 second, 3 third')
    await run(`insert into note values (4, 'fourth')`)
    assert.equal((await client.query(allRows)).rows[0].string_agg, '1 first, 2 second, 3 third')
    await client.end()
    assert.equal((await run<{ count: string }>('select count(*) from note'))[0]!.count, '4')
  })

  test('nothing can be written, and Postgres says so itself', async () => {
    const client = await connectAt(moments[1]!)
    for (const sql of [`insert into note values (9, 'x')`, 'create table other ()', 'drop table note']) {
      await assert.rejects(client.query(sql), { code: '25006', message: /read-only transaction/ })
    }
    await client.end()
  })

  test('right before it was changed or dropped, a table can be read: nobody holds a lock in the past', async () => {
    await run('create table gone as select 7 as n')
    const whole = await now()
    await run('alter table gone add column late int')
    const changed = await now()
    await run('begin; lock table gone; drop table gone; select pg_sleep(0.2); commit')
    for (const [moment, row] of [
      [whole, '7'],
      [changed, '7|'],
    ] as const) {
      for (const option of [at(moment), `neon_lsn:${moment.lsn}`]) {
        const seen = await psql(uri(asBranch(), `${option} -c statement_timeout=10s`), 'table gone')
        assert.equal(seen.stdout, row, seen.stderr)
      }
    }
  })

  test('what was not there yet is not there', async () => {
    const seen = await psql(uri(asBranch(), at(moments[0]!)), 'table note')
    assert.match(seen.stderr, /relation "note" does not exist/)
  })

  test('clients of one moment share a compute, whoever wakes it, however they spell it', async () => {
    const before = await started()
    const moment = moments[2]!
    const spelled = { ...moment, time: moment.time.replace('Z', '+00:00') }
    const clients = await Promise.all([moment, spelled, moment, spelled].map(connectAt))
    await Promise.all(clients.map(client => client.end()))
    assert.ok((await started()) - before <= 1, 'it may be there from before')
  })

  test('it is in no list, and its operations are', async () => {
    const { branches } = (await pilotlight.api.listProjectBranches({ projectId: project.id })).data
    assert.deepEqual(
      branches.map(({ id }) => id),
      [project.branchId],
    )
    const { endpoints } = (await pilotlight.api.listProjectEndpoints(project.id)).data
    assert.deepEqual(
      endpoints.map(({ id }) => id),
      [project.endpointId],
    )
    const [made] = (await operations()).filter(({ action }) => action === 'create_branch')
    assert.equal(made?.status, 'finished')
    assert.notEqual(made?.branch_id, project.branchId)
  })

  test('the password of now counts, checked before anything is made', async () => {
    const before = await started()
    const { data } = await pilotlight.api.resetProjectBranchRolePassword(
      project.id,
      project.branchId,
      project.role,
    )
    await pilotlight.settle(project.id)
    const old = project
    project = { ...project, password: data.role.password! }
    const later = { ...moments[1]!, time: moments[1]!.time.replace(/\d\d\dZ$/, '999Z') }
    const refused = await psql(uri(old, at(later)), allRows)
    assert.match(refused.stderr, /password authentication failed/)
    assert.equal(await started(), before)
    assert.equal((await psql(uri(project, at(moments[1]!)), allRows)).stdout, '1 first')
  })

  test('a role that did not exist then: Postgres says so itself', async () => {
    const late = { ...project, role: 'latecomer', password: 'a late secret' }
    assert.equal((await psql(hostUri(pilotlight, late), 'select 1 from note limit 1')).stdout, '1')
    const seen = await psql(uri(late, at(moments[1]!)), allRows)
    assert.match(seen.stderr, /role "latecomer" does not exist/)
  })

  test('a branch by its own name, and no moment: its endpoint', async () => {
    const seen = await psql(hostUri(pilotlight, asBranch()), 'select count(*) from note')
    assert.equal(seen.stdout, '4', seen.stderr)
  })

  const refused: [name: string, option: () => string, text: RegExp][] = [
    ['before its history', () => 'neon_timestamp:2001-01-01T00:00:00Z', /FATAL: +2001.*begins at 20/],
    ['in the future', () => 'neon_timestamp:2101-01-01T00:00:00Z', /lies in the future/],
    ['no time', () => 'neon_timestamp:yesterday', /FATAL: +moment 'yesterday' must be an RFC 3339/],
    ['no LSN', () => 'neon_lsn:banana', /FATAL: +moment 'banana' must be an LSN/],
    ['two', () => `neon_lsn:0/1 ${at(moments[1]!)}`, /cannot be given at the same time/],
  ]
  for (const [name, option, text] of refused) {
    test(`${name}: told, with a hint`, async () => {
      const { stderr, code } = await psql(uri(asBranch(), option()), allRows)
      assert.equal(code, 2)
      assert.match(stderr, text)
      assert.match(stderr, /HINT: /)
    })
  }

  test('the schema, now and then, and what tells them apart', async () => {
    const place = { projectId: project.id, branchId: project.branchId, db_name: project.database }
    const present = (await pilotlight.api.getProjectBranchSchema(place)).data.sql!
    const past = (await pilotlight.api.getProjectBranchSchema({ ...place, timestamp: moments[1]!.time })).data
      .sql!
    assert.match(present, /CREATE TABLE public\.note \(\n.*\n.*\n {4}at timestamp with time zone\n/)
    assert.match(past, /CREATE TABLE public\.note \(\n {4}id integer NOT NULL,\n {4}text text\n\);/)
    const { data } = await pilotlight.api.getProjectBranchSchemaComparison({
      ...place,
      base_timestamp: moments[1]!.time,
    })
    assert.match(data.diff!, /^--- a\/neondb\n\+\+\+ b\/neondb\n@@ /)
    assert.match(data.diff!, /\n\+ {4}at timestamp with time zone\n/)
    const json = (
      await pilotlight.api.getProjectBranchSchema({ ...place, lsn: moments[1]!.lsn, format: 'json' })
    ).data
    assert.deepEqual(
      json.json!.tables.map(({ name, columns }) => [name, columns.map(column => column.name)]),
      [['note', ['id', 'text']]],
    )
    await assert.rejects(pilotlight.api.getProjectBranchSchema({ ...place, db_name: 'none' }), {
      status: 404,
    })
  })

  test('a session outlives a control that is killed; without sessions everything of it goes', async () => {
    const client = await connectAt(moments[3]!)
    const [control] = pilotlight.children('control-process')
    process.kill(control!, 'SIGKILL')
    await eventually(() => ![control, undefined].includes(pilotlight.children('control-process')[0]), {
      timeoutMs: 30_000,
      about: () => 'another control',
    })
    assert.equal((await client.query(allRows)).rows[0].string_agg, '1 first, 2 second, 3 third')
    await run('select 1')
    await client.end()
    await eventually(() => data().length === 1 && pilotlight.computes().length === 1, {
      timeoutMs: 120_000,
      about: () => `nothing to be left of past moments: ${data().join(', ')}`,
    })
    await pilotlight.settle(project.id)
    const actions = new Set<string>((await operations()).map(({ action }) => action))
    for (const action of ['create_branch', 'start_compute', 'suspend_compute', 'delete_timeline'] as const) {
      assert.ok(actions.has(action), action)
    }
  })

  test('a stop takes open ones with it', async () => {
    await connectAt(moments[2]!)
    await pilotlight.down()
    assert.deepEqual(data(), [project.branchId])
    assert.equal(pilotlight.computes().length, 0)
  })
})
