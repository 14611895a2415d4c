// The example of examples/django-shop, as its README says, against a database that sleeps.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hostEnv, hostUri, optionsUri, python, runProgram } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const shop = fileURLToPath(new URL('../../examples/django-shop', import.meta.url))

describe('a Django application', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
  })
  after(() => pilotlight.stop())

  const environment = (more: Record<string, string> = {}) => ({
    ...hostEnv,
    DATABASE_URL: hostUri(pilotlight, project),
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  })

  async function manage(args: string[], more: Record<string, string> = {}): Promise<string> {
    const answer = await runProgram(python(), ['manage.py', ...args], { cwd: shop, env: environment(more) })
    assert.equal(answer.code, 0, `${args.join(' ')}:\n${answer.stdout}\n${answer.stderr}`)
    return `${answer.stdout}\n${answer.stderr}`
  }

  test('migrates, and loads its sample data', async () => {
    await manage(['migrate'])
    await manage(['migrate', '--check'])
    assert.match(await manage(['load_sample_data']), /14 products added, 0 were already there/)
    assert.match(await manage(['load_sample_data']), /0 products added, 14 were already there/)
  })

  const forms: [string, () => Record<string, string>][] = [
    ['by host name', () => ({})],
    [
      'by options, for drivers without SNI',
      () => ({ DATABASE_URL: optionsUri(pilotlight, project), PGHOSTADDR: '' }),
    ],
    [
      'from PG* variables, certificate checked',
      () => ({
        DATABASE_URL: '',
        PGHOST: project.host,
        PGPORT: String(pilotlight.run.pgPort),
        PGUSER: project.role,
        PGPASSWORD: project.password,
        PGDATABASE: project.database,
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: pilotlight.run.caFile,
      }),
    ],
  ]
  for (const [form, more] of forms) {
    test(`its own tests pass, their database made and dropped by Django’s runner: ${form}`, async () => {
      const output = await manage(['test', '--noinput'], more())
      assert.match(output, /Ran \d\d+ tests/)
      assert.match(output, /\nOK/)
      await assertNoTestDatabases()
    })
  }

  test('its own tests pass in parallel', async () => {
    assert.match(await manage(['test', '--noinput', '--parallel', '2']), /\nOK/)
    await assertNoTestDatabases()
  })

  async function assertNoTestDatabases(): Promise<void> {
    const { psql } = await import('../fixtures/clients.ts')
    const answer = await psql(
      hostUri(pilotlight, project),
      `select count(*) from pg_database where datname ~ '^test_'`,
    )
    assert.equal(answer.stdout, '0')
  }

  const ways: [string, Record<string, string>, number[]][] = [
    ['a connection a request', { CONN_MAX_AGE: '0' }, [200, 200]],
    [
      'persistent connections with health checks',
      { CONN_MAX_AGE: 'none', CONN_HEALTH_CHECKS: '1' },
      [200, 200],
    ],
    // Without checks, the first request after a suspend meets the dead connection: Django's own way, said in the guide.
    ['persistent connections without checks', { CONN_MAX_AGE: 'none', CONN_HEALTH_CHECKS: '0' }, [500, 200]],
  ]
  for (const [way, settings, statuses] of ways) {
    test(`serves, and goes on after a suspend between two requests: ${way}`, async () => {
      const site = await Site.start(environment(settings))
      try {
        const first = await site.get('/?q=lamp')
        assert.equal(first.status, 200)
        assert.match(first.body, /Brass Lamp/)
        await pilotlight.suspend(project)
        assert.deepEqual(pilotlight.computes(), [])
        assert.equal((await site.get('/healthz?database=no')).status, 200)
        assert.deepEqual(pilotlight.computes(), [], 'a health check without the database wakes nothing')
        const after = [await site.get('/?q=lamp'), await site.get('/?q=lamp')]
        assert.deepEqual(
          after.map(({ status }) => status),
          statuses,
          site.output,
        )
        assert.match(after.at(-1)!.body, /Brass Lamp/)
      } finally {
        await site.stop()
      }
    })
  }
})

class Site {
  readonly #process: ChildProcess
  readonly #port: number
  output = ''

  private constructor(child: ChildProcess, port: number) {
    this.#process = child
    this.#port = port
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', chunk => {
        this.output += chunk
      })
    }
  }

  /** One thread that lives on, so that persistent connections persist. */
  static async start(env: Record<string, string>): Promise<Site> {
    const port = await freePort()
    const child = spawn(python(), ['manage.py', 'runserver', '--noreload', '--nothreading', String(port)], {
      cwd: shop,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const site = new Site(child, port)
    await eventually(
      () =>
        site.get('/healthz?database=no').then(
          ({ status }) => status === 200,
          () => false,
        ),
      {
        timeoutMs: 30_000,
        about: () => `the site to answer: ${site.output}`,
      },
    )
    return site
  }

  async get(path: string): Promise<{ status: number; body: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, { headers: { connection: 'close' } })
    return { status: answer.status, body: await answer.text() }
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    await once(this.#process, 'exit')
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
