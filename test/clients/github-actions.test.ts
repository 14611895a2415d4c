// Neon's actions for GitHub workflows. create-branch and schema-diff are programs around `@neondatabase/api-client`:
// here their calls, in their order, with their time limits. delete-branch and reset-branch are shell around `neonctl` 2,
// which is run as they run it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Branch, createApiClient, EndpointType } from '@neondatabase/api-client'
import { createPatch } from 'diff'
import { psql } from '../fixtures/clients.ts'
import { apiUrl, clientFile, NeonCli } from '../fixtures/neon-clients.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

/** As the actions make it: `api_host` is the base URL. */
function actionClient(pilotlight: Pilotlight, timeoutMs: number) {
  return createApiClient({
    apiKey: pilotlight.apiKey,
    baseURL: apiUrl(pilotlight),
    timeout: timeoutMs,
    headers: { 'User-Agent': 'neon-create-branch-action v6' },
  })
}

describe('GitHub actions', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    await psql(project.uri, 'create table note (id int)')
  })
  after(() => pilotlight.stop())

  const port = () => ({ PGPORT: String(pilotlight.run.pgPort) })

  /** The steps of create-branch-action. */
  async function createBranchAction(name: string, options: { parent?: string; schemaOnly?: boolean } = {}) {
    const client = actionClient(pilotlight, 10_000)
    const find = async (wanted: string): Promise<Branch | undefined> =>
      (
        await client.listProjectBranches({ projectId: project.id, search: wanted, limit: 10_000 })
      ).data.branches.find(branch => branch.name === wanted || branch.id === wanted)
    const existing = await find(name)
    const parent = options.parent === undefined ? undefined : (await find(options.parent))!.id
    const branch =
      existing ??
      (
        await client.createProjectBranch(project.id, {
          endpoints: [{ type: EndpointType.ReadWrite, suspend_timeout_seconds: 0 }],
          branch: {
            name,
            ...(parent && { parent_id: parent }),
            ...(options.schemaOnly && { init_source: 'schema-only' }),
          },
          annotation_value: {
            'github-commit-repo': 'somebody/shop',
            'github-pr-number': '42',
            'github-pr-title': 'Größer',
          },
        } as Parameters<typeof client.createProjectBranch>[1])
      ).data.branch
    const { data: computes } = await client.listProjectBranchEndpoints(project.id, branch.id)
    const endpoint = computes.endpoints.find(({ type }) => type === EndpointType.ReadWrite)!
    await client.getProjectBranchDatabase(project.id, branch.id, 'neondb')
    await client.getProjectBranchRole(project.id, branch.id, 'neondb_owner')
    const { data: secret } = await client.getProjectBranchRolePassword(project.id, branch.id, 'neondb_owner')
    const url = (host: string) =>
      `postgresql://neondb_owner:${secret.password}@${host}/neondb?sslmode=require`
    return {
      created: existing === undefined,
      branch,
      url: url(endpoint.host),
      pooledUrl: url(endpoint.host.replace(endpoint.id, `${endpoint.id}-pooler`)),
    }
  }

  test('create-branch-action: makes the branch once, and its URLs work at once', async () => {
    const first = await createBranchAction('preview/pr-42')
    assert.equal(first.created, true)
    for (const url of [first.url, first.pooledUrl]) {
      const answer = await psql(url, 'select count(*) from note', port())
      assert.equal(answer.stdout, '0', answer.stderr)
    }
    const again = await createBranchAction('preview/pr-42')
    assert.deepEqual([again.created, again.branch.id], [false, first.branch.id])
    const { data } = await pilotlight.api.getProjectBranch(project.id, first.branch.id)
    assert.equal(data.annotation?.value['github-pr-title'], 'Größer')
  })

  test('create-branch-action: from a named parent, schema only', async () => {
    const { branch, url } = await createBranchAction('schema', { parent: 'preview/pr-42', schemaOnly: true })
    assert.equal(branch.init_source, 'schema-only')
    assert.equal((await psql(url, 'select count(*) from note', port())).stdout, '0')
  })

  test('create-branch-action: get_auth_url and get_data_api_url end in the 404 that it carries on from', async () => {
    const client = actionClient(pilotlight, 10_000)
    const status = async (call: Promise<unknown>) =>
      await call.then(
        () => 200,
        (error: { response?: { status: number } }) => error.response?.status,
      )
    assert.equal(await status(client.getNeonAuth(project.id, project.branchId)), 404)
    assert.equal(await status(client.getProjectBranchDataApi(project.id, project.branchId, 'neondb')), 404)
  })

  test('schema-diff-action: the difference of a branch and its parent', async () => {
    const client = actionClient(pilotlight, 60_000)
    const { pooledUrl } = await createBranchAction('preview/pr-42')
    await psql(pooledUrl, 'alter table note add column seen boolean', port())
    const { data } = await client.listProjectBranches({ projectId: project.id })
    const compare = data.branches.find(({ name }) => name === 'preview/pr-42')!
    const base = data.branches.find(({ id }) => id === compare.parent_id)!
    const [after, before] = [
      await client.getProjectBranchSchema({ projectId: project.id, branchId: compare.id, db_name: 'neondb' }),
      await client.getProjectBranchSchema({ projectId: project.id, branchId: base.id, db_name: 'neondb' }),
    ]
    const patch = createPatch('neondb-schema.sql', before.data.sql ?? '', after.data.sql ?? '')
    const changed = patch.split('\n').filter(line => /^[+-](?![+-])/.test(line))
    assert.deepEqual(
      changed.filter(line => line.includes('seen')),
      ['+    seen boolean'],
    )
  })

  test('reset-branch-action and delete-branch-action: neonctl 2 with NEON_API_HOST', async () => {
    const neonctl = new NeonCli(pilotlight, { script: clientFile('neonctl-2', 'cli.js') })
    const at = ['--project-id', project.id]
    try {
      const reset = await neonctl.json<Branch>('branches', 'reset', 'preview/pr-42', ...at, '--parent')
      const extended = ['--ssl', 'require', '--prisma', 'false', '--extended']
      for (const pooled of [[], ['--pooled']]) {
        const answer = await neonctl.json<{ connection_string: string; password: string }>(
          ...['cs', reset.id, ...at, '--role-name', 'neondb_owner', '--database-name', 'neondb'],
          ...[...extended, ...pooled],
        )
        const columns = await psql(answer.connection_string, 'select * from note', port())
        assert.equal(columns.code, 0, columns.stderr)
      }
      await neonctl.text('branches', 'delete', 'preview/pr-42', ...at)
      assert.match(await neonctl.failure('branches', 'delete', 'preview/pr-42', ...at), /not found/)
    } finally {
      neonctl.remove()
    }
  })
})
