// The command line as a newcomer uses it: the README's first commands, and what scripts rely on.

import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Finished, hostEnv, psql, runProgram } from '../fixtures/clients.ts'
import { Pilotlight, temporaryDirectory } from '../fixtures/pilotlight.ts'

const bin = fileURLToPath(new URL('../../bin/pilotlight.js', import.meta.url))

describe('the command line', () => {
  let pilotlight: Pilotlight
  before(async () => {
    pilotlight = await Pilotlight.start()
  })
  after(() => pilotlight.stop())

  const cli = (...args: string[]): Promise<Finished> =>
    runProgram(process.execPath, [bin, ...args], { env: { PILOTLIGHT_DATA_DIR: pilotlight.dataDir } })
  const good = async (...args: string[]): Promise<string> => {
    const answer = await cli(...args)
    assert.equal(answer.code, 0, `${args.join(' ')}: ${answer.stdout}\n${answer.stderr}`)
    return answer.stdout
  }

  test('from nothing to a row', async () => {
    const created = await good('projects', 'create', '--name', 'shop')
    assert.match(created, /ep-[a-z]+-[a-z]+-\d{8}/)
    const uri = await good('connection-string', 'shop')
    assert.match(uri, /^postgresql:\/\/neondb_owner:npg_\w+@\S+$/)
    assert.ok(created.includes(uri), 'the string is printed whole')
    assert.equal((await psql(uri, 'select 6 * 7')).stdout, '42')
    const optionsForm = await good('connection-string', 'shop', '--options-form')
    assert.equal((await psql(optionsForm, 'select 6 * 7', { PGHOSTADDR: '' })).stdout, '42')
    assert.match(await good('psql', 'shop', '--', '-Atc', 'select current_user'), /^neondb_owner$/)
  })

  test('tables for people, JSON for programs', async () => {
    assert.match(await good('projects', 'list'), /shop/)
    const list = JSON.parse(await good('projects', 'list', '--json'))
    assert.ok(JSON.stringify(list).includes('"name":"shop"'))
    assert.match(await good('status'), /shop/)
    assert.match(await good('postgres', 'list'), /17\.\d+-embedded[\s\S]*18\.\d+-embedded/)
    assert.match(await good('operations', 'list', 'shop'), /create_timeline/)
    assert.match(await good('storage', 'status'), /^shop +main +\d/m)
  })

  test('suspend, start, restart', async () => {
    await good('endpoints', 'suspend', 'shop')
    assert.deepEqual(pilotlight.computes(), [])
    assert.match(await good('endpoints', 'list', 'shop'), /idle/)
    await good('endpoints', 'start', 'shop')
    const [first] = pilotlight.computes()
    await good('endpoints', 'restart', 'shop')
    const [second] = pilotlight.computes()
    assert.ok(first && second && first !== second)
  })

  test('a new password', async () => {
    const before = await good('connection-string', 'shop')
    await good('roles', 'reset-password', 'shop', 'neondb_owner')
    const renewed = await good('connection-string', 'shop')
    assert.notEqual(before, renewed)
    assert.equal((await psql(renewed, 'select 1')).stdout, '1')
    assert.match((await psql(before, 'select 1')).stderr, /password authentication failed/)
  })

  test('doctor looks at this machine, and fails only where something is wrong', async () => {
    const answer = await cli('doctor')
    assert.equal(answer.code, 0, answer.stdout)
    for (const topic of ['host names', 'ports', 'copy-on-write', 'Postgres user', 'certificates']) {
      assert.ok(answer.stdout.includes(topic), topic)
    }
  })

  test('rename, delete', async () => {
    await good('projects', 'create', '--name', 'brief', '--pg-version', '18')
    await good('projects', 'rename', 'brief', 'short')
    assert.notEqual(
      (await cli('projects', 'delete', 'short')).code,
      0,
      'not without --yes where nobody can be asked',
    )
    await good('projects', 'delete', 'short', '--yes')
    assert.equal((await cli('projects', 'get', 'short')).code, 4)
  })

  const wrong: [string, string[], number, RegExp][] = [
    ['an unknown command', ['frobnicate'], 2, /unknown command/],
    ['an unknown project', ['projects', 'get', 'nowhere'], 4, /nowhere/],
    [
      'a version that is not here',
      ['projects', 'create', '--pg-version', '14'],
      2,
      /no Postgres 14 on this machine/,
    ],
    ['storage of no size', ['storage', 'create', '--size', 'much'], 2, /--size: "much" is not allowed/],
    ['a wrong setting', ['up', '--pg-port', 'http'], 2, /--pg-port: "http" is not allowed/],
  ]
  for (const [name, args, code, message] of wrong) {
    test(`${name} exits with ${code}`, async () => {
      const answer = await cli(...args)
      assert.equal(answer.code, code, answer.stderr)
      assert.match(answer.stderr, message)
      assert.doesNotMatch(answer.stderr, /\n\s+at /, 'no stack trace')
    })
  }

  test('nothing running exits with 3, and says what to do', async () => {
    const answer = await runProgram(process.execPath, [bin, 'projects', 'list'], {
      env: { PILOTLIGHT_DATA_DIR: '/nonexistent/pilotlight' },
    })
    assert.equal(answer.code, 3)
    assert.match(answer.stderr, /npm start/)
  })

  test('up --help documents every setting', async () => {
    const help = (await cli('up', '--help')).stdout
    const { settings } = await import('../../src/config.ts')
    for (const { flag, env } of Object.values(settings)) {
      assert.ok(help.includes(`--${flag}`), flag)
      assert.ok(help.includes(env), env)
    }
  })

  test('the files that other programs read', async () => {
    assert.equal(statSync(pilotlight.run.apiKeyFile).mode & 0o777, 0o600)
    assert.equal(pilotlight.run.pid, pilotlight.pid)
    assert.ok(existsSync(pilotlight.run.caFile))
  })

  test('a catalog of one’s own, by --database-url', async () => {
    const uri = (await good('connection-string', 'shop')).replace(
      'sslmode=require&channel_binding=require',
      'sslmode=no-verify',
    )
    const other = await Pilotlight.start({ flags: ['--database-url', uri], dataDir: temporaryDirectory() })
    try {
      const project = await other.createProject({ name: 'elsewhere' })
      assert.equal((await psql(project.uri, 'select 1', hostEnv)).stdout, '1')
    } finally {
      await other.stop()
    }
  })
})
