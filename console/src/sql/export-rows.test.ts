import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvText, jsonText } from './export-rows.ts'

const columns = (...types: string[]) => types.map((type, index) => ({ name: `c${index}`, type }))

test('CSV is that of RFC 4180, and NULL is not an empty text', () => {
  const rows = [
    ['1', null, ''],
    ['say "hi"', 'a,b', 'two\nlines'],
    ['cr\rin', ' spaces ', '\\N'],
  ]
  assert.equal(
    csvText(columns('text', 'text', 'text'), rows),
    'c0,c1,c2\r\n1,,""\r\n"say ""hi""","a,b","two\nlines"\r\n"cr\rin", spaces ,\\N\r\n',
  )
  assert.equal(csvText([{ name: 'a "b"', type: 'text' }], []), '"a ""b"""\r\n')
})

test('JSON keeps what JavaScript’s numbers would lose', () => {
  const types = columns(
    'integer',
    'bigint',
    'numeric',
    'boolean',
    'jsonb',
    'text',
    'double precision',
    'text',
  )
  const row = ['7', '9007199254740993', '1.10', 't', '{"n": 12345678901234567890}', 'a"b', 'NaN', null]
  const text = jsonText(types, [row])
  assert.ok(text.includes('12345678901234567890'))
  assert.deepEqual(JSON.parse(text), [
    {
      ...{ c0: 7, c1: '9007199254740993', c2: '1.10', c3: true },
      ...{ c4: { n: Number('12345678901234567890') }, c5: 'a"b', c6: 'NaN', c7: null },
    },
  ])
})

test('columns of the same name are kept apart', () => {
  const same = ['a', 'a', 'a_2'].map(name => ({ name, type: 'text' }))
  assert.deepEqual(JSON.parse(jsonText(same, [['1', '2', '3']])), [{ a: '1', a_2: '2', a_2_2: '3' }])
  assert.equal(jsonText(same, []), '[]\n')
})
