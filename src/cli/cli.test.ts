// The commands, given to an API with canned replies.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as stub from './testing.ts'
import { errorReply, fakeSystem, give, giveTo, machine, projectsReply, type Replies } from './testing.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const blog = stub.project('calm-moon-00000002', 'blog')
const shopEndpoint = stub.endpoint(shop.id, 'ep-cool-dew-00000001', { current_state: 'active' })
const blogEndpoint = stub.endpoint(blog.id, 'ep-late-sun-00000002')
const below = `/projects/${shop.id}`
const onBranch = `${below}/branches/br-main`
const secret = 'npg_secret'
const uri = `postgresql://neondb_owner:${secret}@${shopEndpoint.host}/neondb?sslmode=require`

const replies: Replies = {
  'GET /pilotlight/machine': { body: machine },
  'GET /projects': projectsReply(shop, blog),
  [`GET ${below}`]: { body: { project: shop } },
  [`GET ${below}/endpoints`]: { body: { endpoints: [shopEndpoint] } },
  [`GET /projects/${blog.id}/endpoints`]: { body: { endpoints: [blogEndpoint] } },
  [`GET ${below}/branches`]: { body: { branches: [stub.branch], annotations: {} } },
  [`GET /projects/${blog.id}/branches`]: { body: { branches: [], annotations: {} } },
  [`GET ${onBranch}/roles`]: { body: { roles: [stub.role] } },
  [`GET ${onBranch}/databases`]: { body: { databases: [stub.database] } },
  [`GET ${onBranch}/roles/neondb_owner/reveal_password`]: { body: { password: secret } },
  [`GET ${below}/connection_uri`]: { body: { uri } },
  [`GET ${below}/operations`]: {
    body: { operations: [stub.operation('1', { status: 'failed', error: 'disk\u001b[2J full' })] },
  },
}

const created = {
  project: shop,
  connection_uris: [
    {
      connection_uri: uri,
      connection_parameters: {
        database: 'neondb',
        password: secret,
        role: 'neondb_owner',
        host: shopEndpoint.host,
        pooler_host: 'p',
      },
    },
  ],
  roles: [stub.role],
  databases: [stub.database],
  operations: [stub.operation('1', { status: 'scheduling' })],
  branch: stub.branch,
  endpoints: [shopEndpoint],
}
const operationPath = `GET ${below}/operations/${stub.operation('1').id}`

describe('status', () => {
  test('shows each endpoint with its state', async () => {
    const { code, stdout } = await giveTo(replies, ['status'])
    assert.equal(code, 0)
    assert.match(stdout, /Postgres {3}127\.0\.0\.1:5432/)
    assert.match(stdout, /shop \(shiny-wind-00000001\) +17 +main +ep-cool-dew-00000001 +active/)
    assert.match(stdout, /blog \(calm-moon-00000002\) +17 +ep-late-sun-00000002 +idle +never/)
  })

  test('as JSON', async () => {
    const { stdout } = await giveTo(replies, ['status', '--json'])
    const shown = JSON.parse(stdout)
    assert.deepEqual(shown.machine, machine)
    assert.deepEqual(
      shown.projects.map((project: { endpoints: { id: string }[] }) => project.endpoints[0]?.id),
      ['ep-cool-dew-00000001', 'ep-late-sun-00000002'],
    )
  })

  test('a project that goes meanwhile does no harm', async () => {
    const gone = { [`GET ${below}/endpoints`]: errorReply(404, 'project_not_found', 'project not found') }
    assert.equal((await giveTo({ ...replies, ...gone }, ['status'])).code, 0)
  })
})

describe('names', () => {
  const twins = projectsReply(shop, stub.project('old-lab-00000003', 'shop'))

  test('a project by its id, and by its name', async () => {
    for (const text of ['shop', shop.id]) {
      const { code, stdout } = await giveTo(replies, ['projects', 'get', text, '--json'])
      assert.equal(code, 0)
      assert.equal(JSON.parse(stdout).id, shop.id)
    }
  })

  test('only the whole name counts', async () => {
    const { code, stderr } = await giveTo(replies, ['projects', 'get', 'sho'])
    assert.equal(code, 4)
    assert.match(stderr, /no project with the id or name "sho"\n.*projects list/)
  })

  test('a name of several: their ids', async () => {
    const { code, stderr } = await giveTo({ ...replies, 'GET /projects': twins }, ['projects', 'get', 'shop'])
    assert.equal(code, 2)
    assert.match(stderr, /shiny-wind-00000001, old-lab-00000003/)
  })

  test('without a name: the only one, or a question', async () => {
    const one = { ...replies, 'GET /projects': projectsReply(shop) }
    assert.equal((await giveTo(one, ['roles', 'list'])).code, 0)
    assert.equal((await giveTo(replies, ['roles', 'list'])).code, 2)
    assert.equal((await giveTo({ ...replies, 'GET /projects': projectsReply() }, ['roles', 'list'])).code, 4)
  })

  test('more projects than a page', async () => {
    const many = Array.from({ length: 401 }, (_, n) => stub.project(`p-${n}`, `name-${n}`))
    const page = (list: typeof many, cursor: string) => ({
      body: { projects: list, pagination: { cursor }, applications: {}, integrations: {} },
    })
    const { stdout, requests } = await giveTo(
      { 'GET /projects': [page(many.slice(0, 400), 'p-399'), page(many.slice(400), 'p-400')] },
      ['projects', 'list', '--json'],
    )
    assert.equal(JSON.parse(stdout).length, 401)
    assert.deepEqual(
      requests.map(({ query }) => query.get('cursor')),
      [null, 'p-399'],
    )
  })
})

describe('errors of the API', () => {
  const cases: [number, string, number, RegExp][] = [
    [404, 'project_not_found', 4, /projects list/],
    [401, 'unauthenticated', 2, /<data-dir>\/run\/api-key/],
    [423, 'too_many_operations', 1, /Wait until some/],
    [500, 'internal', 1, /server log/],
    [422, 'something_new', 2, /said/],
    [404, 'something_new', 4, /said/],
    [503, 'something_new', 1, /said/],
  ]
  for (const [status, errorCode, exitCode, text] of cases) {
    test(`${status} ${errorCode} ends with ${exitCode}`, async () => {
      const failing = { 'GET /projects': errorReply(status, errorCode, 'said') }
      const { code, stdout, stderr } = await giveTo(failing, ['projects', 'list'])
      assert.equal(code, exitCode)
      assert.equal(stdout, '')
      assert.match(stderr, text)
      assert.match(stderr, /request req-1/)
    })
  }

  test('as JSON', async () => {
    const failing = { 'GET /projects': errorReply(500, 'internal', 'internal error') }
    const { stderr } = await giveTo(failing, ['projects', 'list', '--json'])
    const { code, request_id, exit_code } = JSON.parse(stderr)
    assert.deepEqual({ code, request_id, exit_code }, { code: 'internal', request_id: 'req-1', exit_code: 1 })
  })

  test('something else that listens there', async () => {
    const { code, stderr } = await giveTo({ 'GET /projects': { status: 404, body: '<html>' } }, [
      'projects',
      'list',
    ])
    assert.equal(code, 1)
    assert.match(stderr, /not as Pilotlight does/)
  })

  test('a reply in another shape names the field', async () => {
    const { code, stderr } = await giveTo({ 'GET /projects': { body: { projects: 7 } } }, [
      'projects',
      'list',
    ])
    assert.equal(code, 1)
    assert.match(stderr, /reply of listProjects .*projects: /)
  })
})

describe('projects create', () => {
  const making: Replies = {
    ...replies,
    'POST /projects': { status: 201, body: created },
    [operationPath]: [
      { body: { operation: stub.operation('1', { status: 'running' }) } },
      errorReply(503, 'unavailable', 'starting'),
      { body: { operation: stub.operation('1') } },
    ],
  }
  const asked = () => ({ ...making, [operationPath]: [...(making[operationPath] as stub.Reply[])] })

  test('waits, and prints the connection string and what to do next', async () => {
    const { code, stdout, requests } = await giveTo(asked(), ['projects', 'create', '--name', 'shop'])
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`Endpoint +${shopEndpoint.host}`))
    assert.ok(stdout.includes(uri))
    assert.match(stdout, /pilotlight psql shop\n.*\$\(pilotlight connection-string shop\)/)
    assert.equal(requests.filter(({ path }) => path.includes('/operations/')).length, 3)
  })

  test('all that can be chosen', async () => {
    const args = '--name s --pg-version 16 --database d --role r --suspend-after -1 --no-wait --json'.split(
      ' ',
    )
    const { code, requests } = await giveTo(making, ['projects', 'create', ...args])
    assert.equal(code, 0)
    assert.deepEqual(requests[0]?.body, {
      project: {
        name: 's',
        pg_version: 16,
        branch: { database_name: 'd', role_name: 'r' },
        default_endpoint_settings: { suspend_timeout_seconds: -1 },
      },
    })
    assert.equal(requests.length, 1)
  })

  test('what the server would refuse is not sent', async () => {
    const { code, stderr, requests } = await giveTo(making, ['projects', 'create', '--database', 'postgres'])
    assert.equal(code, 2)
    assert.match(stderr, /project\.branch\.database_name: .*reserved/)
    assert.equal(requests.length, 0)
  })

  test('an operation that fails', async () => {
    const failed = { body: { operation: stub.operation('1', { status: 'failed', error: 'no space' }) } }
    const { code, stderr } = await giveTo({ ...making, [operationPath]: failed }, ['projects', 'create'])
    assert.equal(code, 1)
    assert.match(stderr, /shiny-wind-00000001 was created, but operation start_compute .*no space/)
    assert.match(stderr, /operations list shiny-wind-00000001/)
  })
})

describe('projects', () => {
  test('rename', async () => {
    const renamed = { [`PATCH ${below}`]: { body: { project: { ...shop, name: 'store' }, operations: [] } } }
    const { stdout, requests } = await giveTo({ ...replies, ...renamed }, [
      'projects',
      'rename',
      'shop',
      'store',
    ])
    assert.match(stdout, /now called store/)
    assert.deepEqual(requests.at(-1)?.body, { project: { name: 'store' } })
  })

  test('delete refuses where nobody can be asked, and does with --yes', async () => {
    const deleting = { ...replies, [`DELETE ${below}`]: { body: { project: shop } } }
    const refused = await giveTo(deleting, ['projects', 'delete', 'shop'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--yes/)
    assert.ok(refused.requests.every(({ method }) => method === 'GET'))
    const done = await giveTo(deleting, ['projects', 'delete', 'shop', '--yes'])
    assert.equal(done.code, 0)
    assert.ok(done.requests.some(({ method, path }) => method === 'DELETE' && path === below))
    assert.doesNotMatch(done.stdout, /recover/)
  })

  const times = { deleted_at: '2026-01-02T03:04:05Z', recoverable_until: '2026-01-09T03:04:05Z' }

  test('delete says until when it can be had back; that is listed, and recovered', async () => {
    const until: Replies = {
      ...replies,
      'GET /projects': projectsReply(shop, { ...shop, ...times }),
      [`DELETE ${below}`]: { body: { project: shop } },
      [`POST ${below}/recover`]: { body: { project: shop, branches: [stub.branch] } },
    }
    const deleted = await giveTo(until, ['projects', 'delete', 'shop', '--yes'])
    assert.match(deleted.stdout, /Until 2026-01-09T03:04:05Z .*projects recover shiny-wind/)
    const listed = await giveTo(until, ['projects', 'list', '--recoverable'])
    assert.match(listed.stdout, /UNTIL\n.*shop .*2026-01-09T03:04:05Z/)
    const recovered = await giveTo(until, ['projects', 'recover', 'shop'])
    assert.equal(recovered.code, 0, recovered.stderr)
    assert.match(recovered.stdout, /shop .*is back, with one branch\.\nEndpoint +ep-/)
    assert.ok(recovered.requests.some(({ method, path }) => method === 'POST' && path === `${below}/recover`))
  })

  test('one that is not deleted is not there to recover', async () => {
    const { code, stderr } = await giveTo(replies, ['projects', 'recover', 'shop'])
    assert.equal(code, 4)
    assert.match(stderr, /no deleted project .*"shop"\n.*--recoverable/)
  })
})

describe('endpoints', () => {
  const suspend = `POST ${below}/endpoints/${shopEndpoint.id}/suspend`
  const suspending: Replies = {
    ...replies,
    [suspend]: {
      body: {
        endpoint: shopEndpoint,
        operations: [stub.operation('1', { action: 'suspend_compute', status: 'running' })],
      },
    },
    [operationPath]: { body: { operation: stub.operation('1', { action: 'suspend_compute' }) } },
    [`GET ${below}/endpoints/${shopEndpoint.id}`]: {
      body: { endpoint: { ...shopEndpoint, current_state: 'idle' } },
    },
  }

  for (const name of [
    'shop',
    shopEndpoint.id,
    shopEndpoint.host,
    `${shopEndpoint.id}-pooler.x.example.com`,
  ]) {
    test(`suspend ${name}`, async () => {
      const { code, stdout } = await giveTo(suspending, ['endpoints', 'suspend', name])
      assert.equal(code, 0)
      assert.match(stdout, /ep-cool-dew-00000001 is idle\./)
    })
  }

  test('nothing to do', async () => {
    const start = {
      [`POST ${below}/endpoints/${shopEndpoint.id}/start`]: {
        body: { endpoint: shopEndpoint, operations: [] },
      },
    }
    const { stdout } = await giveTo({ ...replies, ...start }, ['endpoints', 'start', 'shop'])
    assert.match(stdout, /is active already/)
  })

  test('an endpoint that is not there', async () => {
    const { code, stderr } = await giveTo(replies, ['endpoints', 'start', 'ep-no-one-00000009'])
    assert.equal(code, 4)
    assert.match(stderr, /no endpoint ep-no-one-00000009/)
  })
})

test('operations list: what would steer a terminal is taken out', async () => {
  const { stdout } = await giveTo(replies, ['operations', 'list', 'shop'])
  assert.match(stdout, /start_compute +failed +5 min ago +85 ms +disk\[2J full/)
})

describe('connection-string', () => {
  test('prints the string and nothing else', async () => {
    const { stdout, stderr, requests } = await giveTo(replies, ['connection-string', 'shop', '--pooled'])
    assert.equal(stdout, `${uri}\n`)
    assert.equal(stderr, '')
    assert.deepEqual(Object.fromEntries(requests.at(-1)!.query), {
      database_name: 'neondb',
      role_name: 'neondb_owner',
      endpoint_id: shopEndpoint.id,
      branch_id: 'br-main',
      pooled: 'true',
    })
  })

  test('the form with options', async () => {
    const { stdout } = await giveTo(replies, ['connection-string', 'shop', '--options-form'])
    assert.match(stdout, /@127\.0\.0\.1\/neondb\?.*options=endpoint%3Dep-cool-dew-00000001\n$/)
    assert.ok(stdout.includes(secret))
  })

  test('by its endpoint alone', async () => {
    const { code } = await giveTo(replies, ['connection-string', '--endpoint', shopEndpoint.id])
    assert.equal(code, 0)
  })

  test('a password that is not stored', async () => {
    const unknown = {
      [`GET ${below}/connection_uri`]: errorReply(412, 'password_not_stored', 'the password is not stored'),
    }
    const { code, stdout, stderr } = await giveTo({ ...replies, ...unknown }, ['connection-string', 'shop'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /roles reset-password/)
  })
})

describe('roles', () => {
  test('reset-password prints the new one and nothing else', async () => {
    const reset = {
      [`POST ${onBranch}/roles/neondb_owner/reset_password`]: {
        body: { role: { ...stub.role, password: 'npg_new' }, operations: [stub.operation('1')] },
      },
    }
    const args = ['roles', 'reset-password', 'shop', 'neondb_owner']
    assert.equal((await giveTo({ ...replies, ...reset }, args)).stdout, 'npg_new\n')
  })

  test('reveal-password', async () => {
    const { stdout } = await giveTo(replies, ['roles', 'reveal-password', 'shop', 'neondb_owner'])
    assert.equal(stdout, `${secret}\n`)
  })

  test('a role called .. does not become a step of the path', async () => {
    const { code } = await giveTo(replies, ['roles', 'reveal-password', 'shop', '..'])
    assert.equal(code, 2)
  })
})

describe('psql', () => {
  interface Attached {
    command: string
    args: string[]
    env: Record<string, string | undefined>
  }
  function machineWithPsql(at: string, more: Partial<ReturnType<typeof fakeSystem>> = {}) {
    const attached: Attached[] = []
    const system = fakeSystem(
      { '/data/tls/ca.pem': 'ca' },
      {
        isExecutable: async path => path === at,
        attach: async (command, args, env) => {
          attached.push({ command, args, env })
          return 0
        },
        ...more,
      },
    )
    return { attached, system }
  }

  test('the password goes through the environment, never into the arguments', async () => {
    const { attached, system } = machineWithPsql('/bin/psql')
    const { code } = await giveTo(replies, ['psql', 'shop', '--', '-c', 'select 1'], system)
    assert.equal(code, 0)
    const [{ command, args, env }] = attached as [Attached]
    assert.equal(command, '/bin/psql')
    assert.deepEqual(args, ['-c', 'select 1'])
    assert.equal(env.PGPASSWORD, secret)
    assert.equal(env.PGHOST, shopEndpoint.host)
    assert.equal(env.PGHOSTADDR, undefined)
    assert.equal(env.PGSSLMODE, 'verify-full')
    assert.equal(env.PGSSLROOTCERT, '/data/tls/ca.pem')
  })

  test('where the host does not resolve, its address is given beside it', async () => {
    const { attached, system } = machineWithPsql('/usr/lib/postgresql/17/bin/psql', {
      lookup: async () => [],
    })
    const one = { ...replies, 'GET /projects': projectsReply(shop) }
    const { code } = await giveTo(one, ['psql', '--', '-At'], system)
    assert.equal(code, 0)
    assert.deepEqual(attached[0]?.args, ['-At'])
    assert.equal(attached[0]?.env.PGHOST, shopEndpoint.host)
    assert.equal(attached[0]?.env.PGHOSTADDR, '127.0.0.1')
  })

  test('its exit code is ours', async () => {
    const { system } = machineWithPsql('/bin/psql', { attach: async () => 3 })
    assert.equal((await giveTo(replies, ['psql', 'shop'], system)).code, 3)
  })

  test('there is none', async () => {
    const { code, stderr } = await giveTo(replies, ['psql', 'shop'])
    assert.equal(code, 1)
    assert.match(stderr, /apt-get install postgresql-client/)
  })
})

test('postgres list', async () => {
  const { stdout } = await giveTo(replies, ['postgres', 'list'])
  assert.match(stdout, /17\.5-embedded +17\.5 +embedded +\/data\/postgres.* \/usr\/lib\/postgresql\/17\/bin/)
})

describe('the command line', () => {
  test('a wrong one ends with 2', async () => {
    for (const args of [['projects', 'creat'], ['projects', 'get'], ['status', '--jsn'], ['nothing']]) {
      assert.equal((await give(args)).code, 2, args.join(' '))
    }
    const { code, stderr } = await give(['projects', 'create', '--pg-version', '99'])
    assert.equal(code, 2)
    assert.match(stderr, /whole number from 14 to 18/)
  })

  test('help shows the exit codes, and each command an example', async () => {
    const { code, stdout } = await give(['--help'])
    assert.equal(code, 0)
    assert.match(stdout, /3 {2}Pilotlight is not running/)
    for (const args of [['status'], ['projects', 'create'], ['endpoints', 'restart'], ['psql'], ['trust']]) {
      const help = await give([...args, '--help'])
      assert.equal(help.code, 0)
      assert.match(help.stdout, new RegExp(`Example:\n.*pilotlight ${args.join(' ')}`))
    }
  })

  test('up keeps its own flags', async () => {
    assert.equal((await give(['up', '--data-dir', '/x', '--help'])).code, 0)
  })
})
