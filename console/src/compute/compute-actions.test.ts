import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeActions, computeStates, shownState } from '../../../src/contract/compute-states.ts'
import { refusalOf, stateOf, suspendAfterSeconds } from './compute-actions.ts'

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

test('the time without work is the compute’s own, the installation’s, or the usual one', () => {
  assert.equal(suspendAfterSeconds(60, 600), 60)
  assert.equal(suspendAfterSeconds(0, 600), 600)
  assert.equal(suspendAfterSeconds(0, -1), undefined)
  assert.equal(suspendAfterSeconds(-1, 300), undefined)
})
