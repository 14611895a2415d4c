import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { hostUri, optionsUri, pgConfig, psql, psycopg, query } from '../fixtures/clients.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

describe('real clients connect', { concurrency: 2 }, () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
  })
  after(() => pilotlight.stop())

  const ask = 'select current_user'
  const clients = { psql, psycopg }
  for (const [name, client] of Object.entries(clients)) {
    const forms: [string, () => string][] = [
      ['by host name', () => hostUri(pilotlight, project)],
      ['by options', () => optionsUri(pilotlight, project)],
      [
        'channel_binding=require',
        () => hostUri(pilotlight, project, 'sslmode=require&channel_binding=require'),
      ],
      [
        'by options, channel_binding=require',
        () => optionsUri(pilotlight, project, 'sslmode=require&channel_binding=require'),
      ],
      [
        'sslmode=verify-full with our authority',
        () => hostUri(pilotlight, project, `sslmode=verify-full&sslrootcert=${pilotlight.run.caFile}`),
      ],
      ['the string that the API gives', () => project.uri],
      [
        'by the pooled host name',
        () => hostUri(pilotlight, { ...project, host: project.host.replace('.', '-pooler.') }),
      ],
    ]
    for (const [form, uri] of forms) {
      test(`${name}: ${form}`, async () => {
        const answer = await client(uri(), ask)
        assert.deepEqual(
          { ...answer, stderr: '' },
          { code: 0, stdout: project.role, stderr: '' },
          answer.stderr,
        )
      })
    }

    test(`${name}: endpoint in the password, for drivers without SNI`, async () => {
      const hacked = {
        ...project,
        password: encodeURIComponent(`endpoint=${project.endpointId};${project.password}`),
      }
      const uri = optionsUri(pilotlight, hacked).replace(/&options=.*/, '')
      const answer = await client(uri, ask)
      assert.equal(answer.stdout, project.role, answer.stderr)
    })

    test(`${name}: without an endpoint it is told what to do`, async () => {
      const uri = optionsUri(pilotlight, project).replace(/&options=.*/, '')
      const answer = await client(uri, ask)
      assert.notEqual(answer.code, 0)
      assert.match(answer.stderr, /Endpoint ID is not specified\. Either please upgrade/)
    })

    test(`${name}: sslmode=disable is told to use TLS`, async () => {
      const answer = await client(hostUri(pilotlight, project, 'sslmode=disable'), ask)
      assert.notEqual(answer.code, 0)
      assert.match(answer.stderr, /connection is insecure \(try using `sslmode=require`\)/)
    })
  }

  test('psycopg: direct TLS, as libpq 17 and newer can', async () => {
    const answer = await psycopg(hostUri(pilotlight, project, 'sslmode=require&sslnegotiation=direct'), ask)
    assert.equal(answer.stdout, project.role, answer.stderr)
  })

  test('another authority is not trusted under verify-full', async () => {
    const answer = await psql(hostUri(pilotlight, project, 'sslmode=verify-full&sslrootcert=/dev/null'), ask)
    assert.notEqual(answer.code, 0)
  })

  test('node-postgres: by host name, certificate checked', async () => {
    const [row] = await query<{ current_user: string }>(pilotlight, project, ask)
    assert.equal(row?.current_user, project.role)
  })

  test('node-postgres: wrong password', async () => {
    const client = new pg.Client({ ...pgConfig(pilotlight, project), password: 'wrong' })
    await assert.rejects(client.connect(), {
      code: '28P01',
      message: `password authentication failed for user '${project.role}'`,
    })
  })

  test('node-postgres: unknown role and unknown endpoint read as a wrong password', async () => {
    const message = /^password authentication failed for user 'mallory'$/
    const unknownRole = new pg.Client({ ...pgConfig(pilotlight, project), user: 'mallory' })
    await assert.rejects(unknownRole.connect(), { code: '28P01', message })
    const servername = `ep-no-such-00000000.${pilotlight.run.hostSuffix}`
    const config = pgConfig(pilotlight, project)
    const unknownEndpoint = new pg.Client({
      ...config,
      user: 'mallory',
      ssl: { ...(config.ssl as object), servername },
    })
    await assert.rejects(unknownEndpoint.connect(), { code: '28P01', message })
  })

  test('node-postgres: a database that is not there is Postgres’s own error', async () => {
    const client = new pg.Client({ ...pgConfig(pilotlight, project), database: 'nowhere' })
    await assert.rejects(client.connect(), { code: '3D000', message: 'database "nowhere" does not exist' })
  })

  test('host and options that disagree are refused', async () => {
    const answer = await psql(`${hostUri(pilotlight, project)}&options=endpoint%3Dep-other-one-12345678`, ask)
    assert.match(
      answer.stderr,
      /Inconsistent project name inferred from SNI \('ep-[a-z0-9-]+'\) and project option/,
    )
  })

  test('options other than the endpoint reach Postgres', async () => {
    const uri = `${hostUri(pilotlight, project)}&options=-c%20statement_timeout%3D4321`
    assert.equal((await psql(uri, 'show statement_timeout')).stdout, '4321ms')
  })

  test('the owner makes and drops a database, reaches `postgres`, and is no superuser', async () => {
    const uri = hostUri(pilotlight, { ...project, database: 'postgres' })
    const made = await psql(uri, 'create database "test_neondb"')
    assert.equal(made.code, 0, made.stderr)
    assert.equal(
      (await psql(hostUri(pilotlight, { ...project, database: 'test_neondb' }), 'select 1')).stdout,
      '1',
    )
    const dropped = await psql(uri, 'drop database "test_neondb"')
    assert.equal(dropped.code, 0, dropped.stderr)
    assert.equal((await psql(uri, 'select rolsuper from pg_roles where rolname = current_user')).stdout, 'f')
    assert.match((await psql(uri, 'alter role current_user superuser')).stderr, /permission denied/)
  })

  test('a role made in SQL can log in', async () => {
    await query(pilotlight, project, `create role "Ada, née B." login password 'a long enough secret'`)
    const asAda = { ...project, role: 'Ada, née B.', password: 'a long enough secret' }
    const [row] = await query<{ current_user: string }>(pilotlight, asAda, ask)
    assert.equal(row?.current_user, 'Ada, née B.')
  })

  test('a large result and a large upload arrive whole', async () => {
    const [big] = await query<{ digest: string; text: string }>(
      pilotlight,
      project,
      `select md5(text) as digest, text from (select repeat(md5('x'), 1000000) as text) as made`,
    )
    const { createHash } = await import('node:crypto')
    assert.equal(big?.text.length, 32_000_000)
    assert.equal(createHash('md5').update(big.text).digest('hex'), big.digest)
    const client = new pg.Client(pgConfig(pilotlight, project))
    await client.connect()
    const answer = await client.query('select md5($1::text) as digest', [big.text])
    assert.equal(answer.rows[0].digest, big.digest)
    await client.end()
  })
})
