import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  ConsoleConnectionTest,
  ConsoleConnectionTestStep,
} from '../../../src/contract/console-connection-test.ts'
import { verdictOf } from './connection-test-text.ts'

const steps = (failed?: string): ConsoleConnectionTestStep[] =>
  (['resolve', 'connect', 'tls', 'login', 'query'] as const).map(step => ({
    step,
    outcome: step === failed ? 'failed' : 'ok',
    ms: 1,
  }))

const result = (more: Partial<ConsoleConnectionTest>): ConsoleConnectionTest => ({
  ...{ connected: true, host: 'ep-a.test', port: 5432, address: '127.0.0.1', host_resolves: true },
  ...{ certificate_verified: true, woke: false, server_version: null, ms: 12.4, steps: steps() },
  ...more,
})

test('one sentence says what came of it', () => {
  assert.equal(verdictOf(result({})), 'It connects, in 12 ms.')
  assert.match(verdictOf(result({ woke: true })), /asleep, and has been woken/)
  assert.match(verdictOf(result({ connected: false, steps: steps('login') })), /may log in/)
})

test('a name that does not resolve is no failure, and is told', () => {
  const verdict = verdictOf(result({ host_resolves: false, steps: steps('resolve') }))
  assert.match(verdict, /^It connects.*does not resolve/)
})
