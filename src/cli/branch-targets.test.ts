// Commands that take a branch or a moment beside what they are about, and what goes through files of this machine.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { System } from './system.ts'
import * as stub from './testing.ts'
import {
  errorReply,
  fakeSystem,
  give,
  giveTo,
  machine,
  projectsReply,
  type Replies,
  startStubApi,
} from './testing.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const dev = { ...stub.branch, id: 'br-dev-1', name: 'dev', default: false }
const bare = { ...dev, id: 'br-bare-1', name: 'bare' }
const mainEndpoint = stub.endpoint(shop.id, 'ep-main-1')
const devEndpoint = stub.endpoint(shop.id, 'ep-dev-1', { branch_id: dev.id })
const below = `/projects/${shop.id}`
const operations = [stub.operation('1')]

function contents(branchId: string): Replies {
  const path = `GET ${below}/branches/${branchId}`
  return {
    [`${path}/databases`]: { body: { databases: [stub.database] } },
    [`${path}/roles`]: { body: { roles: [stub.role] } },
    [`${path}/roles/neondb_owner/reveal_password`]: { body: { password: 'npg_x' } },
  }
}

const replies: Replies = {
  'GET /pilotlight/machine': { body: machine },
  'GET /projects': projectsReply(shop),
  [`GET ${below}/branches`]: { body: { branches: [stub.branch, dev, bare], annotations: {} } },
  [`GET ${below}/endpoints`]: { body: { endpoints: [mainEndpoint, devEndpoint] } },
  ...contents('br-main'),
  ...contents(dev.id),
  ...contents(bare.id),
}
const changes = ({ requests }: { requests: stub.Request[] }) =>
  requests.filter(({ method }) => method !== 'GET').map(({ body }) => body)

describe('psql', () => {
  async function environmentOf(...args: string[]) {
    const seen: Record<string, string | undefined>[] = []
    const system = fakeSystem(
      {},
      {
        isExecutable: async () => true,
        attach: async (_command, _args, env) => {
          seen.push(env)
          return 0
        },
      },
    )
    const outcome = await giveTo(replies, ['psql', ...args], system)
    return { ...outcome, env: seen[0] }
  }

  test('on a branch', async () => {
    assert.equal((await environmentOf('shop', '--branch', 'dev')).env?.PGHOST, devEndpoint.host)
    assert.equal((await environmentOf('--branch', 'dev')).env?.PGHOST, devEndpoint.host)
  })

  test('at a moment: by the host of the branch, which needs no endpoint', async () => {
    const { env, stderr } = await environmentOf('--branch', 'bare', '--at', '10m')
    assert.equal(env?.PGHOST, 'br-bare-1.local.localhost')
    assert.equal(env?.PGOPTIONS, 'neon_timestamp:2026-01-02T02:59:05.000Z')
    assert.match(stderr, /10m is 2026-01-02T02:59:05/)
    assert.equal((await environmentOf('shop', '--at', '0/1A')).env?.PGOPTIONS, 'neon_lsn:0/1A')
  })

  test('a branch without an endpoint: how it gets one', async () => {
    const { code, stderr } = await environmentOf('--branch', 'bare')
    assert.equal(code, 4)
    assert.match(stderr, /endpoints create shiny-wind-00000001 --branch br-bare-1/)
  })

  test('--branch and --endpoint', async () => {
    assert.equal((await environmentOf('shop', '--branch', 'dev', '--endpoint', 'ep-dev-1')).code, 2)
  })
})

describe('connection-string --at', () => {
  test('by host name, and in options', async () => {
    const args = ['connection-string', 'shop', '--branch', 'dev', '--at', '0/1A']
    const { stdout } = await giveTo(replies, args)
    assert.match(stdout, /@br-dev-1\.local\.localhost\/neondb\?.*&options=neon_lsn%3A0%2F1A\n$/)
    const form = await giveTo(replies, [...args, '--options-form'])
    assert.match(form.stdout, /@127\.0\.0\.1\/.*options=endpoint%3Dbr-dev-1%20neon_lsn%3A0%2F1A\n$/)
    const unresolved = {
      ...replies,
      'GET /pilotlight/machine': { body: { ...machine, hosts_resolve: false } },
    }
    assert.equal((await giveTo(unresolved, args)).stdout, form.stdout)
  })
})

describe('endpoints', () => {
  test('list shows branches, and those of one only', async () => {
    assert.match((await giveTo(replies, ['endpoints', 'list'])).stdout, /ep-dev-1 +dev +idle/)
    const { stdout } = await giveTo(replies, ['endpoints', 'list', 'shop', '--branch', 'dev'])
    assert.doesNotMatch(stdout, /ep-main-1/)
  })

  test('a project with several asks for the branch, and takes it', async () => {
    const start: Replies = {
      ...replies,
      [`POST ${below}/endpoints/ep-dev-1/start`]: { body: { endpoint: devEndpoint, operations: [] } },
    }
    const { code, stderr } = await giveTo(start, ['endpoints', 'start', 'shop'])
    assert.equal(code, 2)
    assert.match(stderr, /--branch\n.*ep-main-1 {2}main\n.*ep-dev-1 {2}dev/)
    assert.equal((await giveTo(start, ['endpoints', 'start', 'shop', '--branch', 'dev'])).code, 0)
  })

  test('create, update, delete', async () => {
    const reply = { endpoint: devEndpoint, operations }
    const all: Replies = {
      ...replies,
      [`POST ${below}/endpoints`]: { status: 201, body: reply },
      [`PATCH ${below}/endpoints/ep-dev-1`]: { body: reply },
      [`DELETE ${below}/endpoints/ep-dev-1`]: { body: reply },
    }
    const created = await giveTo(all, [
      'endpoints',
      'create',
      'shop',
      '--branch',
      'bare',
      '--suspend-after',
      '60',
    ])
    assert.deepEqual(changes(created), [
      { endpoint: { branch_id: bare.id, type: 'read_write', suspend_timeout_seconds: 60 } },
    ])
    const updated = await giveTo(all, ['endpoints', 'update', 'ep-dev-1', '--disable'])
    assert.deepEqual(changes(updated), [{ endpoint: { disabled: true } }])
    assert.equal((await giveTo(all, ['endpoints', 'update', 'ep-dev-1'])).code, 2)
    assert.equal((await giveTo(all, ['endpoints', 'delete', 'ep-dev-1'])).code, 2)
    assert.equal((await giveTo(all, ['endpoints', 'delete', 'ep-dev-1', '--yes'])).code, 0)
  })
})

test('roles of a branch', async () => {
  const { requests } = await giveTo(replies, ['roles', 'list', 'shop', '--branch', 'dev'])
  assert.equal(requests.at(-1)?.path, `${below}/branches/br-dev-1/roles`)
})

test('projects update', async () => {
  const updating: Replies = {
    ...replies,
    [`PATCH ${below}`]: { body: { project: { ...shop, history_retention_seconds: 604_800 }, operations } },
  }
  const given = await giveTo(updating, ['projects', 'update', 'shop', '--history', '7d'])
  assert.deepEqual(changes(given), [{ project: { history_retention_seconds: 604_800 } }])
  assert.match(given.stdout, /History +7 d/)
  assert.equal((await giveTo(updating, ['projects', 'update', 'shop'])).code, 2)
  assert.equal((await giveTo(updating, ['projects', 'update', 'shop', '--history', '40d'])).code, 2)
})

describe('files of this machine', () => {
  const made = {
    ...{ project: shop, connection_uris: [], roles: [], databases: [], operations },
    ...{ branch: stub.branch, endpoints: [mainEndpoint] },
  }
  const serving: Replies = {
    ...replies,
    'POST /projects': { status: 201, body: made },
    [`POST /pilotlight${below}/branches/br-dev-1/export`]: {
      body: { path: '/data/exports/dev-1', operations },
    },
  }

  /** On the machine of the server: found by its run file. */
  async function giveHere(files: string[], ...given: (string | Replies)[]) {
    const args = given.filter(part => typeof part === 'string')
    const more = given.filter(part => typeof part !== 'string')
    const api = await startStubApi(Object.assign({}, serving, ...more))
    const ran: string[] = []
    const run: System['run'] = async (command, list) => {
      ran.push([command, ...list].join(' '))
      return { code: 0, output: '' }
    }
    const texts = Object.fromEntries(files.map(file => [file, '17']))
    const system = fakeSystem(
      {
        ...texts,
        '/data/run/pilotlight.json': JSON.stringify({ ...stub.runFile, apiUrl: api.url }),
        '/data/run/api-key': 'napi_test',
      },
      { run },
    )
    try {
      const outcome = await give([...args, '--data-dir', '/data'], { system })
      return { ...outcome, ran, requests: api.requests }
    } finally {
      await api.close()
    }
  }

  test('an export is moved to where it is wanted', async () => {
    const { code, stdout, ran } = await giveHere([], 'branches', 'export', 'dev', '--to', 'backup/dev')
    assert.equal(code, 0)
    assert.deepEqual(ran, ['mv -- /data/exports/dev-1 /home/ada/backup/dev'])
    assert.match(stdout, /written to \/home\/ada\/backup\/dev/)
  })

  test('not over what is there, and not on another machine', async () => {
    const there = await giveHere(['/backup'], 'branches', 'export', 'dev', '--to', '/backup')
    assert.equal(there.code, 2)
    assert.equal(there.requests.length, 0)
    const away = await giveTo(serving, ['branches', 'export', 'dev', '--to', '/backup'])
    assert.equal(away.code, 2)
    assert.match(away.stderr, /machine of the server/)
    assert.equal(away.requests.length, 0)
    assert.match((await giveTo(serving, ['branches', 'export', 'dev'])).stdout, /\/data\/exports\/dev-1/)
  })

  test('a directory is copied for the import, and the copy removed', async () => {
    const given = await giveHere(
      ['/pg/main/PG_VERSION', '/pg/main'],
      ...['projects', 'create'],
      '--from-directory',
      '/pg/main',
    )
    assert.equal(given.code, 0, given.stderr)
    const name = `main-${stub.now}`
    assert.deepEqual(given.ran, [
      'mkdir -p -- /data/imports',
      `cp -a --reflink=auto -- /pg/main /data/imports/${name}`,
      `rm -rf -- /data/imports/${name}`,
    ])
    assert.deepEqual(changes(given), [{ project: { pilotlight_import: { directory: name } } }])
    assert.match(given.stdout, /roles reset-password shop/)
  })

  test('the copy is removed where nothing came of it', async () => {
    const refused = errorReply(422, 'postgres_build_missing', 'no Postgres 16 on this machine')
    const files = ['/pg/main/PG_VERSION', '/pg/main']
    const given = await giveHere(files, 'projects', 'create', '--from-directory', '/pg/main', {
      'POST /projects': refused,
    })
    assert.equal(given.code, 2)
    assert.match(given.ran.at(-1) ?? '', /^rm -rf/)
  })

  test('what the server finds by itself is not copied', async () => {
    for (const text of ['/data/exports/dev-1', 'dev-1']) {
      const given = await giveHere(['/data/exports/dev-1'], 'projects', 'create', '--from-directory', text)
      assert.deepEqual(given.ran, [])
      assert.deepEqual(changes(given), [{ project: { pilotlight_import: { directory: 'dev-1' } } }])
    }
  })

  test('what is no data directory, or in use', async () => {
    for (const files of [['/pg/main'], ['/pg/main', '/pg/main/PG_VERSION', '/pg/main/postmaster.pid']]) {
      const given = await giveHere(files, 'projects', 'create', '--from-directory', '/pg/main')
      assert.equal(given.code, 2)
      assert.deepEqual(given.ran, [])
    }
  })
})
