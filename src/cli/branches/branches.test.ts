// Branches listed, made, changed and deleted, given to an API with canned replies.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BranchShape } from '../../contract/shapes.ts'
import * as stub from '../testing.ts'
import { errorReply, fakeSystem, giveTo } from '../testing.ts'
import { asTree } from './list.ts'
import { splitAt } from './source.ts'
import {
  answering,
  below,
  blogMain,
  branch,
  dev,
  devEndpoint,
  feature,
  finished,
  lastBody,
  listed,
  main,
  onDev,
  replies,
  shop,
  uri,
} from './testing.ts'

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

test('branches history', async () => {
  const path = `GET /pilotlight${onDev}/history`
  const known = { history_retention_seconds: 604_800, from: '2026-01-01T03:09:05.5Z', lsn: '0/1DE2850' }
  const { stdout } = await giveTo(answering(path, known), ['branches', 'history', 'dev'])
  assert.match(stdout, /Window +7 d\nNow at +LSN 0\/1DE2850\nSince +2026-01-01T03:09:05.5Z \(24 h ago\)/)
  const none = await giveTo(answering(path, { history_retention_seconds: 0 }), ['branches', 'history', 'dev'])
  assert.match(none.stdout, /Since +only as it is now/)
})
