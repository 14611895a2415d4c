// The very text of the connection details' snippets, run by the clients that they are for.
//
// psql, shells, Python and Node are here wherever the tests are. Ruby and PHP run where they are installed. Go, Java and
// Drizzle fetch packages first: PILOTLIGHT_TEST_SNIPPETS=all runs them, too. Prisma, Rust and .NET are run by none of this.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { detailsOf } from '../../console/src/connect/connection-details.ts'
import { type Details, snippets } from '../../console/src/connect/snippets/index.ts'
import { type Finished, hostEnv, python, runProgram } from '../fixtures/clients.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
const unless = (condition: boolean, why: string): string | false => (condition ? false : why)
const fetches = process.env.PILOTLIGHT_TEST_SNIPPETS === 'all'

/** Names that each language has to quote in its own way. */
const role = "o'neil"
const database = "my 'own' db"

describe('snippets, run as their users do', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  let directory: string
  /** By name, and by the address where names do not resolve. */
  let byName: Details
  let byAddress: Details

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    const { data } = await pilotlight.api.createProjectBranchRole(project.id, project.branchId, {
      role: { name: role },
    })
    await pilotlight.settle(project.id)
    await pilotlight.api.createProjectBranchDatabase(project.id, project.branchId, {
      database: { name: database, owner_name: role },
    })
    await pilotlight.settle(project.id)
    const target = { endpointId: project.endpointId, database, role }
    const reach = {
      host_suffix: project.host.slice(project.host.indexOf('.') + 1),
      ...{ pg_address: '127.0.0.1', pg_port: pilotlight.run.pgPort },
    }
    const { password } = data.role as { password: string }
    byName = detailsOf(target, { ...reach, hosts_resolve: true }, password)
    byAddress = detailsOf(target, { ...reach, hosts_resolve: false }, password)
    directory = mkdtempSync(join(tmpdir(), 'pilotlight-snippets-'))
  })
  after(async () => {
    rmSync(directory, { recursive: true, force: true })
    await pilotlight?.stop()
  })

  const textOf = (id: string, details: Details, name?: string): string => {
    const files = snippets.find(one => one.id === id)!.files(details)
    return files.find(file => name === undefined || file.name === name)!.text
  }
  /** A directory of its own, with these files in it. */
  const place = (files: Record<string, string>): string => {
    const cwd = mkdtempSync(join(directory, 'run-'))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(cwd, dirname(name)), { recursive: true })
      writeFileSync(join(cwd, name), text)
    }
    return cwd
  }
  /** With nothing of Postgres's from the machine's own environment; names lead to this machine for libpq. */
  const run = (command: string, args: string[], cwd: string, more: Record<string, string> = {}) =>
    runProgram(command, args, { cwd, env: { PGCONNECT_TIMEOUT: '30', ...more } })
  const ok = ({ code, stdout, stderr }: Finished): string => {
    assert.equal(code, 0, `${stdout}\n${stderr}`)
    return stdout
  }
  const version = /PostgreSQL \d+\.\d+/
  /** Both forms, for clients that take the host's address from the environment. */
  const both = (): [Details, Record<string, string>][] => [
    [byName, hostEnv],
    [byAddress, {}],
  ]

  test('connection string, psql, and without SNI', async () => {
    const ask = "-XAtc 'select current_user, current_database()'"
    for (const [details, env] of both()) {
      const cwd = place({})
      const rows = `${role}|${database}`
      assert.equal(ok(await run('sh', ['-c', `${textOf('psql', details)} ${ask}`], cwd, env)), rows)
      for (const id of ['uri', 'without-sni']) {
        const uri = textOf(id, details)
        assert.equal(ok(await run('sh', ['-c', `psql "$0" ${ask}`, uri], cwd, env)), rows)
      }
    }
  })

  test('.env, read by a shell', async () => {
    for (const [details, env] of both()) {
      const cwd = place({ '.env': textOf('env', details) })
      const script = `set -a; . ./.env; set +a; psql -XAtc 'select current_user, current_database()'
        psql "$DATABASE_URL" -XAtc 'select 6 * 7'`
      assert.equal(ok(await run('sh', ['-c', script], cwd, env)), `${role}|${database}\n42`)
    }
  })

  test('.env, read by Node', async () => {
    const cwd = place({ '.env': textOf('env', byAddress) })
    const script =
      'console.log(JSON.stringify([process.env.PGUSER, process.env.PGDATABASE, process.env.DATABASE_URL]))'
    const read = JSON.parse(ok(await run(process.execPath, ['--env-file=.env', '-e', script], cwd)))
    assert.deepEqual(read, [role, database, byAddress.uri])
  })

  test('psycopg and SQLAlchemy', async () => {
    for (const [details, env] of both())
      for (const id of ['python', 'sqlalchemy']) {
        const cwd = place({ 'main.py': textOf(id, details) })
        assert.match(ok(await run(python(), ['main.py'], cwd, env)), version, id)
      }
  })

  const managePy = `import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`
  const moreSettings = `
SECRET_KEY = "of-a-test"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
`
  const testsPy = `from django.contrib.auth.models import User
from django.db import connection
from django.test import TestCase


class Users(TestCase):
    def test_of_its_own(self):
        User.objects.create(username="a")
        self.assertEqual(User.objects.count(), 1)
        self.assertTrue(connection.settings_dict["NAME"].startswith("test_"))
`

  test('Django: settings.py with .env, migrations, and the tests’ database', async () => {
    for (const [details, env] of both()) {
      const settings = `${textOf('django', details, 'settings.py')}\n${moreSettings}\n${textOf('django-tests', details, 'settings.py')}`
      const cwd = place({
        '.env': textOf('django', details, '.env'),
        ...{ 'settings.py': settings, 'manage.py': managePy, 'tests.py': testsPy },
      })
      ok(await run(python(), ['manage.py', 'migrate'], cwd, env))
      const shell =
        'from django.db import connection as c; x = c.cursor(); x.execute("select current_user"); print(x.fetchone()[0])'
      assert.match(ok(await run(python(), ['manage.py', 'shell', '-c', shell], cwd, env)), /o'neil/)
      const { code, stdout, stderr } = await run(
        python(),
        ['manage.py', 'test', '--noinput', '--parallel', '2'],
        cwd,
        env,
      )
      assert.equal(code, 0, `${stdout}\n${stderr}`)
      assert.match(stderr, /Ran 1 test[\s\S]*OK/)
    }
  })

  test('Django: dj-database-url', async () => {
    for (const [details, env] of both()) {
      const cwd = place({
        '.env': textOf('dj-database-url', details, '.env'),
        'settings.py': `${textOf('dj-database-url', details, 'settings.py')}\n${moreSettings}`,
        'manage.py': managePy,
      })
      const script = 'set -a; . ./.env; set +a; "$0" manage.py migrate && "$0" manage.py migrate --check'
      ok(await run('sh', ['-c', script, python()], cwd, env))
    }
  })

  test('Node.js', async () => {
    const cwd = place({ 'package.json': '{"type": "module"}', 'main.js': textOf('node', byAddress) })
    symlinkSync(modules, join(cwd, 'node_modules'))
    assert.match(ok(await run(process.execPath, ['main.js'], cwd)), version)
  })

  test('Ruby', {
    skip: unless(isThere('ruby', '-e', "require 'pg'"), 'no Ruby with the gem pg'),
  }, async () => {
    for (const [details, env] of both()) {
      const cwd = place({ 'main.rb': textOf('ruby', details) })
      assert.match(ok(await run('ruby', ['main.rb'], cwd, env)), version)
    }
  })

  const hasPhp = isThere('php', '-r', "exit(extension_loaded('pdo_pgsql') ? 0 : 1);")
  test('PHP', { skip: unless(hasPhp, 'no PHP with pdo_pgsql') }, async () => {
    for (const [details, env] of both()) {
      const cwd = place({ 'main.php': textOf('php', details) })
      assert.match(ok(await run('php', ['main.php'], cwd, env)), version)
    }
  })

  test('Go', { skip: unless(fetches && isThere('go', 'version'), 'fetches pgx') }, async () => {
    const cwd = place({ 'main.go': textOf('go', byAddress) })
    ok(await run('go', ['mod', 'init', 'example'], cwd))
    ok(await run('go', ['get', 'github.com/jackc/pgx/v5'], cwd))
    assert.match(ok(await run('go', ['run', '.'], cwd)), version)
  })

  test('Java', { skip: unless(fetches && isThere('mvn', '--version'), 'fetches the driver') }, async () => {
    const cwd = place({ 'Main.java': textOf('java', byAddress) })
    const get = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'
    ok(
      await run(
        'mvn',
        ['-q', get, '-Dartifact=org.postgresql:postgresql:42.7.8', '-DoutputDirectory=.'],
        cwd,
      ),
    )
    assert.match(ok(await run('java', ['-cp', 'postgresql-42.7.8.jar', 'Main.java'], cwd)), version)
  })

  test('Drizzle', { skip: unless(fetches, 'fetches drizzle-orm') }, async () => {
    const main = `import { sql } from 'drizzle-orm'
import { db } from './db.ts'
console.log((await db.execute(sql\`select version()\`)).rows[0].version)
await db.$client.end()`
    const cwd = place({
      ...{ 'package.json': '{"type": "module"}', 'main.ts': main },
      ...{ '.env': textOf('drizzle', byAddress, '.env'), 'db.ts': textOf('drizzle', byAddress, 'db.ts') },
    })
    ok(await run('npm', ['install', '--no-audit', '--no-fund', 'drizzle-orm', 'pg'], cwd))
    assert.match(ok(await run(process.execPath, ['--env-file=.env', 'main.ts'], cwd)), version)
  })
})
