// `neon branches`, from creation to deletion, each thing looked at through `neon psql`.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Branch, ConnectionDetails, Endpoint } from '@neondatabase/api-client'
import { psql } from '../../fixtures/clients.ts'
import { NeonCli, withoutTelemetry } from '../../fixtures/neon-clients.ts'
import { Pilotlight, type ProjectDetails } from '../../fixtures/pilotlight.ts'

interface Created {
  branch: Branch
  endpoints?: Endpoint[]
  connection_uris?: ConnectionDetails[]
}

const notes = `select string_agg(text, ', ' order by id) from note`

describe('neon branches', () => {
  let pilotlight: Pilotlight
  let neon: NeonCli
  let project: ProjectDetails
  let twoNotes: { lsn: string; time: string }
  before(async () => {
    pilotlight = await Pilotlight.start()
    neon = new NeonCli(pilotlight, withoutTelemetry)
    project = await pilotlight.createProject({ name: 'shop' })
    // From here on every command knows the project.
    await neon.text('set-context', '--project-id', project.id)
    await sql('main', 'create table note (id serial primary key, text text)')
    await sql('main', `insert into note (text) values ('first'), ('second')`)
    const moment = await sql(
      'main',
      `select pg_current_wal_insert_lsn() || ' ' ||
              to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    )
    const [lsn, time] = moment.split(' ')
    twoNotes = { lsn: lsn!, time: time! }
    await sql('main', `insert into note (text) values ('third')`)
  })
  after(async () => {
    neon?.remove()
    await pilotlight?.stop()
  })

  const create = (name: string, ...flags: string[]) =>
    neon.json<Created>('branches', 'create', '--name', name, ...flags)
  const get = (name: string) => neon.json<Branch>('branches', 'get', name)

  /** Straight through psql, which is ten times as quick as through the CLI; `neon psql` has tests of its own. */
  async function sql(branch: string, statement: string): Promise<string> {
    const { data } = await pilotlight.api.listProjectBranches({ projectId: project.id, search: branch })
    const { uri } = (
      await pilotlight.api.getConnectionUri({
        projectId: project.id,
        branch_id: data.branches.find(({ name }) => name === branch)!.id,
        database_name: project.database,
        role_name: project.role,
      })
    ).data
    const answer = await psql(uri, statement)
    assert.equal(answer.code, 0, answer.stderr)
    return answer.stdout
  }

  test('create: the URL that is printed works at once', async () => {
    const { branch, connection_uris } = await create('dev', '--cu', '0.25-0.5', '--suspend-timeout', '600')
    assert.equal(branch.parent_id, project.branchId)
    const answer = await psql(connection_uris![0]!.connection_uri, notes)
    assert.equal(answer.stdout, 'first, second, third', answer.stderr)
    const { data } = await pilotlight.api.listProjectBranchEndpoints(project.id, branch.id)
    assert.equal(data.endpoints[0]!.suspend_timeout_seconds, 600)
    assert.equal(data.endpoints[0]!.autoscaling_limit_max_cu, 0.5)
  })

  test('create --psql: psql in the branch', async () => {
    const printed = await neon.text('branches', 'create', '--name', 'psql', '--psql', '--', '-XAtc', notes)
    assert.match(printed, /first, second, third$/)
  })

  test('create at a moment, without a compute, schema only, from another branch', async () => {
    const [byLsn, byTime, bare, schemaOnly] = await Promise.all([
      create('at-lsn', '--parent', twoNotes.lsn),
      create('at-time', '--parent', twoNotes.time),
      // With nothing to print beside the branch, it is printed bare.
      neon.json<Branch>(
        ...['branches', 'create', '--name', 'bare', '--no-compute'],
        ...['--expires-at', '2090-01-01T00:00:00Z', '--annotation', '{"ci":"yes"}'],
      ),
      create('schema', '--schema-only', '--parent', 'dev'),
    ])
    assert.equal(byLsn.branch.parent_lsn, twoNotes.lsn)
    assert.ok(byTime.branch.parent_timestamp)
    assert.equal(bare.expires_at, '2090-01-01T00:00:00Z')
    assert.equal(schemaOnly.branch.init_source, 'schema-only')
    assert.equal(await sql('at-lsn', notes), 'first, second')
    assert.equal(await sql('at-time', notes), 'first, second')
    assert.equal(await sql('schema', 'select count(*) from note'), '0')
  })

  test('add-compute: the first read-write one; a second is refused', async () => {
    const added = await neon.json<Endpoint>(
      ...['branches', 'add-compute', 'bare', '--type', 'read_write', '--cu', '0.25'],
    )
    assert.match(added.host, /^ep-/)
    assert.equal(await sql('bare', notes), 'first, second, third')
    assert.match(
      await neon.failure('branches', 'add-compute', 'bare', '--type', 'read_write'),
      /already has a read-write|read_write endpoint already exists/,
    )
    assert.match(await neon.failure('branches', 'add-compute', 'bare'), /read_only endpoints/)
  })

  test('list: names with their labels, in all three formats', async () => {
    const [table, yaml, json] = await Promise.all([
      neon.text('branches', 'list'),
      neon.text('branches', 'list', '-o', 'yaml'),
      neon.json<Branch[]>('branches', 'list'),
    ])
    assert.match(table, /^\[default\] main +br-/m)
    assert.match(table, /^bare +br-\S+ +ready +2090-01-01T00:00:00Z/m)
    assert.match(yaml, /^ {2}name: dev$/m)
    assert.deepEqual(json.map(({ name }) => name).sort(), [
      'at-lsn',
      'at-time',
      'bare',
      'dev',
      'main',
      'psql',
      'schema',
    ])
  })

  test('a name that is taken, and one that is unknown', async () => {
    assert.match(
      await neon.failure('branches', 'create', '--name', 'dev'),
      /branch already exists; branch_name:"dev"/,
    )
    assert.match(
      await neon.failure('branches', 'get', 'nowhere'),
      /Branch nowhere not found.*\n.*Available branches: /,
    )
    assert.match(await neon.failure('branches', 'get', 'br-no-such-12345678'), /branch not found/)
  })

  test('rename, set-expiration, and taking it back', async () => {
    await neon.text('branches', 'rename', 'at-lsn', 'two-notes')
    assert.equal((await get('two-notes')).parent_lsn, twoNotes.lsn)
    await neon.text('branches', 'set-expiration', 'two-notes', '--expires-at', '2080-07-06T05:04:03Z')
    assert.equal((await get('two-notes')).expires_at, '2080-07-06T05:04:03Z')
    assert.match(
      await neon.failure('branches', 'set-expiration', 'two-notes', '--expires-at', '2199-01-01T00:00:00Z'),
      /branch.expires_at: must lie within the next 68 years/,
    )
    await neon.text('branches', 'set-expiration', 'two-notes')
    assert.equal((await get('two-notes')).expires_at, undefined)
  })

  test('set-default', async () => {
    await neon.text('branches', 'set-default', 'dev')
    assert.deepEqual([(await get('dev')).default, (await get('main')).default], [true, false])
    assert.match(await neon.failure('branches', 'delete', 'dev'), /default/)
    await neon.text('branches', 'set-default', 'main')
  })

  test('reset to the parent, and what was there kept under a name', async () => {
    await sql('dev', `update note set text = 'changed here'`)
    await sql('main', `insert into note (text) values ('fourth')`)
    const reset = await neon.json<Branch>(
      ...['branches', 'reset', 'dev', '--parent', '--preserve-under-name', 'dev-before'],
    )
    assert.equal(reset.name, 'dev')
    assert.equal(await sql('dev', notes), 'first, second, third, fourth')
    assert.match(await neon.failure('branches', 'reset', 'main', '--parent'), /Branch has no parent/)
    assert.ok((await get('dev-before')).id)
  })

  test('restore: to its own past, from its parent, from another branch', async () => {
    const restored = await neon.text(
      ...['branches', 'restore', 'main', `^self@${twoNotes.time}`, '--preserve-under-name', 'main-before'],
    )
    assert.match(restored, /Restored branch/)
    assert.match(restored, /Backup branch\nId +br-\S+\nName +main-before/)
    assert.equal(await sql('main', notes), 'first, second')
    await neon.text('branches', 'restore', 'at-time', 'main')
    assert.equal(await sql('at-time', notes), 'first, second')
    await neon.text('branches', 'restore', 'psql', '^parent')
    // Its parent is what main was: children stay with the data that they come from.
    assert.equal(await sql('psql', notes), 'first, second, third, fourth')
    // What was kept has no compute until somebody gives it one.
    await neon.text('branches', 'add-compute', 'main-before', '--type', 'read_write')
    assert.equal(await sql('main-before', notes), 'first, second, third, fourth')
    assert.match(
      await neon.failure(
        'branches',
        'restore',
        'main',
        '^self@2001-01-01T00:00:00Z',
        '--preserve-under-name',
        'x',
      ),
      /^INFO: Restoring.*\nERROR: /,
    )
  })

  test('delete; a branch with children, and one that is protected, stay', async () => {
    const { branch } = await create('guarded', '--protected')
    assert.equal(branch.protected, true)
    assert.match(await neon.text('branches', 'list'), /\[protected\] guarded/)
    assert.match(await neon.failure('branches', 'delete', 'guarded'), /cannot delete protected branch/)
    await neon.text('branches', 'delete', 'two-notes')
    assert.match(await neon.failure('branches', 'get', 'two-notes'), /not found/)
    // By its id, a branch that is gone is deleted already: 204, and the CLI prints nothing.
    assert.equal(await neon.text('branches', 'delete', 'br-no-such-12345678'), '')
  })

  test('operations list: everything ended well', async () => {
    await pilotlight.settle(project.id)
    const table = await neon.text('operations', 'list')
    assert.match(table, /Id +Action +Status +Created At/)
    const operations = await neon.json<{ action: string; status: string }[]>('operations', 'list')
    assert.ok(operations.some(({ action }) => action === 'create_branch'))
    assert.deepEqual([...new Set(operations.map(({ status }) => status))], ['finished'])
  })
})
