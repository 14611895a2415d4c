// `neon` with what is in a branch: databases, roles, connection strings, psql, snapshots, differences, IP Allow.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BackupScheduleItem, Database, Role, Snapshot } from '@neondatabase/api-client'
import { hostUri, psql } from '../../fixtures/clients.ts'
import { NeonCli, withoutTelemetry } from '../../fixtures/neon-clients.ts'
import { Pilotlight, type ProjectDetails } from '../../fixtures/pilotlight.ts'

interface Extended {
  connection_string: string
  host: string
  role: string
  password: string
  database: string
}

describe('neon, and what is in a branch', () => {
  let pilotlight: Pilotlight
  let neon: NeonCli
  let project: ProjectDetails
  let early: { lsn: string; time: string }
  before(async () => {
    pilotlight = await Pilotlight.start()
    neon = new NeonCli(pilotlight, withoutTelemetry)
    project = await pilotlight.createProject({ name: 'shop' })
    await neon.text('set-context', '--project-id', project.id)
    await sql('create table note (id serial primary key, text text)')
    const moment = await sql(
      `select pg_current_wal_insert_lsn() || ' ' ||
              to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    )
    const [lsn, time] = moment.split(' ')
    early = { lsn: lsn!, time: time! }
    await sql(`insert into note (text) values ('first')`)
    await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'dev' },
      endpoints: [{ type: 'read_write' }],
    } as Parameters<typeof pilotlight.api.createProjectBranch>[1])
  })
  after(async () => {
    neon?.remove()
    await pilotlight?.stop()
  })

  async function sql(statement: string, uri = hostUri(pilotlight, project)): Promise<string> {
    const answer = await psql(uri, statement)
    assert.equal(answer.code, 0, answer.stderr)
    return answer.stdout
  }

  test('connection-string: a URL that psql takes as it is', async () => {
    const uri = await neon.text('connection-string')
    assert.match(
      uri,
      new RegExp(`^postgresql://${project.role}:[^@]+@${project.host}/${project.database}\\?`),
    )
    assert.match(uri, /\?sslmode=require&channel_binding=require$/)
    // It names no port: libpq takes it from PGPORT.
    const answer = await psql(uri, 'select count(*) from note', { PGPORT: String(pilotlight.run.pgPort) })
    assert.equal(answer.stdout, '1', answer.stderr)
  })

  test('cs: every flag', async () => {
    const named = ['--role-name', project.role, '--database-name', project.database]
    const [pooled, pooledPrisma, prisma, bare, full] = await Promise.all([
      neon.text('cs', 'main', '--pooled', ...named),
      neon.text('cs', 'main', '--pooled', '--prisma'),
      neon.text('cs', 'main', '--prisma'),
      neon.text('cs', 'main', '--ssl', 'omit'),
      neon.json<Extended>('cs', 'dev', '--extended', '--endpoint-type', 'read_write'),
    ])
    const pooledHost = project.host.replace(project.endpointId, `${project.endpointId}-pooler`)
    assert.equal(new URL(pooled).hostname, pooledHost)
    assert.equal(
      new URL(pooledPrisma).search,
      '?connect_timeout=30&pool_timeout=30&pgbouncer=true&sslmode=require&channel_binding=require',
    )
    assert.match(prisma, /\?connect_timeout=30&sslmode=require/)
    assert.equal(new URL(bare).search, '')
    assert.notEqual(full.host, project.host)
    assert.deepEqual(
      [full.role, full.database, full.password.length > 0],
      [project.role, project.database, true],
    )
    const port = { PGPORT: String(pilotlight.run.pgPort) }
    const answers = await Promise.all([
      psql(pooled, 'select count(*) from note', port),
      psql(full.connection_string, 'select count(*) from note', port),
    ])
    assert.deepEqual(
      answers.map(({ stdout }) => stdout),
      ['1', '1'],
      answers[0].stderr + answers[1].stderr,
    )
    assert.match(
      await neon.failure('cs', 'main', '--endpoint-type', 'read_only'),
      /No read_only endpoint found/,
    )
    assert.match(await neon.failure('cs', 'main', '--database-name', 'none'), /Database not found: none/)
  })

  test('cs branch@moment, by LSN and by time', async () => {
    const [byLsn, byTime] = await Promise.all([
      neon.text('cs', `main@${early.lsn}`),
      neon.text('cs', `main@${early.time}`),
    ])
    assert.equal(new URL(byLsn).hostname, project.host.replace(project.endpointId, project.branchId))
    assert.equal(new URL(byLsn).searchParams.get('options'), `neon_lsn:${early.lsn}`)
    for (const uri of [byLsn, byTime]) {
      const answer = await psql(uri, 'select count(*) from note', { PGPORT: String(pilotlight.run.pgPort) })
      assert.equal(answer.stdout, '0', answer.stderr)
    }
  })

  test('psql: a statement, a moment, and psql’s own exit status', async () => {
    assert.equal(await neon.sql(project.id, 'main', 'select text from note'), 'first')
    assert.equal(await neon.sql(project.id, `main@${early.time}`, 'select count(*) from note'), '0')
    const failed = await neon.run([
      'psql',
      'main',
      '--',
      '-X',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      'select nonsense',
    ])
    assert.equal(failed.code, 1)
    assert.match(failed.stderr, /column "nonsense" does not exist/)
    const piped = await neon.run(['psql', '--', '-XAtq'], { input: 'select 6 * 7;\n' })
    assert.equal(piped.stdout, '42', piped.stderr)
  })

  test('inspect, with the URL of the API: the CLI’s own client of Postgres', async () => {
    const { data } = await pilotlight.api.getConnectionUri({
      projectId: project.id,
      database_name: project.database,
      role_name: project.role,
    })
    assert.match(await neon.text('inspect', 'db', 'table-sizes', '--db-url', data.uri), /note/)
  })

  test('databases: created, listed, seen in Postgres, deleted', async () => {
    assert.match(await neon.text('databases', 'list'), /^Name +Owner Name +Created At\nneondb +neondb_owner/)
    const created = await neon.json<Database>('databases', 'create', '--name', 'Größe & co')
    assert.deepEqual([created.name, created.owner_name], ['Größe & co', project.role])
    await pilotlight.settle(project.id)
    assert.equal(
      await sql('select current_database()', hostUri(pilotlight, { ...project, database: 'Größe & co' })),
      'Größe & co',
    )
    await sql('create database made_in_sql')
    assert.match(await neon.failure('databases', 'create', '--name', 'neondb'), /database already exists/)
    await neon.text('databases', 'delete', 'Größe & co')
    await pilotlight.settle(project.id)
    assert.equal(await sql(`select count(*) from pg_database where datname = 'Größe & co'`), '0')
    assert.equal(await neon.text('databases', 'delete', 'never_there'), '')
  })

  test('roles: created with and without login, deleted', async () => {
    const [created, groupRole] = [
      await neon.json<Role>('roles', 'create', '--name', 'web'),
      // Without `=true` the CLI's parser takes it for the opposite of a flag named `login`.
      await neon.json<Role>('roles', 'create', '--name', 'readers', '--no-login=true'),
    ]
    assert.deepEqual([created.name, groupRole.name], ['web', 'readers'])
    await pilotlight.settle(project.id)
    assert.equal(
      await sql(`select string_agg(rolname || ':' || rolcanlogin, ',' order by rolname) from pg_roles
                 where rolname in ('web', 'readers')`),
      'readers:false,web:true',
    )
    const uri = await neon.text('cs', 'main', '--role-name', 'web', '--database-name', 'neondb')
    const answer = await psql(uri, 'select current_user', { PGPORT: String(pilotlight.run.pgPort) })
    assert.equal(answer.stdout, 'web', answer.stderr)
    assert.match(await neon.failure('cs', 'main', '--database-name', 'neondb'), /Multiple roles found/)
    assert.match(await neon.text('roles', 'list'), /^Name +Created At\n/)
    assert.match(await neon.failure('roles', 'create', '--name', 'web'), /role already exists/)
    assert.match(await neon.failure('roles', 'delete', project.role), /own/)
    await neon.text('roles', 'delete', 'web')
    await neon.text('roles', 'delete', 'readers')
    await pilotlight.settle(project.id)
    assert.equal(await sql(`select count(*) from pg_roles where rolname in ('web', 'readers')`), '0')
  })

  test('branches schema-diff, and diff', async () => {
    await neon.sql(project.id, 'dev', 'alter table note add column seen boolean')
    const sides = [
      await neon.text('branches', 'schema-diff', 'main', 'dev', '--db', 'neondb', '--no-color'),
      await neon.text('branches', 'schema-diff', 'dev', '^parent', '--no-color'),
      await neon.text('diff', 'main', '--branch', 'dev', '--no-color'),
    ]
    for (const text of sides) assert.match(text, /^[+-] .*seen boolean/m)
    const [report] = await neon.json<{ database: string; has_changes: boolean }[]>('diff', '--branch', 'dev')
    assert.deepEqual([report!.database, report!.has_changes], ['neondb', true])
    const past = await neon.text('branches', 'schema-diff', 'main', `^self@${early.lsn}`, '--db', 'neondb')
    assert.doesNotMatch(past, /^[+-](?![+-])/m)
    assert.match(await neon.failure('branches', 'schema-diff', 'main', 'dev', '--db', 'no'), /does not exist/)
  })

  test('snapshots: create, list, get, update, restore, finalize, delete', async () => {
    const snapshot = await neon.json<Snapshot>('snapshots', 'create', '--branch', 'dev', '--name', 'before')
    assert.equal(snapshot.name, 'before')
    assert.match(await neon.text('snapshots', 'list'), /^snap-\S+ +before +br-/m)
    const renamed = ['--name', 'kept', '--expires-at', '2090-01-01T00:00:00Z']
    assert.equal((await neon.json<Snapshot>('snapshots', 'update', 'before', ...renamed)).name, 'kept')
    await neon.text('snapshots', 'update', 'kept', '--clear-expiration')
    assert.equal((await neon.json<Snapshot>('snapshots', 'get', 'kept')).expires_at, undefined)
    await pilotlight.settle(project.id)

    const restored = await neon.text(
      'snapshots',
      'restore',
      'kept',
      '--name',
      'looked-at',
      '--target-branch',
      'dev',
    )
    assert.match(restored, /restored branch\nName +looked-at/)
    await pilotlight.settle(project.id)
    await neon.text('snapshots', 'finalize', 'looked-at', '--name', 'dev-before')
    await pilotlight.settle(project.id)
    assert.equal(await neon.sql(project.id, 'dev', 'select count(*) from note'), '1')
    assert.match(await neon.text('branches', 'list'), /dev-before/)

    const atLsn = ['snapshots', 'create', '--branch', 'main', '--name', 'early', '--lsn', early.lsn]
    assert.equal((await neon.json<Snapshot>(...atLsn)).name, 'early')
    await pilotlight.settle(project.id)
    await neon.text('snapshots', 'delete', 'early')
    assert.match(await neon.failure('snapshots', 'get', 'early'), /Snapshot "early" not found/)
  })

  test('snapshots schedule: set and get', async () => {
    const wanted = ['--frequency', 'daily', '--hour', '3', '--retention', '604800']
    await neon.text('snapshots', 'schedule', 'set', '--branch', 'main', ...wanted)
    assert.deepEqual(
      await neon.json<BackupScheduleItem[]>('snapshots', 'schedule', 'get', '--branch', 'main'),
      [{ frequency: 'daily', hour: 3, retention_seconds: 604_800 }],
    )
  })

  test('ip-allow: add, list, remove, reset', async () => {
    const list = async () => (await neon.json<{ IP_addresses: string[] }>('ip-allow', 'list')).IP_addresses
    await neon.text('ip-allow', 'add', '127.0.0.1', '10.0.0.0/8')
    assert.deepEqual((await list()).sort(), ['10.0.0.0/8', '127.0.0.1'])
    assert.match(await neon.text('ip-allow', 'list'), /Protected Branches Only +false/)
    await neon.text('ip-allow', 'remove', '127.0.0.1')
    assert.deepEqual(await list(), ['10.0.0.0/8'])
    const refused = await psql(hostUri(pilotlight, project), 'select 1')
    assert.match(refused.stderr, /allow/i)
    const { stderr } = await neon.run(['ip-allow', 'reset'])
    assert.match(stderr, /The IP allowlist has been reset/)
    assert.equal(await sql('select 1'), '1')
  })
})
