import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellText, clipboardText, isNumeric } from './cell-text.ts'

test('a value is shown on one line, and no longer than a column', () => {
  assert.equal(cellText('a\r\nb\n\tc'), 'a↵b↵→c')
  assert.equal(cellText('x'.repeat(1000)).length, 301)
})

test('one cell is copied as it is, several as spreadsheets read them', () => {
  const rows = [
    ['1', 'a\tb', null],
    ['2', 'say "hi"', ''],
    ['3', 'two\nlines', 'x'],
  ]
  const one = (row: number, column: number) =>
    clipboardText(rows, { top: row, bottom: row, left: column, right: column })
  assert.equal(one(0, 1), 'a\tb')
  assert.equal(one(0, 2), '')
  assert.equal(
    clipboardText(rows, { top: 0, bottom: 2, left: 0, right: 2 }),
    '1\t"a\tb"\t\n2\t"say ""hi"""\t\n3\t"two\nlines"\tx',
  )
})

test('numbers are known by their type', () => {
  for (const type of ['integer', 'numeric(10,2)', 'double precision', 'bigint'])
    assert.ok(isNumeric(type), type)
  for (const type of ['text', 'integer[]', 'numeric(10,2)[]', 'int4range', 'interval'])
    assert.ok(!isNumeric(type), type)
})
