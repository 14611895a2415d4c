// SQL of the console's, against the real program.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { limits } from '../../src/contract/limits.ts'
import { query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { queryOf, SignedIn } from './signed-in.ts'

describe('SQL of the console’s', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  let console: SignedIn

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject()
    await pilotlight.settle(project.id)
    console = await SignedIn.open(pilotlight)
    await console.query(project, [
      'create table items (id int primary key, name text)',
      "insert into items values (1, 'one'), (2, 'two')",
    ])
  })
  after(() => pilotlight?.stop())

  const count = async () => (await console.query(project, ['select count(*) from items'])).rows[0]?.[0]
  /** Statements of the console's that run, of those that run until they are stopped. */
  const endless = async () => {
    const rows = await query<{ pid: number }>(
      pilotlight,
      project,
      `select pid from pg_stat_activity where application_name = 'pilotlight-console' and state = 'active'
          and query ~ '^select (pg_sleep|generate_series)'`,
    )
    return rows.length
  }

  test('values come as Postgres writes them, with the names of their types', async () => {
    const { of, rows } = await console.query(project, [
      "create type mood as enum ('sad', 'ok')",
      `select 1 as n, null as nothing, 1.5::numeric(5,2), 'ok'::mood, array['ok']::mood[], true, 'x'::varchar(7),
              '2026-01-02 03:04:05.678'::timestamp(3), '{"a": 1}'::jsonb`,
      'drop type mood',
    ])
    assert.deepEqual(rows, [
      ['1', null, '1.50', 'ok', '{ok}', 't', 'x', '2026-01-02 03:04:05.678', '{"a": 1}'],
    ])
    const [line] = of('columns')
    assert.equal(line?.statement, 1)
    assert.deepEqual(
      line?.columns.map(column => column.type),
      [
        ...['integer', 'text', 'numeric(5,2)', 'mood', 'mood[]', 'boolean', 'character varying(7)'],
        ...['timestamp(3) without time zone', 'jsonb'],
      ],
    )
    assert.deepEqual(
      of('done').map(({ statement, command, row_count }) => [statement, command, row_count]),
      [
        [0, 'CREATE TYPE', null],
        [1, 'SELECT 1', 1],
        [2, 'DROP TYPE', null],
      ],
    )
  })

  test('the types that we know are called as format_type calls them', async () => {
    const { rows } = await console.query(project, [
      `select string_agg(format('null::%s as c%s', t, n), ', ')
         from (select format_type(oid, typmod) as t, row_number() over () as n
                 from pg_type, lateral (values (-1), (case typname when 'numeric' then ((12 << 16) | 3) + 4
                   when 'varchar' then 11 when 'bpchar' then 11 when 'bit' then 5 when 'timestamptz' then 2 end)) v(typmod)
                where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r')
                  and typname !~ '^_?(pg_|aclitem|cstring|gtsvector)' and typmod is not null) types`,
    ])
    const list = rows[0]![0]!
    const { of } = await console.query(project, [`select ${list}`])
    const asked = list.split(', null::').map(part => part.replace(/^null::/, '').replace(/ as c\d+$/, ''))
    assert.ok(asked.length > 100)
    assert.deepEqual(
      of('columns')[0]?.columns.map(column => column.type),
      asked,
    )
  })

  test('the first statement that fails is the last; what BEGIN left open is rolled back, and that is told', async () => {
    const failed = await console.query(project, ['select 1', '  selec', 'select 3'])
    const [error] = failed.of('error')
    assert.deepEqual([error?.statement, error?.error.code, error?.error.position], [1, '42601', 3])
    assert.equal(failed.of('done').length, 1)
    assert.equal(failed.lines.at(-1)?.type, 'end')

    const open = await console.query(project, ['begin', 'delete from items'])
    assert.deepEqual(
      open.of('done').map(({ command }) => command),
      ['BEGIN', 'DELETE 2'],
    )
    assert.equal(open.of('end')[0]?.rolled_back, true)
    assert.equal(await count(), '2')
  })

  test('several statements in one text give several results', async () => {
    const { of } = await console.query(project, ['select 1; select 2, 3', 'select 4'])
    assert.deepEqual(
      of('columns').map(({ statement, columns }) => [statement, columns.length]),
      [
        [0, 1],
        [0, 2],
        [1, 1],
      ],
    )
  })

  const escapes: [string, string[]][] = [
    ['a write', ['delete from items']],
    ['SET', ['set default_transaction_read_only = off', 'delete from items']],
    ['BEGIN READ WRITE', ['begin read write', 'delete from items']],
    [
      'SET TRANSACTION in a transaction',
      ['begin', 'set transaction read write', 'delete from items', 'commit'],
    ],
    [
      'COMMIT AND CHAIN',
      ['begin', 'commit and chain', 'set transaction read write', 'delete from items', 'commit'],
    ],
    ['COMMIT before it', ['commit', 'delete from items']],
    ['two in one text', ['commit; delete from items']],
    [
      'a block that commits',
      [
        `do $$ begin perform set_config('default_transaction_read_only', 'off', false); commit; delete from items; end $$`,
      ],
    ],
    ['a function', ["select set_config('transaction_read_only', 'off', false)", 'delete from items']],
  ]
  for (const transaction of [false, true])
    for (const [name, statements] of escapes)
      test(`what only reads cannot be made to write: ${name}${transaction ? ', in a transaction' : ''}`, async () => {
        const { of } = await console.query(project, statements, { read_only: true, transaction })
        assert.equal(of('error').length, 1)
        assert.equal(await count(), '2')
      })

  test('what only reads keeps the settings and cursors of its session', async () => {
    const { rows, of } = await console.query(
      project,
      [
        "set search_path = 'pg_catalog'",
        'select generate_series(1, 100000)',
        'show search_path',
        'begin',
        'declare c cursor for select generate_series(1, 5)',
        'fetch 2 from c',
        'commit',
      ],
      { read_only: true, max_rows: 2 },
    )
    assert.deepEqual(rows, [['1'], ['2'], ['pg_catalog'], ['1'], ['2']])
    assert.deepEqual([of('error').length, of('notice').length, of('end')[0]?.rolled_back], [0, 0, false])
  })

  test('a transaction is carried out whole or not at all', async () => {
    const add = { sql: "insert into items values (3, 'three')", expected_rows: 1 }
    const failed = await console.query(
      project,
      [add, { sql: 'delete from items where id = 99', expected_rows: 1 }],
      {
        transaction: true,
      },
    )
    assert.deepEqual(
      failed.of('error').map(({ statement, error }) => [statement, error.error_code]),
      [[1, 'rows_unexpected']],
    )
    assert.equal(failed.of('end')[0]?.rolled_back, true)
    assert.equal(await count(), '2')

    const [early] = (
      await console.query(project, ['select 1', 'commit', 'select 2'], { transaction: true })
    ).of('error')
    assert.deepEqual([early?.statement, early?.error.error_code], [1, 'transaction_ended_early'])

    const done = await console.query(
      project,
      [add, { sql: 'delete from items where id = 3', expected_rows: 1 }],
      {
        transaction: true,
      },
    )
    assert.deepEqual([done.of('error').length, done.of('end')[0]?.rolled_back], [0, false])
  })

  test('a commit that is refused is an error of the session', async () => {
    await console.query(project, [
      'create table parents (id int primary key)',
      'create table children (parent int references parents deferrable initially deferred)',
    ])
    const { of } = await console.query(project, ['insert into children values (7)'], { transaction: true })
    assert.deepEqual(
      of('error').map(({ statement, error }) => [statement, error.code, error.constraint]),
      [[null, '23503', 'children_parent_fkey']],
    )
    assert.equal(of('end')[0]?.rolled_back, true)
  })

  test('what only reads is stopped where it is cut; what writes is carried out, and the next goes on', async () => {
    const big = await console.query(project, ['select generate_series(1, 1e9::bigint)', 'select 5'], {
      max_rows: 1000,
    })
    const [cut, next] = big.of('done')
    assert.deepEqual([cut?.cut, cut?.row_count, next?.row_count], ['rows', null, 1])
    assert.equal(big.rows.length, 1001)

    const writing = await console.query(
      project,
      [
        'insert into items select generate_series(100, 199) returning id',
        'delete from items where id >= 100',
      ],
      { max_rows: 10 },
    )
    assert.deepEqual(
      writing.of('done').map(({ cut, row_count }) => [cut, row_count]),
      [
        ['rows', 100],
        [undefined, 100],
      ],
    )
    assert.equal(writing.rows.length, 10)

    const inside = await console.query(
      project,
      ['begin', "insert into items values (50, 'x')", 'select generate_series(1, 100000)', 'commit'],
      { max_rows: 10 },
    )
    assert.deepEqual(
      inside.of('done').map(({ row_count }) => row_count),
      [null, 1, 100000, null],
    )
    assert.deepEqual(
      (await console.query(project, ['delete from items where id = 50'])).of('done')[0]?.row_count,
      1,
    )
  })

  test('a value that no browser holds is left out, and so is what an answer has too much', async () => {
    const size = limits.consoleQueryRowBytes
    const huge = await console.query(project, [`select repeat('x', ${size + 1})`, "select 'after'"])
    assert.deepEqual(huge.rows, [['after']])
    assert.equal(huge.of('done')[0]?.cut, 'bytes')

    const many = await console.query(project, [
      "select repeat('x', 1000000) from generate_series(1, 50)",
      "select repeat('y', 1000000) from generate_series(1, 50)",
    ])
    assert.deepEqual(
      many.of('done').map(({ cut }) => cut),
      [undefined, 'bytes'],
    )
    const bytes = many.rows.length * 1_000_000
    assert.ok(bytes > limits.consoleQueryBytes - 2_000_000 && bytes <= limits.consoleQueryBytes)
  })

  test('notices, notifications and copies are told; a copy from the client is refused', async () => {
    const { of, rows } = await console.query(project, [
      `do $$ begin raise notice 'hear' using hint = 'listen'; end $$`,
      'copy (select * from items order by id) to stdout',
      'listen news',
      "notify news, 'today'",
      'copy items from stdin',
    ])
    const [notice, notification] = of('notice')
    assert.deepEqual([notice?.notice.message, notice?.notice.hint], ['hear', 'listen'])
    assert.deepEqual([notification?.statement, notification?.notice.severity], [3, 'NOTIFY'])
    assert.match(notification?.notice.message ?? '', /news.*today/)
    assert.deepEqual(rows, [['1\tone'], ['2\ttwo']])
    assert.match(of('error')[0]?.error.message ?? '', /nothing to copy from/)
  })

  test('a statement has its time, and SET does not give it more', async () => {
    const [own] = (await console.query(project, ['select pg_sleep(60)'], { timeout_ms: 100 })).of('error')
    assert.equal(own?.error.code, '57014')
    const more = await console.query(project, ['set statement_timeout = 0', 'select pg_sleep(60)'], {
      timeout_ms: 500,
    })
    assert.deepEqual([more.of('error')[0]?.statement, more.of('error')[0]?.error.code], [1, '57014'])
  })

  for (const statement of ['select pg_sleep(600)', 'select generate_series(1, 1e12::bigint)'])
    test(`who closes the request stops what it runs: ${statement}`, async () => {
      const leave = new AbortController()
      const asked = await console.post('/query', queryOf(project, [statement]), leave.signal)
      assert.equal(asked.status, 200)
      await eventually(async () => (await endless()) === 1, {
        timeoutMs: 15_000,
        about: () => 'the query to run',
      })
      leave.abort()
      await eventually(async () => (await endless()) === 0, {
        timeoutMs: 15_000,
        about: () => 'the query to end',
      })
    })

  test('who does not read holds up the statement, and gets all of it later', async () => {
    const response = await console.post(
      '/query',
      queryOf(project, [`select g, repeat('x', 1000) from generate_series(1, 40000) g`]),
    )
    const waiting = async () => {
      const rows = await query<{ wait_event: string | null }>(
        pilotlight,
        project,
        `select wait_event from pg_stat_activity where application_name = 'pilotlight-console' and state = 'active'`,
      )
      return rows[0]?.wait_event === 'ClientWrite'
    }
    await eventually(waiting, { timeoutMs: 15_000, about: () => 'Postgres to wait for its client' })
    const lines = (await response.text()).split('\n').filter(line => line !== '')
    const rows = lines.map(line => JSON.parse(line)).flatMap(line => (line.type === 'rows' ? line.rows : []))
    assert.equal(rows.length, 40000)
    assert.equal(rows.at(-1)[0], '40000')
  })

  test('a session that is ended from outside is told, and the answer is whole all the same', async () => {
    const running = console.query(project, ['begin', 'delete from items', 'select pg_sleep(60)'])
    await eventually(async () => (await endless()) === 1, {
      timeoutMs: 15_000,
      about: () => 'the query to run',
    })
    await query(
      pilotlight,
      project,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pilotlight-console'`,
    )
    const { of, lines } = await running
    assert.deepEqual([of('error')[0]?.statement, of('error')[0]?.error.code], [2, '57P01'])
    assert.deepEqual([lines.at(-1)?.type, of('end')[0]?.rolled_back], ['end', true])
    assert.equal(await count(), '2')
  })

  test('the past is read, and only read', async () => {
    const [lsn] = (await console.query(project, ['select pg_current_wal_flush_lsn()'])).rows[0]!
    await console.query(project, ["insert into items values (4, 'four')"])
    const then = { at: { lsn: lsn! } }
    assert.deepEqual((await console.query(project, ['select count(*) from items'], then)).rows, [['2']])
    const [error] = (await console.query(project, ['delete from items'], then)).of('error')
    assert.equal(error?.error.code, '25006')
    assert.deepEqual(
      (await console.query(project, ['delete from items where id = 4'])).of('done')[0]?.row_count,
      1,
    )

    const future = { at: { timestamp: '2099-01-01T00:00:00Z' } }
    const [later] = (await console.query(project, ['select 1'], future)).of('error')
    assert.deepEqual([later?.statement, later?.error.error_code], [null, 'moment_in_future'])
    const torn = await console.post('/query', queryOf(project, ['select 1'], { at: { lsn: '0/1 -c x=y' } }))
    assert.equal(torn.status, 400)
  })

  test('it wakes who sleeps, whatever IP allow says, which counts for everybody else', async () => {
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { allowed_ips: { ips: ['203.0.113.1'], protected_branches_only: false } } },
    })
    try {
      await pilotlight.suspend(project)
      const { of } = await console.query(project, ['select 1'])
      assert.equal(of('connected')[0]?.woke, true)
      await assert.rejects(query(pilotlight, project, 'select 1'), /This IP address 127.0.0.1 is not allowed/)
    } finally {
      await pilotlight.api.updateProject(project.id, {
        project: { settings: { allowed_ips: { ips: [], protected_branches_only: false } } },
      })
    }
  })

  test('what cannot begin is refused with a status', async () => {
    const ask = async (how: object, code: string, status: number) => {
      const response = await console.post('/query', { ...queryOf(project, ['select 1']), ...how })
      const body = (await response.json()) as { code: string }
      assert.deepEqual([response.status, body.code], [status, code])
    }
    await ask({ branch_id: 'br-no-such-00000000' }, 'branch_not_found', 404)
    await ask({ role: 'nobody' }, 'role_not_found', 404)
    await ask({ role: 'cloud_admin' }, 'role_not_found', 404)
    await ask({ statements: [] }, 'invalid_request', 400)
    await ask({ statements: [{ sql: 'select 1\0' }] }, 'invalid_request', 400)
    await console.query(project, ["create role in_sql login password 'not-our-own-secret'"])
    await eventually(
      async () =>
        (await console.post('/query', queryOf(project, ['select 1'], { role: 'in_sql' }))).status !== 404,
      { timeoutMs: 10_000, about: () => 'the role to be known' },
    )
    await ask({ role: 'in_sql' }, 'password_not_stored', 412)
    const [missing] = (await console.query(project, ['select 1'], { database: 'no_such' })).of('error')
    assert.deepEqual([missing?.statement, missing?.error.code], [null, '3D000'])
    assert.ok(missing?.error.hint)
  })

  test('it is for signed-in browsers, and for the console’s own pages', async () => {
    const url = `${pilotlight.run.apiUrl}/api/console/query`
    const body = JSON.stringify(queryOf(project, ['select 1']))
    const key = { Authorization: `Bearer ${pilotlight.apiKey}`, 'Content-Type': 'application/json' }
    assert.equal((await fetch(url, { method: 'POST', headers: key, body })).status, 403)
    const { 'X-Pilotlight-Console': _, ...foreign } = console.headers
    assert.equal((await fetch(url, { method: 'POST', headers: foreign, body })).status, 403)
    const stranger = { 'Content-Type': 'application/json' }
    assert.equal((await fetch(url, { method: 'POST', headers: stranger, body })).status, 401)
  })

  test('that it was run stands in the audit log, and what in no log', async () => {
    await console.query(project, ["select 'a-word-that-nobody-says'"])
    await console.query(project, ['select 1'], { read_only: true })
    const entries = async () => {
      const response = await fetch(
        `${pilotlight.run.apiUrl}/api/v2/pilotlight/audit?operation_id=runConsoleQuery&limit=1000`,
        { headers: { Authorization: `Bearer ${pilotlight.apiKey}` } },
      )
      return ((await response.json()) as { entries: { status: number | null }[] }).entries
    }
    await eventually(async () => (await entries()).every(({ status }) => status !== null), {
      timeoutMs: 10_000,
      about: () => 'the entries to be complete',
    })
    const text = JSON.stringify(await entries())
    assert.match(text, new RegExp(project.branchId))
    assert.doesNotMatch(text + pilotlight.output, /a-word-that-nobody-says/)
  })

  test('there is a bound to how many run at once, and places are given back', async () => {
    const leave = new AbortController()
    const asked = Array.from({ length: limits.consoleQueries }, () =>
      console.post('/query', queryOf(project, ['select pg_sleep(600)']), leave.signal),
    )
    await Promise.all(asked)
    const refused = await console.post('/query', queryOf(project, ['select 1']))
    assert.equal(refused.status, 429)
    assert.equal(((await refused.json()) as { code: string }).code, 'console_queries_limit')
    leave.abort()
    await eventually(
      async () => (await console.post('/query', queryOf(project, ['select 1']))).status === 200,
      {
        timeoutMs: 15_000,
        about: () => 'a place to be free',
      },
    )
  })

  test('what runs ends with the process that it was asked of', async () => {
    const asked = await console.post('/query', queryOf(project, ['select pg_sleep(600)']))
    await eventually(async () => (await endless()) === 1, {
      timeoutMs: 15_000,
      about: () => 'the query to run',
    })
    process.kill(pilotlight.children('control-process')[0]!, 'SIGKILL')
    await assert.rejects(asked.text())
    await eventually(async () => (await endless()) === 0, {
      timeoutMs: 15_000,
      about: () => 'the query to end',
    })
    const again = async () => (await console.query(project, ['select 1'])).rows.length === 1
    await eventually(() => again().catch(() => false), {
      timeoutMs: 30_000,
      about: () => 'control to be back',
    })
  })

  test('a stop of Pilotlight does not wait for what runs', async () => {
    const asked = await console.post('/query', queryOf(project, ['select pg_sleep(600)']))
    await eventually(async () => (await endless()) >= 1, {
      timeoutMs: 15_000,
      about: () => 'the query to run',
    })
    assert.equal(await pilotlight.down(), 0)
    const text = await asked.text().catch(() => '')
    assert.doesNotMatch(text, /"done"/)
    await pilotlight.up()
  })
})
