import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { startTestCluster, type TestCluster } from '../catalog/testing.ts'
import * as local from '../engine/local/index.ts'
import { removeAllRows } from './rows.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startTestCluster(local)
  for (const statement of [
    'create database shop',
    `create table parted (id int primary key, secret text) partition by range (id)`,
    'create table parted_1 partition of parted for values from (0) to (100)',
    'create table child (id serial primary key, parted int references parted)',
    'create table inherits () inherits (child)',
    'create unlogged table unlogged as select 1 as one',
    'create schema "Odd; name"',
    'create table "Odd; name"."a ""table" as select 1 as one',
    'create sequence alone start 7',
    `insert into parted select i, 'secret ' || i from generate_series(1, 50) i`,
    'insert into child (parted) select id from parted',
    'insert into inherits values (1, 1)',
    `select nextval('alone')`,
    'create materialized view seen as select * from parted',
    'create statistics stats on id, secret from parted',
    "select lo_from_bytea(0, 'secret') from generate_series(1, 1100)",
    // Would refuse, or tell tales, if it were asked.
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    'create trigger refuse before truncate on child execute function refuse()',
    'analyze',
  ]) {
    await cluster.query(statement)
  }
  await cluster.query('create table other as select 1 as one', [], 'shop')
  await cluster.query('create table in_template as select 1 as one', [], 'template1')
})
after(() => cluster?.stop())

const count = async (from: string, database?: string) =>
  Number((await cluster.query(`select count(*) as n from ${from}`, [], database)).rows[0].n)

test('nothing of a user’s runs by it', async () => {
  await cluster.query(`create role ada login password 'ada'`)
  await cluster.query('create database hers owner ada')
  const hers = new pg.Client({ ...cluster.login, database: 'hers', user: 'ada', password: 'ada' })
  await hers.connect()
  await hers.query(`
    create table public.t as select 1 as one;
    create function public.rise() returns void language plpgsql as
      $$ begin if current_user <> 'ada' then alter role ada superuser; end if; end $$;
    create function public.rise_by_trigger() returns trigger language plpgsql as
      $$ begin perform public.rise(); return null; end $$;
    create trigger rise before truncate on public.t execute function public.rise_by_trigger();
    alter table public.t enable always trigger rise;
    create function public.format(text, name, name) returns text language plpgsql as
      $$ begin perform public.rise(); return pg_catalog.format($1, $2, $3); end $$`)
  await hers.end()
  await removeAllRows(cluster.login)
  assert.equal(await count('t', 'hers'), 0)
  assert.equal(await count(`pg_roles where rolname = 'ada' and rolsuper`), 0)
  assert.equal(await count(`pg_trigger where tgname = 'rise' and tgenabled = 'A'`, 'hers'), 1)
})

test('no row is left, in any database, and the schema is; a second time as well', async () => {
  for (let round = 0; round < 2; round++) {
    await removeAllRows(cluster.login)
    for (const table of ['parted', 'child', 'inherits', 'unlogged', '"Odd; name"."a ""table"']) {
      assert.equal(await count(table), 0, table)
    }
    assert.equal(await count('other', 'shop'), 0)
    assert.equal(await count('in_template', 'template1'), 0)
    for (const derived of [
      'pg_statistic',
      'pg_statistic_ext_data',
      'pg_largeobject',
      'pg_largeobject_metadata',
    ]) {
      assert.equal(await count(derived), 0, derived)
    }
  }
  const seen = await cluster.query(`select relispopulated from pg_class where relname = 'seen'`)
  assert.deepEqual(seen.rows, [{ relispopulated: false }])
  const next = await cluster.query(`select nextval('alone') as alone, nextval('child_id_seq') as child`)
  assert.deepEqual(next.rows, [{ alone: 7, child: 1 }])
  assert.equal(await count("pg_trigger where tgname = 'refuse'"), 1)
})
