import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwakeCompute, ComputeInside, ConsoleCompute } from '../../../src/contract/console-computes.ts'
import { sessionsSentence, sleepSentence, sleptSentence, wokenSentence } from './compute-why.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const before = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString()

const quiet: ComputeInside = {
  ...{ running_statements: 0, open_transactions: 0, busy_since: null },
  ...{ replication_senders: 0, subscriptions: 0, vacuums: 0 },
}
const awake: AwakeCompute = {
  ...{ sessions: 0, last_active_at: before(10), suspends_at: before(-130), held: false, inside: quiet },
}
const compute: ConsoleCompute = {
  ...{ id: 'ep-a', project_id: 'p', branch_id: 'br-a', state: 'running', slept: null, awake },
  woken: {
    at: before(180),
    operation_id: 'o',
    cause: { by: 'connection', role: 'app', application: 'django', address: '127.0.0.1' },
    error: null,
  },
}

test('an awake one says who woke it, and when it will sleep', () => {
  assert.equal(
    wokenSentence(compute, nowMs),
    'Woken 3 minutes ago by a connection of role app (application django) from 127.0.0.1.',
  )
  assert.equal(sleepSentence(awake, nowMs), 'Sleeps in 2:10 unless used.')
  assert.equal(
    sleepSentence({ ...awake, suspends_at: null }, nowMs),
    'It never sleeps by itself: that is how it is set.',
  )
})

test('what keeps it awake is named', () => {
  const inside = { ...quiet, open_transactions: 1, busy_since: before(600), replication_senders: 2 }
  assert.equal(
    sleepSentence({ ...awake, inside, suspends_at: before(-25) }, nowMs),
    'Kept awake by one open transaction (begun 10 minutes ago) and 2 replication connections; looked at again in 0:25.',
  )
})

test('idle sessions are no reason to stay awake, and it says so', () => {
  assert.equal(sessionsSentence(awake), 'No connection is open.')
  assert.match(sessionsSentence({ ...awake, sessions: 2 }), /^2 connections are open, idle/)
  const busy = { ...awake, sessions: 1, inside: { ...quiet, running_statements: 1 } }
  assert.equal(sessionsSentence(busy), 'One connection is open.')
  // Nobody looked.
  assert.equal(sessionsSentence({ ...awake, sessions: 1, inside: null }), 'One connection is open.')
})

test('one that sleeps says why, and one that could not be woken what went wrong', () => {
  const slept = {
    ...{ at: before(3600), operation_id: 'o', error: null },
    cause: { by: 'idle', quiet_seconds: 300 },
  } as const
  const asleep: ConsoleCompute = { ...compute, state: 'suspended', awake: null, slept }
  assert.equal(wokenSentence(asleep, nowMs), undefined)
  assert.equal(sleptSentence(asleep, nowMs), 'Fell asleep 1 hour ago: nobody had used it for 5 minutes.')
  const failed = { ...asleep, woken: { ...compute.woken!, error: 'the disk is full' } }
  assert.match(wokenSentence(failed, nowMs) ?? '', /^Could not be woken 3 minutes ago .*: the disk is full$/)
})
