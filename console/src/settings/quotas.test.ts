import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areSame, quotaOf, quotaTexts } from './quotas.ts'

test('amounts come back as they were, odd ones as well', () => {
  const quota = { active_time_seconds: 100, written_data_bytes: 1_234_567_891, logical_size_bytes: 7 }
  assert.deepEqual(quotaOf(quotaTexts(quota)), quota)
  assert.deepEqual(quotaTexts({ active_time_seconds: 36_000, compute_time_seconds: 0 }), {
    active_time_seconds: '10',
  })
})

test('the same amount in other words is no change', () => {
  const before = quotaTexts({ active_time_seconds: 36_000, compute_time_seconds: 0 })
  const written = quotaOf({ active_time_seconds: '10.0', compute_time_seconds: '0', logical_size_bytes: '' })
  assert.ok(areSame(quotaTexts(written), before))
  assert.ok(!areSame(quotaTexts(quotaOf({ active_time_seconds: '11' })), before))
})

test('what is no amount is refused by its name', () => {
  assert.throws(() => quotaOf({ active_time_seconds: 'ten' }), /Active time.*ten/)
  assert.throws(() => quotaOf({ active_time_seconds: '-1' }), RangeError)
  assert.deepEqual(quotaOf({ active_time_seconds: ' ' }), {})
})
