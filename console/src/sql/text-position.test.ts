import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lengthAt, lineText, offsetOf } from './text-position.ts'

test('characters of Postgres’s are places of ours', () => {
  const sql = "select '🔥', nope"
  // Postgres counts the flame as one.
  assert.equal(sql.slice(offsetOf(sql, 13)), 'nope')
  assert.equal(offsetOf(sql, 1), 0)
  assert.equal(offsetOf(sql, 1000), sql.length)
})

test('what is wrong is marked whole', () => {
  assert.equal(lengthAt('select nope from x', 7), 4)
  assert.equal(lengthAt('select "no pe" x', 7), 7)
  assert.equal(lengthAt('a + b', 2), 1)
  assert.equal(lengthAt('a', 1), 0)
})

test('lines and columns count from 1', () => {
  assert.equal(lineText('a\nbc', 3), 'line 2, column 2')
  assert.equal(lineText('a', 0), 'line 1, column 1')
})
