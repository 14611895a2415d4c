import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newValue, withLineEndsOf } from './value-sql.ts'

test('a text that is changed in a field keeps how its lines end', () => {
  const edited = newValue('one\ntwo!\n')
  assert.deepEqual(withLineEndsOf('one\r\ntwo\r\n', edited), newValue('one\r\ntwo!\r\n'))
  assert.deepEqual(withLineEndsOf('one\r\n', newValue('one\r\n')), newValue('one\r\n'))
  for (const old of ['one\ntwo', 'one\r\ntwo\n', 'one', null]) {
    assert.deepEqual(withLineEndsOf(old, edited), edited)
  }
  assert.deepEqual(withLineEndsOf('one\r\n', newValue(null)), newValue(null))
})
