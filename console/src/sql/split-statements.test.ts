import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitStatements, statementAt } from './split-statements.ts'

const split = (text: string) => splitStatements(text).map(({ sql }) => sql)

const body = `create function f() returns int language sql
begin atomic
  select case when true then 1 else 2 end;
  select 2;
end`

const rows: [string, string, string[]][] = [
  ['one', 'select 1', ['select 1']],
  ['two, the last without its semicolon', 'select 1; select 2 ', ['select 1', 'select 2']],
  ['nothing', ' ;;\n-- only a comment\n; ', []],
  ['in quotes', `select ';', "a;b", E'\\';' ; x`, [`select ';', "a;b", E'\\';'`, 'x']],
  ['in dollar quotes', 'do $x$ begin a; end $x$; b', ['do $x$ begin a; end $x$', 'b']],
  ['in comments', 'a -- ;\n b /* ; /* ; */ ; */ c; d', ['a -- ;\n b /* ; /* ; */ ; */ c', 'd']],
  [
    'comments before it stay',
    '/*+ hint */ select 1; -- x\nselect 2',
    ['/*+ hint */ select 1', '-- x\nselect 2'],
  ],
  [
    'in parentheses',
    'create rule r as on insert to t do (a; b); c',
    ['create rule r as on insert to t do (a; b)', 'c'],
  ],
  ['a closing parenthesis too many', 'a); b', ['a)', 'b']],
  ['a body in SQL', `${body}; select 3`, [body, 'select 3']],
  [
    'a replaced one',
    `${body.replace('create', 'create or replace')}; x`,
    [body.replace('create', 'create or replace'), 'x'],
  ],
  [
    'BEGIN is no body elsewhere',
    'begin; update t set a = 1; end; x',
    ['begin', 'update t set a = 1', 'end', 'x'],
  ],
  ['CASE is none either', 'select case when a then b end; x', ['select case when a then b end', 'x']],
  ['what is not closed', "a; select 'b; c", ['a', "select 'b; c"]],
  ['psql’s commands', 'select 1\n\\dt\nselect 2 \\gx\nx', ['select 1', '\\dt', 'select 2 \\gx', 'x']],
  ['letters of two halves', "select '🔥;'; b", ["select '🔥;'", 'b']],
]

test('statements are told apart as psql does', () => {
  for (const [name, text, statements] of rows) assert.deepEqual(split(text), statements, name)
})

test('places are those of the text', () => {
  const text = ' -- first\n select 1 ; select 2'
  const [one, two] = splitStatements(text)
  assert.equal(text.slice(one!.from, one!.to), '-- first\n select 1 ;')
  assert.equal(text.slice(one!.codeFrom, one!.codeFrom + 6), 'select')
  assert.equal(text.slice(two!.from, two!.to), 'select 2')
})

test('a command of psql’s is known as one', () => {
  const [one, two] = splitStatements('\\d orders  \nselect 1 \\g\nselect 2')
  assert.equal(one?.psqlCommand, '\\d orders')
  assert.equal(two?.psqlCommand, '\\g')
  assert.equal(splitStatements("select '\\dt'")[0]?.psqlCommand, undefined)
})

test('the statement at the cursor', () => {
  const text = 'one;\n\n  two; three;\n\nfour  \n\n'
  const statements = splitStatements(text)
  const at = (mark: string, after = 0) => statementAt(text, statements, text.indexOf(mark) + after)?.sql
  assert.equal(at('one'), 'one')
  assert.equal(at('one', 4), 'one')
  // On an empty line: the next.
  assert.equal(at('one', 5), 'two')
  assert.equal(at('two', 4), 'two')
  assert.equal(at('three', -1), 'two')
  assert.equal(at('three'), 'three')
  assert.equal(at('four', 5), 'four')
  assert.equal(statementAt(text, statements, text.length)?.sql, 'four')
  assert.equal(statementAt('', [], 0), undefined)
})

test('a long text is cut in no time', () => {
  const text = `select '${'x'.repeat(1000)}';\n`.repeat(2000)
  assert.equal(splitStatements(text).length, 2000)
})
