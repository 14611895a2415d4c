// The retry logic as scripts: what wake and compute do, and what the proxy is expected to ask for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PilotlightError } from '../contract/errors.ts'
import { type ErrorFields, errorFields } from '../wire/index.ts'
import type { LoginResult } from './compute-login.ts'
import { ComputeError, type ConnectTimes, connect, connectPolicy } from './connect.ts'
import type { ComputeAddress } from './ports.ts'

type Step =
  | 'wake'
  | 'wake fails'
  | 'refused'
  | 'starting'
  | 'rejected'
  | 'password changed'
  | 'connect'
  | 'leave'

const starting: ErrorFields = errorFields({ severity: 'FATAL', code: '57P03', message: 'starting up' })
const rejected: ErrorFields = errorFields({ severity: 'FATAL', code: '53300', message: 'too many' })
const address: ComputeAddress = { endpointId: 'ep-a', host: '/run', port: 1, cached: false, started: false }

/** Plays the steps in order; one that comes out of turn fails the test. After the last step, it goes on from `repeat`. */
async function play(script: Step[], repeat: Step[] = []) {
  const steps = [...script]
  const next = (...allowed: Step[]): Step => {
    if (steps.length === 0) steps.push(...repeat)
    const step = steps.shift()
    assert.ok(step && allowed.includes(step), `${step} where one of ${allowed} was asked for`)
    return step
  }
  const left = new AbortController()
  const seen = {
    forgotten: 0,
    sleeps: [] as number[],
    refreshed: 0,
    now: 0,
    outcome: '',
    error: null as unknown,
  }
  const times: ConnectTimes = { wakeMs: 0, connectMs: 0, retryMs: 0, attempts: 0 }
  const results: Partial<Record<Step, LoginResult>> = {
    refused: { outcome: 'refused', cause: new Error('ECONNREFUSED') },
    starting: { outcome: 'refused', cause: new Error('starting'), fields: starting },
    rejected: { outcome: 'rejected', fields: rejected },
    'password changed': { outcome: 'password changed' },
    connect: { outcome: 'session', session: {} as (LoginResult & { outcome: 'session' })['session'] },
  }
  try {
    await connect(
      'ep-a',
      'app',
      {
        signal: left.signal,
        moment: null,
        waker: { role: 'app', database: 'app', application: '', address: '192.0.2.1' },
        clock: {
          now: () => seen.now,
          async sleep(ms) {
            seen.sleeps.push(ms)
            seen.now += ms
          },
        },
        wake: {
          async wake() {
            if (next('wake', 'wake fails') === 'wake fails') throw new PilotlightError('endpoint_disabled')
            return address
          },
          forget: () => void seen.forgotten++,
        },
        async logIn() {
          const step = next('refused', 'starting', 'rejected', 'password changed', 'connect', 'leave')
          if (step === 'leave') left.abort(new Error('left'))
          return results[step] ?? { outcome: 'refused', cause: new Error('aborted') }
        },
        passwordChanged: () => void seen.refreshed++,
      },
      times,
    )
    seen.outcome = 'connected'
  } catch (error) {
    seen.error = error
    seen.outcome =
      error instanceof PilotlightError
        ? error.code
        : error instanceof ComputeError
          ? error.fields.get('C')!
          : (error as Error).message
  }
  assert.deepEqual(steps, [], 'steps that were not played')
  return { ...seen, attempts: times.attempts }
}

const scripts: [script: Step[], outcome: string, forgotten: number, sleeps: number[]][] = [
  [['wake', 'connect'], 'connected', 0, []],
  [['wake', 'refused', 'wake', 'connect'], 'connected', 1, []],
  [['wake', 'starting', 'wake', 'starting', 'wake', 'connect'], 'connected', 2, [1]],
  [['wake', 'refused', 'wake', 'refused', 'wake', 'refused', 'wake', 'connect'], 'connected', 3, [1, 2]],
  [['wake fails'], 'endpoint_disabled', 0, []],
  [['wake', 'refused', 'wake fails'], 'endpoint_disabled', 1, []],
  [['wake', 'rejected'], '53300', 0, []],
  [['wake', 'refused', 'wake', 'rejected'], '53300', 1, []],
  [['wake', 'password changed'], 'password_wrong', 0, []],
  [['wake', 'leave'], 'left', 0, []],
]
for (const [script, outcome, forgotten, sleeps] of scripts)
  test(`${script.join(', ')} → ${outcome}`, async () => {
    const seen = await play(script)
    assert.deepEqual([seen.outcome, seen.forgotten, seen.sleeps], [outcome, forgotten, sleeps])
    assert.equal(seen.refreshed, script.includes('password changed') ? 1 : 0)
  })

test('a compute that never answers is given up in bounded time, with the cause for the log', async () => {
  const seen = await play([], ['wake', 'refused'])
  assert.equal(seen.outcome, 'compute_unreachable')
  assert.match(String((seen.error as Error).cause), /ECONNREFUSED/)
  assert.ok(seen.attempts <= connectPolicy.attempts)
  assert.ok(seen.now <= connectPolicy.totalMs)
})

test('a compute that keeps saying why is quoted', async () => {
  assert.equal((await play([], ['wake', 'starting'])).outcome, '57P03')
})
