import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PilotlightError } from '../contract/errors.ts'
import { CancelKeys, maxProxyIndex, proxyIndexOf } from './cancel-keys.ts'
import type { ComputeKey } from './compute-login.ts'
import { endpointIdOf } from './control-client/endpoint-key.ts'
import { Lru } from './control-client/lru.ts'
import { readCredentials } from './credentials.ts'
import { Permits } from './permits.ts'
import { RefreshGate } from './refresh-gate.ts'

const compute: ComputeKey = {
  address: { endpointId: 'ep-a', host: '/run', port: 1, cached: false, started: false },
  processId: 1,
  secretKey: 2,
}

test('a cancel key names its proxy, is positive, and is found until it is forgotten', () => {
  for (const index of [0, 1, maxProxyIndex]) {
    const keys = new CancelKeys(index)
    const issued = Array.from({ length: 100 }, () => keys.issue(compute))
    for (const key of issued) {
      assert.equal(proxyIndexOf(key), index)
      assert.ok(key.processId >= 0)
      assert.equal(keys.find(key), compute)
      assert.equal(keys.find({ ...key, secretKey: key.secretKey ^ 1 }), null)
      keys.forget(key)
      assert.equal(keys.find(key), null)
    }
    assert.equal(new Set(issued.map(key => key.secretKey)).size > 90, true)
    assert.equal(keys.size, 0)
  }
  assert.throws(() => new CancelKeys(128), RangeError)
})

test('the gate lets one refresh a second through for a role, and twenty for an endpoint', () => {
  let now = 0
  const gate = new RefreshGate(() => now)
  assert.ok(gate.allows('ep-a', 'app'))
  assert.ok(!gate.allows('ep-a', 'app'))
  assert.ok(gate.allows('ep-b', 'app'))
  const guesses = Array.from({ length: 100 }, (_, at) => gate.allows('ep-a', `guess-${at}`))
  assert.equal(guesses.filter(Boolean).length, 19)
  now = 1_000
  assert.ok(gate.allows('ep-a', 'app'))
})

test('permits bound what runs at once, and an error gives its permit back', async () => {
  const permits = new Permits(2)
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setImmediate(resolve))
    running--
    throw new Error('as it may happen')
  }
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => permits.run(work)))
  assert.equal(all.length, 10)
  assert.equal(most, 2)
})

test('the cache forgets what was not used for longest', () => {
  const lru = new Lru<number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  assert.equal(lru.get('a'), 1)
  lru.set('c', 3)
  assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c'), lru.size], [1, undefined, 3, 2])
})

test('the pooled door leads to the same endpoint', () => {
  assert.equal(endpointIdOf('ep-a-pooler'), 'ep-a')
  assert.equal(endpointIdOf('ep-a'), 'ep-a')
})

test('a compute sees four parameters and the options that are its own; all of them on request', () => {
  const parameters = new Map([
    ['user', 'app'],
    ['IntervalStyle', 'iso_8601'],
    ['client_encoding', 'LATIN1'],
    ['replication', 'database'],
    ['options', 'endpoint=ep-a -c geqo=off'],
  ])
  const few = readCredentials(parameters, null, 'local.localhost')
  assert.equal(few.endpoint, 'ep-a')
  assert.equal(few.database, 'app')
  assert.deepEqual(Object.fromEntries(few.forwarded), {
    user: 'app',
    replication: 'database',
    options: '-c geqo=off',
    client_encoding: 'UTF8',
  })
  parameters.set('options', 'endpoint=ep-a neon_proxy_params_compat:true')
  const all = readCredentials(parameters, null, 'local.localhost')
  assert.deepEqual(Object.fromEntries(all.forwarded), {
    user: 'app',
    IntervalStyle: 'iso_8601',
    client_encoding: 'LATIN1',
    replication: 'database',
  })
})

test('a past moment is taken out of the options, and the compute does not see it', () => {
  const read = (options: string, serverName: string | null = null) =>
    readCredentials(new Map(Object.entries({ user: 'app', options })), serverName, 'local.localhost')
  const past = read('neon_timestamp:2026-11-25T12:00:00+02:00 -c geqo=off', 'br-a.local.localhost')
  assert.equal(past.endpoint, 'br-a')
  assert.deepEqual(past.moment, { time: '2026-11-25T10:00:00Z' })
  assert.equal(past.forwarded.get('options'), '-c geqo=off')
  assert.deepEqual(read('endpoint=ep-a neon_lsn:0/1a2b3c4').moment, { lsn: '0/1A2B3C4' })
  assert.equal(read('endpoint=ep-a').moment, null)
  const refused = (options: string, code: string) =>
    assert.throws(
      () => read(`endpoint=ep-a ${options}`),
      error => error instanceof PilotlightError && error.code === code,
    )
  refused('neon_lsn:banana', 'moment_invalid')
  refused('neon_timestamp:yesterday', 'moment_invalid')
  refused('neon_timestamp:2026-11-25T10:00:00Z neon_lsn:0/1', 'moment_ambiguous')
})
