import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { psql } from '../../fixtures/clients.ts'
import { Pilotlight } from '../../fixtures/pilotlight.ts'
import { consoleHost, findTerraform, Workspace } from './workspace.ts'

const found = findTerraform()

interface Main {
  id: string
  name: string
  default_branch: string
  uri: string
}

interface Staging {
  branch: string
  endpoint: string
  host: string
  database: string
  role: string
  password: string
  same: string
  endpoints: string[]
  roles: string[]
  branches: string[]
}

/** `plan -detailed-exitcode`: 0 nothing to do, 2 something to do. */
const planArgs = ['plan', '-detailed-exitcode', '-input=false']
const applyArgs = ['apply', '-auto-approve', '-input=false']

describe('the Terraform provider of Neon', {
  skip: typeof found === 'string' && found,
  timeout: 600_000,
}, () => {
  let pilotlight: Pilotlight
  let workspace: Workspace
  let main: Main
  let staging: Staging

  before(async () => {
    if (typeof found === 'string') return
    // An address of loopback for this test alone: the port is 443, whatever else listens on the machine.
    const address = `127.${randomInt(64, 250)}.${randomInt(256)}.${randomInt(1, 255)}`
    pilotlight = await Pilotlight.start({
      flags: ['--listen', address, '--https-port', '443', '--api-host-name', consoleHost],
    })
    workspace = new Workspace(found, pilotlight, address)
    const { data: mine } = await pilotlight.api.getCurrentUserOrganizations()
    workspace.variables.org_id = mine.organizations[0]!.id
    await workspace.prepare(new URL('main.tf', import.meta.url))
    await workspace.text(['init', '-input=false'])
  })
  after(async () => {
    workspace?.remove()
    await pilotlight?.stop()
  })

  test('plan, apply', async () => {
    assert.match(await workspace.text(planArgs, 2), /Plan: 12 to add, 0 to change, 0 to destroy/)
    assert.match(await workspace.text(applyArgs), /Apply complete! Resources: 12 added/)
    main = await workspace.output<Main>('main')
    staging = await workspace.output<Staging>('staging')
    assert.equal(main.name, 'terraform')
    assert.equal(staging.password, staging.same)
    assert.deepEqual(staging.endpoints, [staging.endpoint])
    assert.ok(staging.roles.includes('app') && staging.roles.includes('owner'))
    assert.ok(staging.branches.includes('staging') && staging.branches.includes('production'))
  })

  test('what was made is what was asked for', async () => {
    const { data } = await pilotlight.api.getProject(main.id)
    assert.equal(data.project.history_retention_seconds, 43_200)
    assert.equal(data.project.settings?.quota?.active_time_seconds, 360_000)
    assert.deepEqual(data.project.settings?.allowed_ips?.ips, ['127.0.0.0/8', '::1'])
    assert.equal(data.project.default_endpoint_settings?.suspend_timeout_seconds, 600)
    const { data: branch } = await pilotlight.api.getProjectBranch(main.id, staging.branch)
    assert.equal(branch.branch.protected, true)
    const { data: endpoint } = await pilotlight.api.getProjectEndpoint(main.id, staging.endpoint)
    assert.equal(endpoint.endpoint.autoscaling_limit_max_cu, 0.5)
    assert.equal(endpoint.endpoint.suspend_timeout_seconds, 120)
  })

  test('a plan made again finds nothing to do', async () => {
    assert.match(await workspace.text(planArgs, 0), /No changes/)
  })

  test('its role reaches its database, with its settings', async () => {
    const uri = `postgresql://${staging.role}:${staging.password}@${staging.host}:${pilotlight.run.pgPort}/${staging.database}?sslmode=require`
    const { stdout, stderr } = await psql(uri, "select current_user, current_setting('work_mem')", {
      PGHOSTADDR: pilotlight.run.pgHost,
    })
    assert.equal(stdout, 'app|8MB', stderr)
  })

  test('its API key is one', async () => {
    const key = await workspace.output<string>('key')
    const answer = await fetch(`${pilotlight.run.apiUrl}/api/v2/projects/${main.id}`, {
      headers: { Authorization: `Bearer ${key}` },
    })
    assert.equal(answer.status, 200)
  })

  test('what is there already is imported, and then needs no change', async () => {
    const imports: [string, string][] = [
      ['neon_project.main', main.id],
      ['neon_branch.staging', `${main.id}/${staging.branch}`],
      ['neon_endpoint.staging', `${main.id}/${staging.endpoint}`],
      ['neon_role.app', `${main.id}/${staging.branch}/app`],
      ['neon_database.app', `${main.id}/${staging.branch}/app`],
    ]
    for (const [resource, id] of imports) {
      await workspace.text(['state', 'rm', resource])
      await workspace.text(['import', '-input=false', resource, id])
    }
    assert.match(await workspace.text(planArgs, 0), /No changes/)
  })

  const changed = {
    project_name: 'renamed',
    active_time: '720000',
    max_cu: '1',
    protected: 'no',
    work_mem: '16MB',
  }

  test('changes are made in place, and stay made', async () => {
    Object.assign(workspace.variables, changed)
    assert.match(await workspace.text(planArgs, 2), /Plan: 0 to add, 3 to change, 0 to destroy/)
    assert.match(await workspace.text(applyArgs), /Apply complete! Resources: 0 added, 3 changed/)
    assert.match(await workspace.text(planArgs, 0), /No changes/)
    const { data } = await pilotlight.api.getProject(main.id)
    assert.equal(data.project.name, 'renamed')
    assert.equal(data.project.settings?.quota?.active_time_seconds, 720_000)
  })

  test('what was deleted elsewhere is made again', async () => {
    const { data } = await pilotlight.api.listProjectBranches({ projectId: main.id })
    const plain = data.branches.find(({ name }) => name !== 'production' && name !== 'staging')!
    await pilotlight.api.deleteProjectBranch({ projectId: main.id, branchId: plain.id })
    await pilotlight.api.deleteProjectBranchDatabase(main.id, staging.branch, 'app')
    await pilotlight.settle(main.id)
    assert.match(await workspace.text(planArgs, 2), /Plan: 3 to add, 0 to change, 0 to destroy/)
    assert.match(await workspace.text(applyArgs), /Apply complete! Resources: 3 added/)
    assert.match(await workspace.text(planArgs, 0), /No changes/)
  })

  test('asking each operation ten times a second is not too much', async () => {
    const log = await readFile(join(pilotlight.dataDir, 'log', 'control.log'), 'utf8')
    const requests = log
      .split('\n')
      .filter(line => line.includes('"msg":"request"'))
      .map(line => JSON.parse(line) as { path: string; status: number })
    assert.ok(requests.some(({ path }) => path.includes('/operations/')))
    assert.deepEqual(
      requests.filter(({ status }) => status === 429 || status >= 500),
      [],
    )
  })

  test('destroy leaves nothing behind', async () => {
    assert.match(
      await workspace.text(['destroy', '-auto-approve', '-input=false']),
      /Destroy complete! Resources: 12 destroyed/,
    )
    const { data } = await pilotlight.api.listProjects({})
    assert.deepEqual(data.projects, [])
    const { data: keys } = await pilotlight.api.listApiKeys()
    assert.deepEqual(
      keys.filter(({ name }) => name === 'ci'),
      [],
    )
  })
})
