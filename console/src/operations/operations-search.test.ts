import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationStatuses } from '../../../src/contract/operations.ts'
import { isShown, operationsSearch, statusFilters } from './operations-search.ts'

test('every status is shown by exactly one filter', () => {
  for (const status of operationStatuses) {
    assert.equal(statusFilters.filter(([id]) => isShown(status, id)).length, 1, status)
    assert.ok(isShown(status, undefined))
  }
})

test('an address that makes no sense shows everything', () => {
  assert.deepEqual(operationsSearch({ status: 'odd', operation: 7 }), {})
  assert.deepEqual(operationsSearch({ status: 'failed' }), { status: 'failed' })
})
