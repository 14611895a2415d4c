// What `neon` keeps in a working directory: link, checkout, env pull and status.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { psql } from '../../fixtures/clients.ts'
import { NeonCli } from '../../fixtures/neon-clients.ts'
import { Pilotlight, type ProjectDetails } from '../../fixtures/pilotlight.ts'

describe('neon in a working directory', () => {
  let pilotlight: Pilotlight
  let neon: NeonCli
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    neon = new NeonCli(pilotlight)
    project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.settle(project.id)
  })
  after(async () => {
    neon?.remove()
    await pilotlight?.stop()
  })

  const context = () => JSON.parse(readFileSync(neon.path('work', '.neon'), 'utf8'))
  const environment = () =>
    Object.fromEntries(
      readFileSync(neon.path('work', '.env.local'), 'utf8')
        .split('\n')
        .filter(line => line.includes('='))
        .map(line => [
          line.slice(0, line.indexOf('=')),
          line.slice(line.indexOf('=') + 1).replaceAll('"', ''),
        ]),
    )

  test('link -y finds the only organization, the only project and its branch, and pulls the environment', async () => {
    const said = await neon.run(['link', '-y'])
    assert.equal(said.code, 0, said.stderr)
    assert.match(said.stdout, /^Linked /)
    const { orgId, projectId, branch } = context()
    assert.deepEqual([projectId, branch], [project.id, 'main'])
    assert.match(orgId, /^org-/)
    assert.doesNotMatch(said.stderr, /failed/)
    const { DATABASE_URL, DATABASE_URL_UNPOOLED } = environment()
    assert.match(DATABASE_URL!, /-pooler/)
    for (const uri of [DATABASE_URL!, DATABASE_URL_UNPOOLED!]) {
      assert.equal((await psql(uri, 'select current_database()')).stdout, project.database)
    }
  })

  test('status: what the branch has, and what of Neon’s is not here does not matter', async () => {
    const said = await neon.run(['status'])
    assert.equal(said.code, 0, said.stderr)
    assert.match(said.stdout, /main/)
    assert.equal(await neon.text('status', '--current-branch'), 'main')
    const config = JSON.parse(await neon.text('status', '--config-json'))
    assert.equal(typeof config, 'object')
  })

  test('checkout --create: a new branch is the context, its URL is in the environment', async () => {
    const said = await neon.run(['checkout', 'feature', '--create'])
    assert.equal(said.code, 0, said.stderr)
    assert.equal(context().branch, 'feature')
    const before = environment().DATABASE_URL
    assert.equal((await psql(environment().DATABASE_URL_UNPOOLED!, 'select 1')).stdout, '1')
    assert.match(await neon.text('branches', 'list'), /\[current\] feature/)
    await neon.text('checkout', 'main', '--no-env-pull')
    assert.equal(context().branch, 'main')
    assert.equal(environment().DATABASE_URL, before)
    assert.match(await neon.failure('checkout', 'nowhere'), /Branch nowhere not found/)
  })

  test('env pull: into a file, one variable, and other lines are left alone', async () => {
    writeFileSync(neon.path('work', '.env.preview'), 'MINE=1\nDATABASE_URL=old\n')
    await neon.text('env', 'pull', '--branch', 'feature', '--file', '.env.preview', '-e', 'DATABASE_URL')
    const pulled = readFileSync(neon.path('work', '.env.preview'), 'utf8')
    assert.match(pulled, /^MINE=1$/m)
    assert.match(pulled, /^DATABASE_URL="?postgresql:/m)
    assert.doesNotMatch(pulled, /UNPOOLED/)
    // Everything the branch has, and no more: what of Neon's is not here is skipped.
    const all = await neon.run(['env', 'pull'])
    assert.equal(all.code, 0, all.stderr)
    assert.ok(environment().DATABASE_URL)
  })

  test('link --project-name makes a project; link --clear forgets it', async () => {
    const { orgId } = context()
    const flags = ['--org-id', orgId, '--project-name', 'linked', '--region-id', 'local', '--no-env-pull']
    assert.match(await neon.text('link', ...flags), /Created project \S+ \("linked"\) in local/)
    assert.notEqual(context().projectId, project.id)
    assert.match(await neon.text('link', '--clear'), /^Cleared /)
    assert.deepEqual(context(), {})
    assert.match(
      await neon.failure('link', '--project-id', 'no-such-12345678'),
      /Project 'no-such-12345678' not found/,
    )
    assert.match(
      await neon.failure('link', '--project-id', project.id, '--org-id', 'org-else-where-12345678'),
      /belongs to organization/,
    )
  })
})
