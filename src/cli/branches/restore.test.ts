// Which data a branch is given, and what it is compared with.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as stub from '../testing.ts'
import { errorReply, giveTo } from '../testing.ts'
import {
  answering,
  below,
  branch,
  dev,
  feature,
  finished,
  lastBody,
  main,
  onDev,
  replies,
  snapshot,
} from './testing.ts'

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
