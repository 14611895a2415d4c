import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCursorTime, readCursor, writeCursor } from './cursors.ts'

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('what was written is read, whatever the texts are', () => {
  for (const parts of [['a'], ['2026-11-25 17:03:38.123456+00', 'shiny-wind-1'], ['ü"\\', '', '\u0000']]) {
    assert.deepEqual(readCursor(writeCursor(...parts), parts.length), parts)
  }
})

for (const [what, cursor] of [
  ['nothing', ''],
  ['an id', 'shiny-wind-02883412'],
  ['no list', encoded({ 0: 'a', 1: 'b' })],
  ['too short', encoded(['a'])],
  ['too long', encoded(['a', 'b', 'c'])],
  ['numbers', encoded([1, 2])],
] as const) {
  test(`refused: ${what}`, () => {
    assert.throws(() => readCursor(cursor, 2), /^PilotlightError: cursor: /)
  })
}

test('times are those that Postgres writes', () => {
  for (const text of [
    '2026-11-25 17:03:38.123456+00',
    '2026-11-25 17:03:38+05:30',
    '1970-01-01 00:00:00-03',
  ]) {
    assert.ok(isCursorTime(text), text)
  }
  for (const text of [
    '',
    'now',
    '2026-11-25',
    '2026-11-25T17:03:38Z',
    "2026-11-25 17:03:38+00'--",
    'infinity',
    '2026-02-31 10:00:00+00',
    '2026-11-25 25:00:00+00',
    '2026-11-25 10:00:00+99',
    '0000-11-25 10:00:00+00',
  ]) {
    assert.ok(!isCursorTime(text), text)
  }
})
