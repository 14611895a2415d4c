import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitStatements } from './split-statements.ts'
import { destruction, explainRefusal, headOf } from './statement-kind.ts'

const one = (sql: string) => splitStatements(sql)[0]!

test('what destroys is told', () => {
  const rows: [string, RegExp][] = [
    ['drop table orders', /^drop table orders removes it/],
    ['-- old\nDROP SCHEMA s cascade', /^DROP SCHEMA s cascade removes/],
    ['truncate orders', /removes all rows/],
    ['delete from orders', /DELETE without WHERE/],
    ['DELETE FROM orders USING (select 1 where true) x', /DELETE without WHERE/],
    ['update orders set a = (select 1 where true)', /UPDATE without WHERE/],
    ["update orders set a = 'where'", /UPDATE without WHERE/],
    ['update orders set "where" = 1 -- where', /UPDATE without WHERE/],
    ['with x as (delete from orders returning *) select * from x', /DELETE without WHERE/],
    ['explain analyze delete from orders', /DELETE without WHERE/],
    ['explain (buffers, analyze) update orders set a = 1', /UPDATE without WHERE/],
    ['alter table orders drop column total', /removes a column/],
    ['alter table orders drop total', /removes a column/],
    ['alter table orders add a int, drop "total"', /removes a column/],
  ]
  for (const [sql, sentence] of rows) assert.match(destruction(one(sql)) ?? '', sentence, sql)
})

test('what does not is not', () => {
  const rows = [
    ...['select 1', 'delete from orders where id = 1', 'update orders set a = 1 WHERE id = 1'],
    ...[
      "insert into orders values ('drop table')",
      'alter table orders drop constraint c',
      'alter table orders add a int',
    ],
    ...['alter table orders alter a drop default', 'create table "drop" (a int)'],
    ...['explain delete from orders', 'explain analyze delete from orders where id = 1', 'explain analyze'],
  ]
  for (const sql of rows) assert.equal(destruction(one(sql)), undefined, sql)
})

test('what has a plan', () => {
  const planned = ['select 1', '(select 1)', 'WITH a as (select 1) table a', 'insert into t values (1)']
  const tables = [
    'create table t as select 1',
    'create materialized view m as (with a as (select 1) table a)',
  ]
  for (const sql of [...planned, ...tables, 'merge into t using s on true'])
    assert.equal(explainRefusal(one(sql)), undefined, sql)
  const made = [
    ...['create view v as select 1', 'create table t (a int)'],
    "create or replace function f() returns int language sql as 'select 1'",
    'create table t (a int generated always as identity)',
  ]
  for (const sql of [...made, 'vacuum', 'explain select 1', '\\dt', 'begin', 'do $$ $$'])
    assert.notEqual(explainRefusal(one(sql)), undefined, sql)
  assert.notEqual(explainRefusal(undefined), undefined)
})

test('its beginning, to tell it by', () => {
  assert.equal(headOf(one('-- x\nselect\n  1'), 20), 'select 1')
  assert.equal(headOf(one('select 1234567890'), 8), 'select …')
})
