import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationStatuses } from '../../../src/contract/operations.ts'
import { operationsSearch, statusesOf, statusFilters } from './operations-search.ts'

test('every status is shown by exactly one filter', () => {
  for (const status of operationStatuses) {
    assert.equal(statusFilters.filter(([id]) => statusesOf(id).includes(status)).length, 1, status)
  }
})

test('an address that makes no sense shows everything', () => {
  assert.deepEqual(operationsSearch({ status: 'odd', action: 'dance', branch: 7, operation: '' }), {})
  const whole = { status: 'failed', action: 'start_compute', branch: 'br-a', operation: 'o' } as const
  assert.deepEqual(operationsSearch(whole), whole)
})
