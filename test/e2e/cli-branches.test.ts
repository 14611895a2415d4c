// The command line for branches, snapshots and history, as a person uses it: each test is a chapter of docs/branches.md.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type * as routes from '../../src/contract/routes/index.ts'
import { type Finished, psql, runProgram } from '../fixtures/clients.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

const bin = fileURLToPath(new URL('../../bin/pilotlight.js', import.meta.url))
const rows = 1000

type Created = z.output<typeof routes.createBranch.reply>

describe('branches on the command line', () => {
  let pilotlight: Pilotlight
  let directory: string
  before(async () => {
    pilotlight = await Pilotlight.start()
    directory = mkdtempSync(join(tmpdir(), 'pilotlight-cli-'))
    await good('projects', 'create', '--name', 'shop', '--history', '7d')
    await sql('main', 'create table items(id int primary key)')
    await sql('main', `insert into items select generate_series(1, ${rows})`)
  })
  after(async () => {
    await pilotlight.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const cli = (...args: string[]): Promise<Finished> =>
    runProgram(process.execPath, [bin, ...args], { env: { PILOTLIGHT_DATA_DIR: pilotlight.dataDir } })
  const good = async (...args: string[]): Promise<string> => {
    const answer = await cli(...args)
    assert.equal(answer.code, 0, `${args.join(' ')}: ${answer.stdout}\n${answer.stderr}`)
    return answer.stdout
  }
  const sql = (branch: string, text: string, ...flags: string[]): Promise<string> =>
    good('psql', 'shop', '--branch', branch, ...flags, '--', '-X', '-Atqc', text)
  const count = async (branch: string, ...flags: string[]): Promise<number> =>
    Number(await sql(branch, 'select count(*) from items', ...flags))
  /** As psql shows a time; nothing is committed in the same millisecond. */
  const moment = async (branch: string): Promise<string> => {
    const shown = await sql(branch, 'select clock_timestamp()')
    await sql(branch, 'select pg_sleep(0.01)')
    return shown
  }

  test('a branch has its parent’s rows, and then its own', async () => {
    const shown = await good('branches', 'create', 'shop', '--name', 'dev')
    assert.match(shown, /pilotlight psql shop --branch dev/)
    const uri = /postgresql:\S+/.exec(shown)?.[0] ?? ''
    assert.equal((await psql(uri, 'select count(*) from items')).stdout, String(rows))
    await sql('dev', 'delete from items where id > 10')
    assert.equal(await count('dev'), 10)
    assert.equal(await count('main'), rows)
    assert.equal(await good('connection-string', 'shop', '--branch', 'dev'), uri)
    assert.match(await good('branches', 'list', 'shop'), /^main .*default\n {2}dev +br-\S+ +main/m)
    assert.match(await good('status'), /shop .* dev +ep-/)
  })

  test('any moment: to look at, to branch off', async () => {
    const then = await moment('main')
    await sql('main', 'delete from items where id > 500')
    assert.equal(await count('main', '--at', then), rows)
    assert.equal(await count('main'), 500)
    const refused = await cli('psql', 'shop', '--at', then, '--', '-c', 'delete from items')
    assert.match(refused.stderr, /read-only transaction/)
    const uri = await good('connection-string', 'shop', '--at', then)
    assert.equal((await psql(uri, 'select count(*) from items')).stdout, String(rows))
    const created: Created = JSON.parse(
      await good('branches', 'create', 'shop', '--name', 'before', '--at', then, '--ttl', '2h', '--json'),
    )
    assert.ok(created.branch.expires_at)
    assert.equal(await count('before'), rows)
    assert.match(await good('branches', 'history', 'main'), /Window +7 d[\s\S]*Since +20\d\d-/)
    await sql('main', `insert into items select generate_series(501, ${rows})`)
  })

  test('outside the history: since when, and what to do', async () => {
    const answer = await cli('branches', 'create', 'shop', '--at', '6d')
    assert.equal(answer.code, 2)
    assert.match(answer.stderr, /outside the history of branch .* begins at 20\d\d-.*\n.*branches history/)
  })

  test('back to a moment, under the same connection string', async () => {
    const uri = await good('connection-string', 'shop', '--branch', 'dev')
    const then = await moment('dev')
    await sql('dev', 'drop table items')
    await good('branches', 'restore', 'dev', '--at', then, '--preserve-under', 'dev-dropped')
    assert.equal((await psql(uri, 'select count(*) from items')).stdout, '10')
    assert.match(await good('branches', 'list', 'shop'), /dev-dropped/)
  })

  test('reset, and schema-diff', async () => {
    await good('branches', 'create', 'shop', '--name', 'try')
    await sql('try', 'alter table items add column price numeric')
    assert.match(
      await good('branches', 'schema-diff', 'try'),
      /^--- neondb of main\n\+\+\+ neondb of try\n[\s\S]*^\+ +price numeric/m,
    )
    const refused = await cli('branches', 'reset', 'try')
    assert.equal(refused.code, 2, 'not where nobody can be asked')
    await good('branches', 'reset', 'try', '--yes')
    assert.equal(await good('branches', 'schema-diff', 'main', 'try'), '')
    assert.equal(await count('try'), rows)
  })

  test('schema only', async () => {
    await good('branches', 'create', 'shop', '--name', 'hollow', '--schema-only')
    assert.equal(await count('hollow'), 0)
  })

  test('snapshots: to look at, into place, by schedule', async () => {
    await good('snapshots', 'create', 'shop', '--name', 'nightly', '--ttl', '30d')
    assert.match(await good('snapshots', 'list', 'shop'), /nightly +snap-\S+ +main .* in 30 d/)
    const uri = await good('connection-string', 'shop')
    await sql('main', 'drop table items')
    await good('snapshots', 'restore', 'nightly', '--name', 'look')
    assert.equal(await count('look'), rows)
    await good('snapshots', 'finalize', 'look', '--preserve-under', 'main-dropped')
    assert.equal((await psql(uri, 'select count(*) from items')).stdout, String(rows))
    assert.match(
      await good('snapshots', 'schedule', 'shop', '--every', 'daily:30d', '--hour', '3'),
      /daily +03:00 UTC +30 d/,
    )
    await good('snapshots', 'delete', 'nightly', '--yes')
  })

  test('names, protection, expiry, deletion', async () => {
    await good('branches', 'rename', 'try', 'staging')
    await good('branches', 'protect', 'staging')
    const held = await cli('branches', 'delete', 'staging', '--yes')
    assert.equal(held.code, 2)
    assert.match(held.stderr, /protected[\s\S]*branches unprotect/)
    await good('branches', 'unprotect', 'staging')
    await good('branches', 'set-expiration', 'staging', '2h')
    assert.match(await good('branches', 'get', 'staging'), /expires in 2 h/)
    await good('branches', 'set-expiration', 'staging', 'never')
    await good('branches', 'set-default', 'staging')
    await good('branches', 'set-default', 'main', '--project', 'shop')
    await good('branches', 'delete', 'staging', '--yes')
    assert.equal((await cli('branches', 'get', 'staging')).code, 4)
  })

  test('endpoints of a branch', async () => {
    await good('branches', 'create', 'shop', '--name', 'bare', '--no-endpoint')
    const without = await cli('psql', 'shop', '--branch', 'bare')
    assert.equal(without.code, 4)
    assert.match(without.stderr, /endpoints create/)
    await good('endpoints', 'create', 'shop', '--branch', 'bare', '--suspend-after', '60')
    assert.equal(await count('bare'), rows)
    await good('endpoints', 'suspend', 'shop', '--branch', 'bare')
    await good('endpoints', 'delete', 'shop', '--branch', 'bare', '--yes')
    assert.doesNotMatch(await good('endpoints', 'list', 'shop'), /bare/)
  })

  test('out as a directory, and in again', async () => {
    const exported = join(directory, 'main')
    await good('branches', 'export', 'main', '--project', 'shop', '--to', exported)
    assert.equal(readFileSync(join(exported, 'PG_VERSION'), 'utf8').trim(), '17')
    await good('projects', 'create', '--name', 'copy', '--from-directory', exported)
    assert.ok(existsSync(exported), 'what was imported is not touched')
    await good('roles', 'reset-password', 'copy', 'neondb_owner')
    const uri = await good('connection-string', 'copy')
    assert.equal((await psql(uri, 'select count(*) from items')).stdout, String(rows))
    const twice = await cli('branches', 'export', 'main', '--project', 'shop', '--to', exported)
    assert.equal(twice.code, 2)
  })

  test('how far back a project keeps', async () => {
    assert.match(await good('projects', 'update', 'shop', '--history', '2d'), /History +2 d/)
    assert.match(await good('projects', 'get', 'shop'), /History +2 d/)
  })

  test('nothing of all this failed behind the answers', async () => {
    const [shop] = (await pilotlight.api.listProjects({ search: 'shop' })).data.projects
    await pilotlight.settle(shop!.id)
    const operations: { status: string }[] = JSON.parse(
      await good('operations', 'list', 'shop', '--limit', '1000', '--json'),
    )
    assert.deepEqual(
      operations.filter(({ status }) => !['finished', 'skipped'].includes(status)),
      [],
    )
  })
})
