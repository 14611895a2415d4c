import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, bytes, duration } from './format.ts'
import { formatTable, widthOf } from './table.ts'

test('columns are as wide as their widest cell', () => {
  const text = formatTable(
    ['ID', 'STATE'],
    [
      ['a-long-id', 'x'],
      ['b', { text: 'idle', tone: 'quiet' }],
    ],
  )
  assert.equal(text, 'ID         STATE\na-long-id  x\nb          idle')
})

test('colour does not count as width', () => {
  const text = formatTable(['A', 'B'], [[{ text: 'x', tone: 'good' }, 'y']], (cell, tone) =>
    tone === 'good' ? `<${cell}>` : cell,
  )
  assert.equal(text, 'A  B\n<x>  y')
})

test('cells are one line, and steer no terminal', () => {
  assert.equal(formatTable(['A'], [['one\n  two\u001b[31m\u0007']]), 'A\none two[31m')
})

test('width as a terminal draws it', () => {
  assert.equal(widthOf('café'), 4)
  assert.equal(widthOf('cafe\u0301'), 4)
  assert.equal(widthOf('日本'), 4)
  assert.equal(widthOf('👩‍👧'), 2)
})

test('numbers as people read them', () => {
  assert.deepEqual([0, 999, 1500, 271e9, 84.1e9].map(bytes), ['0 B', '999 B', '1.5 kB', '271 GB', '84.1 GB'])
  assert.deepEqual([85, 3200, 42_000, 240_000, 7_200_000, 259_200_000].map(duration), [
    '85 ms',
    '3.2 s',
    '42 s',
    '4 min',
    '2 h',
    '3 d',
  ])
  assert.equal(ago(undefined, 0), 'never')
  assert.equal(ago('1970-01-01T00:00:00Z', 120_500), '2 min ago')
  assert.equal(ago('1970-01-01T00:00:00Z', 3900), '3 s ago')
  assert.equal(ago('1970-01-01T00:01:00Z', 0), 'now')
})
