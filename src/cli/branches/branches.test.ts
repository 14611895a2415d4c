// The commands about branches, given to an API with canned replies.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BranchShape } from '../../contract/shapes.ts'
import * as stub from '../testing.ts'
import { errorReply, fakeSystem, giveTo, machine, projectsReply, type Replies } from '../testing.ts'
import { asTree } from './list.ts'
import { splitAt } from './source.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const blog = stub.project('calm-moon-00000002', 'blog')
const main = stub.branch
const dev = branch('br-dev-1', 'dev', { parent_id: main.id })
const feature = branch('br-feature-1', 'feature/a@b', { parent_id: dev.id })
const blogMain = { ...main, id: 'br-blog-1', project_id: blog.id }
const devEndpoint = stub.endpoint(shop.id, 'ep-dev-1', { branch_id: dev.id })
const below = `/projects/${shop.id}`
const onDev = `${below}/branches/${dev.id}`
const finished = stub.operation('1')
const uri = `postgresql://neondb_owner:npg_x@${devEndpoint.host}/neondb?sslmode=require`
const snapshot = {
  ...{ id: 'snap-a-1', name: 'nightly', source_branch_id: main.id, created_at: '2026-01-02T03:00:00Z' },
}

function branch(id: string, name: string, more: Partial<BranchShape> = {}): BranchShape {
  return { ...stub.branch, default: false, primary: false, id, name, ...more }
}

const listed = (...branches: BranchShape[]) => ({ body: { branches, annotations: {} } })

const replies: Replies = {
  'GET /pilotlight/machine': { body: machine },
  'GET /projects': projectsReply(shop, blog),
  [`GET ${below}/branches`]: listed(main, dev, feature),
  [`GET /projects/${blog.id}/branches`]: listed(blogMain),
  [`GET ${onDev}`]: {
    body: { branch: dev, annotation: { object: { type: 'console/branch', id: dev.id }, value: {} } },
  },
  [`GET ${below}/endpoints`]: { body: { endpoints: [devEndpoint] } },
  [`GET ${below}/snapshots`]: { body: { snapshots: [snapshot] } },
  [`GET /projects/${blog.id}/snapshots`]: { body: { snapshots: [] } },
  [`GET ${onDev}/databases`]: { body: { databases: [stub.database] } },
  [`GET ${onDev}/roles/neondb_owner/reveal_password`]: { body: { password: 'npg_x' } },
}

/** With one more reply. */
const answering = (route: string, body: unknown): Replies => ({ ...replies, [route]: { body } })
const lastBody = ({ requests }: { requests: stub.Request[] }) =>
  requests.findLast(({ method }) => method !== 'GET')?.body

describe('branches list', () => {
  test('children stand below their parents', async () => {
    const { code, stdout } = await giveTo(replies, ['branches', 'list', 'shop'])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^main +br-main .*default\n {2}dev +br-dev-1 +main .*\n {4}feature\/a@b +br-feature-1 +dev/m,
    )
  })

  test('what is special about them', async () => {
    const special = listed(
      main,
      branch('br-p-1', 'kept', { protected: true }),
      branch('br-e-1', 'brief', { expires_at: '2026-01-02T05:09:05Z' }),
      branch('br-s-1', 'empty', { init_source: 'schema-only' }),
      branch('br-g-1', 'gone', {
        recovery: {
          ...{ deleted_at: '2026-01-02T03:04:05Z', recoverable_until: '2026-01-09T03:04:05Z' },
          deletion_method: 'user',
        },
      }),
    )
    const { stdout, requests } = await giveTo({ ...replies, [`GET ${below}/branches`]: special }, [
      ...['branches', 'list', 'shop', '--deleted'],
    ])
    assert.match(stdout, /kept .*protected/)
    assert.match(stdout, /brief .*expires in 2 h/)
    assert.match(stdout, /empty .*none, schema only/)
    assert.match(stdout, /gone .*deleted .*can be recovered until 2026-01-09/)
    assert.equal(requests.at(-1)?.query.get('include_deleted'), 'true')
  })

  test('with sizes', async () => {
    const data = {
      id: dev.id,
      name: 'dev',
      kind: 'branch',
      bytes: 3e6,
      exclusive_bytes: 1e6,
      history_bytes: 0,
    }
    const storage = {
      ...{
        cloning: 'reflink',
        cloning_reason: '',
        data_dir: '/data',
        disk_free_bytes: 1,
        disk_total_bytes: 1,
      },
      projects: [{ id: shop.id, name: 'shop', data: [data] }],
    }
    const sized = answering('GET /pilotlight/storage', storage)
    assert.match(
      (await giveTo(sized, ['branches', 'list', 'shop', '--size'])).stdout,
      /dev .* 3\.0 MB +1\.0 MB/,
    )
    const { stdout } = await giveTo(sized, ['branches', 'list', 'shop', '--size', '--json'])
    assert.deepEqual(JSON.parse(stdout)[1].storage, data)
  })

  test('the tree is as deep as it is, and starts with what leads to the default branch', () => {
    const chain = Array.from({ length: 3000 }, (_, n) =>
      branch(`br-${n}`, `b${n}`, n > 0 ? { parent_id: `br-${n - 1}` } : {}),
    )
    chain.at(-1)!.default = true
    const rows = asTree([branch('br-x', 'other'), ...chain.toReversed()])
    assert.equal(rows[0]?.branch.id, 'br-0')
    assert.equal(rows[2999]?.depth, 2999)
    assert.equal(rows.at(-1)?.branch.id, 'br-x')
  })
})

describe('names of branches', () => {
  test('by name and by id, in any project', async () => {
    for (const text of ['dev', 'br-dev-1']) {
      const { code, stdout } = await giveTo(replies, ['branches', 'get', text, '--json'])
      assert.equal(code, 0)
      assert.equal(JSON.parse(stdout).id, dev.id)
    }
  })

  test('a name that several projects have asks for the project', async () => {
    const several = await giveTo(replies, ['branches', 'get', 'main'])
    assert.equal(several.code, 2)
    assert.match(several.stderr, /--project: shiny-wind-00000001, calm-moon-00000002/)
    const one = await giveTo(replies, ['branches', 'get', 'main', '--project', 'blog', '--json'])
    assert.equal(JSON.parse(one.stdout).id, blogMain.id)
  })

  test('one that is not there', async () => {
    const { code, stderr } = await giveTo(replies, ['branches', 'get', 'nope'])
    assert.equal(code, 4)
    assert.match(stderr, /no branch with the id or name "nope"\n.*branches list/)
  })

  test('a moment behind the last @, if it is one', () => {
    assert.deepEqual(splitAt('dev@10m'), { name: 'dev', at: '10m' })
    assert.deepEqual(splitAt('feature/a@b'), { name: 'feature/a@b', at: undefined })
    assert.deepEqual(splitAt('feature/a@b@0/1A'), { name: 'feature/a@b', at: '0/1A' })
    assert.deepEqual(splitAt('^self@2026-01-01T00:00:00Z'), { name: '^self', at: '2026-01-01T00:00:00Z' })
  })
})

describe('branches create', () => {
  const created = {
    branch: dev,
    endpoints: [devEndpoint],
    operations: [finished],
    roles: [stub.role],
    databases: [stub.database],
    connection_uris: [
      {
        connection_uri: uri,
        connection_parameters: {
          ...{ database: 'neondb', password: 'npg_x', role: 'neondb_owner' },
          ...{ host: devEndpoint.host, pooler_host: 'p' },
        },
      },
    ],
  }
  const creating = { ...replies, [`POST ${below}/branches`]: { status: 201, body: created } }

  test('prints the connection string and what to do next', async () => {
    const given = await giveTo(creating, ['branches', 'create', 'shop', '--name', 'dev'])
    assert.equal(given.code, 0)
    assert.ok(given.stdout.includes(uri))
    assert.match(given.stdout, /pilotlight psql shop --branch dev/)
    assert.deepEqual(lastBody(given), { branch: { name: 'dev' }, endpoints: [{ type: 'read_write' }] })
  })

  test('all that can be chosen', async () => {
    const given = await giveTo(creating, [
      ...[
        'branches',
        'create',
        'shop',
        '--name',
        'x',
        '--parent',
        'feature/a@b',
        '--at',
        '10m',
        '--schema-only',
      ],
      ...['--ttl', '2h', '--suspend-after', '60', '--no-wait', '--json'],
    ])
    assert.equal(given.stderr, '')
    assert.deepEqual(lastBody(given), {
      branch: {
        ...{ name: 'x', parent_id: feature.id, parent_timestamp: '2026-01-02T02:59:05.000Z' },
        ...{ init_source: 'schema-only', expires_at: '2026-01-02T05:09:05.000Z' },
      },
      endpoints: [{ type: 'read_write', suspend_timeout_seconds: 60 }],
    })
  })

  test('a moment that was reckoned is said; an LSN goes as it is', async () => {
    const told = await giveTo(creating, ['branches', 'create', 'shop', '--at', '1h ago'])
    assert.match(told.stderr, /1h ago is 2026-01-02T02:09:05\.000Z, by the clock of this machine/)
    const byLsn = await giveTo(creating, [
      ...['branches', 'create', 'shop', '--at', '0/1DE2850', '--no-endpoint', '--protected'],
    ])
    assert.deepEqual(lastBody(byLsn), { branch: { parent_lsn: '0/1DE2850', protected: true } })
  })

  test('psql is opened on it', async () => {
    const seen: (string | undefined)[] = []
    const system = fakeSystem(
      {},
      {
        isExecutable: async () => true,
        attach: async (_command, _args, env) => {
          seen.push(env.PGHOST)
          return 0
        },
      },
    )
    const { code } = await giveTo(creating, ['branches', 'create', 'shop', '--name', 'dev', '--psql'], system)
    assert.equal(code, 0)
    assert.deepEqual(seen, [devEndpoint.host])
  })

  test('what excludes each other', async () => {
    const wrong = [
      ['--psql', '--no-endpoint'],
      ['--psql', '--json'],
      ['--ttl', '1h', '--expires-at', '2026-12-31T00:00:00Z'],
      ['--at', 'yesterday'],
    ]
    for (const flags of wrong) {
      const { code, requests } = await giveTo(creating, ['branches', 'create', 'shop', ...flags])
      assert.equal(code, 2, flags.join(' '))
      assert.ok(requests.every(({ method }) => method === 'GET'))
    }
  })
})

describe('branches restore, reset', () => {
  const restoring = answering(`POST ${onDev}/restore`, { branch: dev, operations: [finished] })

  test('to a moment of its own: the old state is kept under a name', async () => {
    const given = await giveTo(restoring, ['branches', 'restore', 'dev', '--at', '10m'])
    assert.equal(given.code, 0)
    assert.deepEqual(lastBody(given), {
      ...{ source_branch_id: dev.id, source_timestamp: '2026-01-02T02:59:05.000Z' },
      preserve_under_name: 'dev_old_2026-01-02T03:09:05Z',
    })
    assert.match(given.stdout, /its own data as of 2026-01-02T02:59.*\n.*kept as branch dev_old_2026/)
  })

  const sources: [string[], object][] = [
    [['--from', 'main'], { source_branch_id: main.id }],
    [['--from', 'main', '--at', '0/1A'], { source_branch_id: main.id, source_lsn: '0/1A' }],
    [['^parent'], { source_branch_id: main.id }],
    [['main@0/1A'], { source_branch_id: main.id, source_lsn: '0/1A' }],
    [['feature/a@b'], { source_branch_id: feature.id }],
  ]
  for (const [args, body] of sources) {
    test(args.join(' '), async () => {
      const given = await giveTo(restoring, ['branches', 'restore', 'dev', ...args, '--yes'])
      assert.equal(given.code, 0, given.stderr)
      assert.deepEqual(lastBody(given), body)
    })
  }

  test('^self with a moment, as with Neon', async () => {
    const given = await giveTo(restoring, [
      'branches',
      'restore',
      'dev',
      '^self@0/1A',
      '--preserve-under',
      'old',
    ])
    assert.deepEqual(lastBody(given), {
      ...{ source_branch_id: dev.id, source_lsn: '0/1A', preserve_under_name: 'old' },
    })
  })

  test('reset takes the data of the parent, and asks where that loses something', async () => {
    const refused = await giveTo(restoring, ['branches', 'reset', 'dev'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--yes .*--preserve-under/)
    assert.equal(lastBody(refused), undefined)
    const done = await giveTo(restoring, ['branches', 'reset', 'dev', '--yes'])
    assert.deepEqual(lastBody(done), { source_branch_id: main.id })
    const kept = await giveTo(restoring, ['branches', 'reset', 'dev', '--preserve-under', 'dev-before'])
    assert.deepEqual(lastBody(kept), { source_branch_id: main.id, preserve_under_name: 'dev-before' })
  })

  test('a branch without a parent cannot be reset', async () => {
    const { code, stderr } = await giveTo(restoring, ['branches', 'reset', 'main', '--project', 'shop'])
    assert.equal(code, 2)
    assert.match(stderr, /no parent/)
  })

  test('to what it is, to two sources, to two moments', async () => {
    for (const args of [
      [],
      ['main', '--from', 'main'],
      ['main@1h', '--at', '2h'],
      ['nightly', '--at', '2h'],
    ]) {
      const given = await giveTo(restoring, ['branches', 'restore', 'dev', ...args, '--yes'])
      assert.equal(given.code, 2, args.join(' '))
      assert.equal(lastBody(given), undefined)
    }
  })

  test('from a snapshot', async () => {
    const restored = answering(`POST ${below}/snapshots/${snapshot.id}/restore`, {
      ...{ branch: branch('br-new-1', 'br-new-1'), operations: [finished] },
    })
    const given = await giveTo(restored, ['branches', 'restore', 'dev', '--from', 'nightly'])
    assert.equal(given.code, 0, given.stderr)
    assert.deepEqual(lastBody(given), { target_branch_id: dev.id, finalize_restore: true })
    assert.match(given.stdout, /Branch dev \(br-new-1\) has the data of snapshot snap-a-1/)
  })

  test('outside the history: the error names the command that tells it', async () => {
    const outside = {
      ...replies,
      [`POST ${onDev}/restore`]: errorReply(422, 'moment_out_of_window', 'outside'),
    }
    const { code, stderr } = await giveTo(outside, ['branches', 'restore', 'dev', '--at', '10d'])
    assert.equal(code, 2)
    assert.match(stderr, /branches history/)
  })
})

describe('changes', () => {
  const changing = (change: Partial<BranchShape>) =>
    answering(`PATCH ${onDev}`, { branch: { ...dev, ...change }, operations: [] })
  const cases: [string[], Partial<BranchShape>, object, RegExp][] = [
    [['rename', 'dev', 'staging'], { name: 'staging' }, { name: 'staging' }, /now called staging/],
    [['protect', 'dev'], { protected: true }, { protected: true }, /is protected/],
    [['unprotect', 'dev'], {}, { protected: false }, /no longer protected/],
    [
      ['set-expiration', 'dev', '2h'],
      { expires_at: '2026-01-02T05:09:05Z' },
      { expires_at: '2026-01-02T05:09:05.000Z' },
      /expires in 2 h/,
    ],
    [['set-expiration', 'dev', 'never'], {}, { expires_at: null }, /does not expire/],
  ]
  for (const [args, change, body, told] of cases) {
    test(args.join(' '), async () => {
      const given = await giveTo(changing(change), ['branches', ...args])
      assert.equal(given.code, 0, given.stderr)
      assert.deepEqual(lastBody(given), { branch: body })
      assert.match(given.stdout, told)
    })
  }

  test('set-default', async () => {
    const reply = { branch: { ...dev, default: true }, operations: [] }
    const { stdout } = await giveTo(answering(`POST ${onDev}/set_as_default`, reply), [
      ...['branches', 'set-default', 'dev'],
    ])
    assert.match(stdout, /dev \(br-dev-1\) is the default branch of project shiny-wind/)
  })
})

describe('branches delete, recover', () => {
  const recovery = {
    ...{ deleted_at: '2026-01-02T03:04:05Z', recoverable_until: '2026-01-09T03:04:05Z' },
    deletion_method: 'user' as const,
  }
  const gone = { ...dev, recovery }
  const deleting = answering(`DELETE ${onDev}`, { branch: gone, operations: [finished] })

  test('asks, and says how to have it back', async () => {
    const refused = await giveTo(deleting, ['branches', 'delete', 'dev'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--yes/)
    const done = await giveTo(deleting, ['branches', 'delete', 'dev', '--yes'])
    assert.equal(done.code, 0)
    assert.match(done.stdout, /Until 2026-01-09.*branches recover br-dev-1/)
    assert.equal(done.requests.at(-1)?.query.get('hard_delete'), null)
  })

  test('for good', async () => {
    const { requests } = await giveTo(deleting, ['branches', 'delete', 'dev', '--yes', '--hard'])
    assert.equal(requests.at(-1)?.query.get('hard_delete'), 'true')
  })

  test('somebody was quicker', async () => {
    const away = { ...replies, [`DELETE ${onDev}`]: { status: 204, body: '' } }
    assert.equal((await giveTo(away, ['branches', 'delete', 'dev', '--yes'])).code, 4)
  })

  test('protected: the error names the command that changes it', async () => {
    const held = { ...replies, [`DELETE ${onDev}`]: errorReply(422, 'branch_protected', 'protected') }
    const { stderr } = await giveTo(held, ['branches', 'delete', 'dev', '--yes'])
    assert.match(stderr, /branches unprotect/)
  })

  test('recover finds deleted ones only', async () => {
    const recovering = {
      ...answering(`POST ${onDev}/recover`, { branch: dev, endpoints: [devEndpoint] }),
      [`GET ${below}/branches`]: listed(main, gone),
    }
    const { code, stdout } = await giveTo(recovering, ['branches', 'recover', 'dev'])
    assert.equal(code, 0)
    assert.match(stdout, /dev \(br-dev-1\) is back/)
    assert.equal((await giveTo(recovering, ['branches', 'recover', 'main'])).code, 4)
  })
})

describe('branches schema-diff', () => {
  const diff = '--- a/neondb\n+++ b/neondb\n@@ -1 +1 @@\n-a int\n+a bigint\n'
  const comparing = (path: string) => ({
    ...answering(`GET ${path}/compare_schema`, { diff }),
    [`GET ${below}/branches/br-main/databases`]: { body: { databases: [stub.database] } },
  })
  const cases: [string[], string, Record<string, string>][] = [
    [['dev'], onDev, { base_branch_id: main.id }],
    [['dev', '^parent'], onDev, { base_branch_id: main.id }],
    [['dev', '@0/1A'], onDev, { base_branch_id: dev.id, base_lsn: '0/1A' }],
    [['dev', '^parent@0/1A'], onDev, { base_branch_id: main.id, base_lsn: '0/1A' }],
    [['dev', 'feature/a@b'], `${below}/branches/${feature.id}`, { base_branch_id: dev.id }],
    [['dev', 'main@0/1A'], `${below}/branches/br-main`, { base_branch_id: dev.id, lsn: '0/1A' }],
  ]
  for (const [args, path, query] of cases) {
    test(args.join(' '), async () => {
      const { code, stderr, requests } = await giveTo(comparing(path), ['branches', 'schema-diff', ...args])
      assert.equal(code, 0, stderr)
      const asked = requests.find(request => request.path === `${path}/compare_schema`)
      assert.deepEqual(Object.fromEntries(asked!.query), { db_name: 'neondb', ...query })
    })
  }

  test('both sides are named', async () => {
    const { stdout } = await giveTo(comparing(onDev), ['branches', 'schema-diff', 'dev', '^parent@0/1A'])
    assert.equal(stdout, '--- neondb of main at 0/1A\n+++ neondb of dev\n@@ -1 +1 @@\n-a int\n+a bigint\n')
  })

  test('nothing where there is no difference', async () => {
    const same = answering(`GET ${onDev}/compare_schema`, { diff: '' })
    assert.equal((await giveTo(same, ['branches', 'schema-diff', 'dev'])).stdout, '')
  })
})

test('branches history', async () => {
  const path = `GET /pilotlight${onDev}/history`
  const known = { history_retention_seconds: 604_800, from: '2026-01-01T03:09:05.5Z', lsn: '0/1DE2850' }
  const { stdout } = await giveTo(answering(path, known), ['branches', 'history', 'dev'])
  assert.match(stdout, /Window +7 d\nNow at +LSN 0\/1DE2850\nSince +2026-01-01T03:09:05.5Z \(24 h ago\)/)
  const none = await giveTo(answering(path, { history_retention_seconds: 0 }), ['branches', 'history', 'dev'])
  assert.match(none.stdout, /Since +only as it is now/)
})
