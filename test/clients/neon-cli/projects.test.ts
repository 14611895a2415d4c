// `neon` with NEON_API_HOST and NEON_API_KEY: projects, and who one is.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CurrentUserInfoResponse, Organization, Project } from '@neondatabase/api-client'
import { psql } from '../../fixtures/clients.ts'
import { clientFile, keepsDeleted, NeonCli, withoutTelemetry } from '../../fixtures/neon-clients.ts'
import { Pilotlight } from '../../fixtures/pilotlight.ts'

interface Created {
  project: Project
  connection_uris: { connection_uri: string }[]
}

describe('neon projects', () => {
  let pilotlight: Pilotlight
  let neon: NeonCli
  let created: Created
  before(async () => {
    pilotlight = await Pilotlight.start()
    neon = new NeonCli(pilotlight, withoutTelemetry)
  })
  after(async () => {
    neon?.remove()
    await pilotlight?.stop()
  })

  async function names(...flags: string[]): Promise<string[]> {
    const listed = await neon.json<Project[] | { projects: Project[] }>('projects', 'list', ...flags)
    return ('projects' in listed ? listed.projects : listed).map(({ name }) => name).sort()
  }

  const list = async () => (await pilotlight.api.listProjects({})).data.projects

  test('list, before there is one', async () => {
    assert.match(await neon.text('projects', 'list'), /You don't have any projects yet/)
  })

  test('create: the URL that is printed works at once', async () => {
    const flags = [
      '--name',
      'shop',
      '--database',
      'goods',
      '--role',
      'keeper',
      '--cu',
      '0.25-2',
      '--pg-version',
      '17',
    ]
    created = await neon.json<Created>('projects', 'create', ...flags)
    assert.equal(created.project.name, 'shop')
    assert.equal(created.project.default_endpoint_settings?.autoscaling_limit_max_cu, 2)
    const answer = await psql(
      created.connection_uris[0]!.connection_uri,
      `select current_database() || ' ' || current_user || ' ' || current_setting('server_version_num')::int / 10000`,
    )
    assert.equal(answer.stdout, 'goods keeper 17', answer.stderr)
  })

  test('create --psql --set-context: psql runs in the new project, which is the context from then on', async () => {
    const psqlArgs = ['--', '-XAtc', "select 'hello from ' || current_database()"]
    const printed = await neon.text(
      'projects',
      'create',
      '--name',
      'second',
      '--set-context',
      '--psql',
      ...psqlArgs,
    )
    assert.match(printed, /Connection URIs/)
    assert.match(printed, /hello from neondb/)
    const branches = await neon.json<{ name: string }[]>('branches', 'list')
    assert.deepEqual(
      branches.map(branch => branch.name),
      ['main'],
    )
    await neon.text('link', '--clear')
  })

  test('create --no-secrets prints none', async () => {
    const printed = await neon.text('projects', 'create', '--name', 'third', '--no-secrets', '-o', 'json')
    assert.doesNotMatch(printed, /postgresql:|npg_/)
  })

  test('list and get, as a table, as JSON and as YAML', async () => {
    const { id } = created.project
    const [table, json, yaml, one] = await Promise.all([
      neon.text('projects', 'list'),
      neon.json<{ projects: Project[]; 'shared with you': Project[] }>('projects', 'list'),
      neon.text('projects', 'get', id, '-o', 'yaml'),
      neon.text('projects', 'get', id),
    ])
    assert.match(table, /Projects\nId +Name +Region Id +Created At/)
    assert.match(table, new RegExp(`${id} +shop +local +\\d{4}-`))
    assert.deepEqual(json.projects.map(project => project.name).sort(), ['second', 'shop', 'third'])
    assert.match(yaml, new RegExp(`^id: ${id}$`, 'm'))
    assert.match(one, /^Name +shop$/m)
  })

  test('update: name, sizes, logical replication', async () => {
    const { id } = created.project
    const project = await neon.json<Project>('projects', 'update', id, '--name', 'market', '--cu', '0.5')
    assert.equal(project.name, 'market')
    assert.equal(project.default_endpoint_settings?.autoscaling_limit_min_cu, 0.5)
    assert.match(await neon.failure('projects', 'update', id, '--enable-logical-replication'), /pass --yes/)
    const replicated = await neon.json<Project>(
      'projects',
      'update',
      id,
      '--enable-logical-replication',
      '--yes',
    )
    assert.equal(replicated.settings?.enable_logical_replication, true)
  })

  test('delete and recover', async () => {
    const { id } = created.project
    assert.match(await neon.text('projects', 'delete', id), /market/)
    assert.ok(!(await names()).includes('market'))
    if (!keepsDeleted(pilotlight)) {
      assert.match(await neon.failure('projects', 'recover', id), /project not found/)
      return
    }
    assert.deepEqual(await names('--recoverable-only'), ['market'])
    assert.match(await neon.text('projects', 'list', '--recoverable-only'), /Recoverable Until/)
    await neon.text('projects', 'recover', id)
    assert.ok((await names()).includes('market'))
  })

  test('several projects, and none named: the CLI says so', async () => {
    assert.match(await neon.failure('branches', 'list'), /Multiple projects found.*--project-id/)
  })

  test('me and orgs', async () => {
    const [me, organizations] = await Promise.all([
      neon.json<CurrentUserInfoResponse>('me'),
      neon.json<Organization[]>('orgs', 'list'),
    ])
    assert.ok(me.id && me.email)
    assert.equal(organizations.length, 1)
    const [organization] = organizations
    assert.deepEqual(await names('--org-id', organization!.id), await names())
    const { org_id } = await neon.json<Project>('projects', 'get', (await list())[0]!.id)
    assert.equal(org_id, organization!.id)
  })

  test('api-keys: for everything, for one project, and taken back', async () => {
    const key = await neon.json<{ id: number; key: string }>('api-keys', 'create', '--name', 'ci')
    assert.match(await neon.text('projects', 'list', '--api-key', key.key), /second/)
    assert.match(await neon.text('api-keys', 'list'), /^\d+ +ci /m)
    assert.match(await neon.text('api-keys', 'revoke', String(key.id)), /Revoked +true/)
    assert.notEqual((await neon.run(['projects', 'list', '--api-key', key.key])).code, 0)

    const projects = await list()
    const { id } = projects.find(({ name }) => name === 'second')!
    const other = projects.find(({ name }) => name === 'third')!
    const scoped = await neon.json<{ key: string; project_id: string }>(
      ...['api-keys', 'create', '--name', 'one', '--project-id', id],
    )
    assert.equal(scoped.project_id, id)
    assert.match(await neon.text('branches', 'list', '--project-id', id, '--api-key', scoped.key), /main/)
    assert.match(
      await neon.failure('branches', 'list', '--project-id', other.id, '--api-key', scoped.key),
      /^ERROR: /,
    )
  })

  test('neonctl is the same program', async () => {
    const neonctl = new NeonCli(pilotlight, { script: clientFile('neonctl', 'bin', 'cli.js') })
    try {
      assert.match(await neonctl.text('projects', 'list'), /second/)
    } finally {
      neonctl.remove()
    }
  })

  test('what goes wrong is said in one line, with exit status 1', async () => {
    const wrongKey = await neon.run(['projects', 'list', '--api-key', 'napi_wrong'])
    assert.equal(wrongKey.code, 1)
    assert.match(wrongKey.stderr, /auth/i)
    const [unknown, badSize, tooLong] = await Promise.all([
      neon.failure('projects', 'get', 'no-such-project-12345678'),
      neon.failure('projects', 'create', '--name', 'x', '--cu', '1000'),
      neon.failure('projects', 'create', '--name', 'x'.repeat(257)),
    ])
    assert.match(unknown, /^ERROR: project not found/)
    assert.match(badSize, /^ERROR: .*autoscaling_limit_m/)
    assert.match(tooLong, /^ERROR: .*name/)
  })
})
