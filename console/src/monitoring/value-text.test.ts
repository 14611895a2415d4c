import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countText, processorText, shareText } from './value-text.ts'

test('figures are short', () => {
  assert.deepEqual([3, 1.5, 0.0123, 0.397, 12_345, 4_000_000].map(countText), [
    '3',
    '1.5',
    '0.012',
    '0.4',
    '12.3K',
    '4M',
  ])
  assert.deepEqual([1, 0.9999, 0.5, 0].map(shareText), ['100%', '99.9%', '50%', '0%'])
  assert.deepEqual([0.004, 1.25, 2].map(processorText), ['0.4%', '125%', '200%'])
})
