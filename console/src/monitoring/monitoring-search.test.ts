import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monitoringSearch } from './monitoring-search.ts'

test('an address keeps the branch and the range, and forgets what it does not know', () => {
  assert.deepEqual(monitoringSearch({ branch: 'br-a', range: '7d', tab: 'x' }), {
    branch: 'br-a',
    range: '7d',
  })
  assert.deepEqual(monitoringSearch({ branch: '', range: '1h' }), {})
  assert.deepEqual(monitoringSearch({ branch: 7, range: 'toString' }), {})
})
