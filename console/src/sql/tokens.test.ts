import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokensOf } from './tokens.ts'

/** Without spaces. */
const cut = (sql: string) =>
  tokensOf(sql)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, from, to }) => `${kind} ${sql.slice(from, to)}`)

const rows: [string, string[]][] = [
  ["'it''s'", ["string 'it''s'"]],
  // Without E a backslash is a letter.
  ["'a\\' b", ["string 'a\\'", 'word b']],
  ["E'a\\'b' c", ["string E'a\\'b'", 'word c']],
  ["e'\\\\' c", ["string e'\\\\'", 'word c']],
  ["B'01' X'ff' N'x' U&'d\\0061'", ["string B'01'", "string X'ff'", "string N'x'", "string U&'d\\0061'"]],
  ['"a "" b" U&"c"', ['quoted-name "a "" b"', 'quoted-name U&"c"']],
  ['$$ ; $$', ['string $$ ; $$']],
  ['$f$ $$ $g$ $f$ x', ['string $f$ $$ $g$ $f$', 'word x']],
  // A dollar within a name begins no quote, nor does a parameter.
  ['a$b$ c', ['word a$b$', 'word c']],
  ['$1 + $2', ['number $1', 'other +', 'number $2']],
  ['/* a /* b */ ; */ x', ['comment /* a /* b */ ; */', 'word x']],
  ["-- it's\nx", ["comment -- it's", 'word x']],
  ['1.5e3 -2', ['number 1.5e3', 'other -', 'number 2']],
  ['(a);', ['open (', 'word a', 'close )', 'semicolon ;']],
  ['\\dt public.*\nx', ['psql \\dt public.*', 'word x']],
  ['größe', ['word größe']],
  ['a::text->>0', ['word a', 'other :', 'other :', 'word text', 'other -', 'other >', 'other >', 'number 0']],
  // What is not closed goes to the end.
  ["'a ; b", ["string 'a ; b"]],
  ["E'a\\", ["string E'a\\"]],
  ['"a ; b', ['quoted-name "a ; b']],
  ['$$ a ; b', ['string $$ a ; b']],
  ['/* a ; b', ['comment /* a ; b']],
  ['', []],
]

test('SQL is cut as psql cuts it', () => {
  for (const [sql, tokens] of rows) assert.deepEqual(cut(sql), tokens, sql)
})

test('the tokens join to the whole, wherever it ends', () => {
  const whole = rows.map(([sql]) => sql).join('\n')
  for (let to = 0; to <= whole.length; to++) {
    const sql = whole.slice(0, to)
    assert.equal(
      tokensOf(sql)
        .map(token => sql.slice(token.from, token.to))
        .join(''),
      sql,
    )
  }
})
