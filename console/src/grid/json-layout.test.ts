import assert from 'node:assert/strict'
import { test } from 'node:test'
import { laidOutJson } from './json-layout.ts'

test('laid out as JSON.stringify does', () => {
  const values = [
    { a: 1, b: [1, { c: null }, []], d: {}, 'e{"': 'x, [y]: "z" \\' },
    [],
    {},
    'text',
    12,
    [[[]], [{}]],
    [true, false],
  ]
  for (const value of values) {
    assert.equal(laidOutJson(JSON.stringify(value)), JSON.stringify(value, undefined, 2))
    assert.equal(laidOutJson(JSON.stringify(value, undefined, '\t')), JSON.stringify(value, undefined, 2))
  }
})

test('numbers and keys are left as they are', () => {
  assert.equal(
    laidOutJson('{"n":12345678901234567890.10,"n":1E400}'),
    '{\n  "n": 12345678901234567890.10,\n  "n": 1E400\n}',
  )
})

test('what is no JSON is no error', () => {
  for (const text of ['', '}}', '{"a', '[1,,', 'a b']) assert.equal(typeof laidOutJson(text), 'string')
})
