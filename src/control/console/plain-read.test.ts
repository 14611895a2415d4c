import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlainRead } from './plain-read.ts'

const reads = [
  'select 1',
  '  SELECT * FROM t;  ',
  '-- all\nselect 1 -- of it; really',
  '/* a; b */ (select 1) union (select 2)',
  'table t',
  'values (1), (2)',
  'with a as (select 1) select * from a',
  "select '--' -- it's all",
  "select 'it''s' /* \"\" */",
  "select * from t where name ~ '\\d'",
]
const others = [
  '',
  'select 1; delete from t',
  'update t set a = 1 returning *',
  'with gone as (delete from t returning *) select * from gone',
  'select * into copy from t',
  'explain analyze select 1',
  'fetch all from c',
  'begin',
  // In doubt.
  "select ';'",
  "select '--'; delete from t",
  "select '/*'; delete from t; select '*/'",
  'select "--" from t; delete from t',
  'select 1 --\r; delete from t',
  "select e'\\'--'; delete from t",
  'select $$--$$; delete from t',
]

for (const sql of reads) test(`may be stopped: ${sql}`, () => assert.equal(isPlainRead(sql), true))
for (const sql of others) test(`is carried out: ${sql}`, () => assert.equal(isPlainRead(sql), false))

test('a long text is read in no time', () => {
  for (const part of [' ', ';', '; ', "'", '"', '/*', '--', '$']) {
    const startedAt = performance.now()
    isPlainRead(`select ${part.repeat(200_000)}x`)
    assert.ok(performance.now() - startedAt < 5000, part)
  }
})
