import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeActions, computeStates, shownState } from '../../../src/contract/compute-states.ts'
import { refusalOf, sleepsAt, stateOf, suspendAfterSeconds } from './compute-actions.ts'

test('a button is never offered where the API would refuse it', () => {
  for (const state of computeStates) {
    const endpoint = { ...shownState(state, true), disabled: false }
    for (const action of ['start', 'suspend', 'restart'] as const) {
      const allowed: readonly string[] = computeActions[action]
      if (!allowed.includes(state)) assert.ok(refusalOf(action, endpoint), `${action} while ${state}`)
    }
  }
})

test('the state is read back from the two fields that show it', () => {
  for (const state of computeStates) {
    const expected = state === 'failed' ? 'suspended' : state
    assert.equal(stateOf(shownState(state, true)), expected)
    assert.equal(stateOf(shownState(state, false)), expected)
  }
})

test('a sleeping compute can be started, unless it is disabled', () => {
  const asleep = { current_state: 'idle', disabled: false } as const
  assert.equal(refusalOf('start', asleep), undefined)
  assert.match(refusalOf('suspend', asleep)!, /asleep already/)
  assert.match(refusalOf('start', { ...asleep, disabled: true })!, /enable it/)
  assert.equal(refusalOf('suspend', { current_state: 'active', disabled: true }), undefined)
})

test('an awake compute sleeps once its time without work has passed', () => {
  const awake = {
    current_state: 'active',
    last_active: '2026-01-01T00:00:00Z',
    suspend_timeout_seconds: 60,
  } as const
  assert.equal(sleepsAt(awake, 300)?.toISOString(), '2026-01-01T00:01:00.000Z')
  assert.equal(
    sleepsAt({ ...awake, suspend_timeout_seconds: 0 }, 600)?.toISOString(),
    '2026-01-01T00:10:00.000Z',
  )
  assert.equal(sleepsAt({ ...awake, suspend_timeout_seconds: -1 }, 300), undefined)
  assert.equal(sleepsAt({ ...awake, current_state: 'idle' }, 300), undefined)
  assert.equal(suspendAfterSeconds(0, -1), undefined)
})
