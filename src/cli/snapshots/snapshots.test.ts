// The commands about snapshots, given to an API with canned replies.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as stub from '../testing.ts'
import { giveTo, projectsReply, type Replies } from '../testing.ts'

const shop = stub.project('shiny-wind-00000001', 'shop')
const main = stub.branch
const dev = { ...main, id: 'br-dev-1', name: 'dev', default: false }
const look = { ...dev, id: 'br-look-1', name: 'look', restored_as: main.id, restore_status: 'restored' }
const below = `/projects/${shop.id}`
const operations = [stub.operation('1')]
const nightly = {
  ...{ id: 'snap-a-1', name: 'nightly', source_branch_id: main.id, created_at: '2026-01-02T03:00:00Z' },
  ...{ timestamp: '2026-01-02T03:00:00Z', manual: false, expires_at: '2026-02-01T03:09:05Z' },
}
const twin = { id: 'snap-b-1', name: 'twice', created_at: '2026-01-02T03:00:00Z' }

const replies: Replies = {
  'GET /projects': projectsReply(shop),
  [`GET ${below}/branches`]: { body: { branches: [main, dev, look], annotations: {} } },
  [`GET ${below}/snapshots`]: { body: { snapshots: [nightly, twin, { ...twin, id: 'snap-c-1' }] } },
  [`POST ${below}/snapshots/${nightly.id}/restore`]: {
    body: { branch: look, endpoints: [stub.endpoint(shop.id, 'ep-look-1')], operations },
  },
  [`POST ${below}/branches/${look.id}/finalize_restore`]: { body: { operations } },
}
const answering = (route: string, body: unknown): Replies => ({ ...replies, [route]: { body } })
const changes = ({ requests }: { requests: stub.Request[] }) =>
  requests.filter(({ method }) => method !== 'GET').map(({ body }) => body)

test('list', async () => {
  const { stdout } = await giveTo(replies, ['snapshots', 'list', 'shop'])
  assert.match(stdout, /nightly +snap-a-1 +main +2026-01-02T03:00:00Z +9 min ago, by schedule +in 30 d/)
  assert.match(stdout, /twice +snap-b-1 +being made +9 min ago +never/)
})

describe('create', () => {
  const path = `${below}/branches/${dev.id}/snapshot`
  const creating = answering(`POST ${path}`, { snapshot: nightly, operations })

  test('of a branch, at a moment, for a while', async () => {
    const { code, stdout, requests } = await giveTo(creating, [
      ...['snapshots', 'create', 'shop', '--branch', 'dev', '--at', '10m', '--name', 'x', '--ttl', '30d'],
    ])
    assert.equal(code, 0)
    assert.match(stdout, /snapshots restore snap-a-1/)
    const asked = requests.find(({ method }) => method === 'POST')!
    assert.deepEqual(Object.fromEntries(asked.query), {
      ...{ timestamp: '2026-01-02T02:59:05.000Z', name: 'x', expires_at: '2026-02-01T03:09:05.000Z' },
    })
  })
})

describe('restore, finalize', () => {
  test('to a branch beside', async () => {
    const given = await giveTo(replies, ['snapshots', 'restore', 'nightly', '--name', 'look'])
    assert.equal(given.code, 0, given.stderr)
    assert.deepEqual(changes(given), [{ name: 'look' }])
    assert.match(given.stdout, /psql shop --branch look\n +pilotlight snapshots finalize look/)
  })

  test('into place at once', async () => {
    const given = await giveTo(replies, ['snapshots', 'restore', 'nightly', '--finalize'])
    assert.deepEqual(changes(given), [{ target_branch_id: main.id, finalize_restore: true }])
    const over = await giveTo(replies, ['snapshots', 'restore', 'snap-b-1', '--finalize', '--over', 'dev'])
    assert.deepEqual(changes(over), [{ target_branch_id: dev.id, finalize_restore: true }])
  })

  test('in two steps, with a name for the old state', async () => {
    const given = await giveTo(replies, ['snapshots', 'finalize', 'look', '--preserve-under', 'old'])
    assert.deepEqual(changes(given), [{ name: 'old' }])
    assert.match(given.stdout, /br-look-1 took the place of br-main.*\n.*kept as branch main \(br-main\)/)
    const both = await giveTo(replies, [
      ...['branches', 'restore', 'main', '--from', 'nightly', '--preserve-under', 'old'],
    ])
    assert.deepEqual(changes(both), [{ target_branch_id: main.id, finalize_restore: false }, { name: 'old' }])
  })

  test('several of a name', async () => {
    const { code, stderr } = await giveTo(replies, ['snapshots', 'restore', 'twice'])
    assert.equal(code, 2)
    assert.match(stderr, /snap-b-1, snap-c-1/)
  })
})

test('rename, delete', async () => {
  const path = `${below}/snapshots/${nightly.id}`
  const renamed = await giveTo(answering(`PATCH ${path}`, { snapshot: { ...nightly, name: 'kept' } }), [
    ...['snapshots', 'rename', 'nightly', 'kept'],
  ])
  assert.match(renamed.stdout, /now called kept/)
  const deleting: Replies = { ...replies, [`DELETE ${path}`]: { status: 202, body: { operations } } }
  assert.equal((await giveTo(deleting, ['snapshots', 'delete', 'nightly'])).code, 2)
  assert.equal((await giveTo(deleting, ['snapshots', 'delete', 'nightly', '--yes'])).code, 0)
})

describe('schedule', () => {
  const path = `${below}/branches/${main.id}/backup_schedule`
  const weekly = { frequency: 'weekly', day: 7, hour: 3, retention_seconds: 4_838_400 }
  const known: Replies = {
    ...answering(`GET ${path}`, { schedule: [weekly] }),
    [`PUT ${path}`]: { body: {} },
  }

  test('shown', async () => {
    const { stdout } = await giveTo(known, ['snapshots', 'schedule', 'shop'])
    assert.match(stdout, /weekly +Sunday, 03:00 UTC +56 d/)
  })

  test('set: each frequency gets what it knows', async () => {
    const given = await giveTo(known, [
      ...[
        'snapshots',
        'schedule',
        'shop',
        '--every',
        'hourly:1d',
        '--every',
        'weekly:8w',
        '--every',
        'yearly',
      ],
      ...['--hour', '3', '--day', '7'],
    ])
    assert.deepEqual(changes(given), [
      {
        schedule: [
          { frequency: 'hourly', retention_seconds: 86_400 },
          weekly,
          { frequency: 'yearly', hour: 3, day: 7 },
        ],
      },
    ])
  })

  test('ended', async () => {
    assert.deepEqual(changes(await giveTo(known, ['snapshots', 'schedule', 'shop', '--off'])), [
      { schedule: [] },
    ])
  })

  test('what makes no sense', async () => {
    for (const flags of [
      ['--hour', '3'],
      ['--every', 'often'],
      ['--every', 'daily:x'],
      ['--every', 'daily', '--off'],
    ]) {
      assert.equal(
        (await giveTo(known, ['snapshots', 'schedule', 'shop', ...flags])).code,
        2,
        flags.join(' '),
      )
    }
  })
})
