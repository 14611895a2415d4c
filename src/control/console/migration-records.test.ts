import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { until } from '../testing.ts'
import { migrationChanges } from './migration-changes.ts'
import { readMigrations } from './migration-records.ts'

let cluster: TestCluster

before(async () => {
  cluster = await startTestCluster(local)
})
after(() => cluster?.stop())

let count = 0
async function databaseWith(sql: string): Promise<{ name: string; run: (sql: string) => Promise<unknown> }> {
  const name = `migrated${++count}`
  await cluster.query(`create database ${name}`)
  const run = (text: string) => cluster.query(text, [], name)
  await run(sql)
  return { name, run }
}

const read = (database: string) => readMigrations(cluster.login, database)

/** As the tools make them (columns that matter here), with one migration each, or two. */
const tables: [tool: string, sql: string, names: string[]][] = [
  [
    'Django',
    `create table django_migrations (id bigint generated always as identity, app varchar(255), name varchar(255),
       applied timestamptz default now());
     insert into django_migrations (app, name) values ('shop', '0002_price'), ('auth', '0001_initial')`,
    ['shop.0002_price', 'auth.0001_initial'],
  ],
  [
    'Prisma',
    `create table _prisma_migrations (id varchar(36), checksum varchar(64), finished_at timestamptz,
       migration_name varchar(255), logs text, rolled_back_at timestamptz, started_at timestamptz default now(),
       applied_steps_count int default 0);
     insert into _prisma_migrations (migration_name, finished_at, rolled_back_at) values
       ('20261125_init', now(), null), ('20261126_failed', null, null), ('20261127_back', now(), now())`,
    ['20261125_init'],
  ],
  [
    'Drizzle',
    `create schema drizzle;
     create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);
     insert into drizzle.__drizzle_migrations (hash, created_at) values ('0123456789abcdef', 1795617000000)`,
    ['2026-11-25 14:30:00 (01234567)'],
  ],
  [
    'golang-migrate',
    `create table schema_migrations (version bigint primary key, dirty boolean not null);
     insert into schema_migrations values (7, false)`,
    ['7'],
  ],
  [
    'Ecto',
    `create table schema_migrations (version bigint primary key, inserted_at timestamp(0));
     insert into schema_migrations values (20261125120000, now())`,
    ['20261125120000'],
  ],
  [
    'Rails',
    `create table ar_internal_metadata (key varchar primary key, value varchar);
     create table schema_migrations (version varchar primary key);
     insert into schema_migrations values ('20261125')`,
    ['20261125'],
  ],
  [
    'dbmate',
    `create table schema_migrations (version varchar(128) primary key);
     insert into schema_migrations values ('20261125')`,
    ['20261125'],
  ],
  [
    'Alembic',
    `create table alembic_version (version_num varchar(32)); insert into alembic_version values ('1975ea83b712')`,
    ['1975ea83b712'],
  ],
  [
    'Flyway',
    `create table flyway_schema_history (installed_rank int, version varchar(50), description varchar(200),
       script varchar(1000), success boolean);
     insert into flyway_schema_history values (1, '1', 'init', 'V1__init.sql', true), (2, null, 'views', 'R', true),
       (3, '2', 'broken', 'V2', false)`,
    ['1 init', 'views'],
  ],
  [
    'Liquibase',
    `create table databasechangelog (id varchar(255), author varchar(255), filename varchar(255), orderexecuted int);
     insert into databasechangelog values ('1', 'ann', 'log.xml', 1)`,
    ['log.xml::1::ann'],
  ],
  [
    'Knex',
    `create table knex_migrations (id serial, name varchar(255), batch int, migration_time timestamptz);
     insert into knex_migrations (name, batch) values ('001_init.js', 1)`,
    ['001_init.js'],
  ],
  [
    'Laravel',
    `create table migrations (id serial, migration varchar(255), batch int);
     insert into migrations (migration, batch) values ('2026_11_25_create_users', 1)`,
    ['2026_11_25_create_users'],
  ],
  [
    'TypeORM',
    `create table migrations (id serial, "timestamp" bigint, name varchar);
     insert into migrations ("timestamp", name) values (1, 'Init1')`,
    ['Init1'],
  ],
  [
    'goose',
    `create table goose_db_version (id serial, version_id bigint, is_applied boolean, tstamp timestamp);
     insert into goose_db_version (version_id, is_applied) values (1, true), (2, false)`,
    ['1'],
  ],
  [
    'SQLx',
    `create table _sqlx_migrations (version bigint primary key, description text, success boolean);
     insert into _sqlx_migrations values (1, 'init', true), (2, 'half', false)`,
    ['1 init'],
  ],
  [
    'Sequelize',
    `create table "SequelizeMeta" (name varchar(255) primary key); insert into "SequelizeMeta" values ('1-init.js')`,
    ['1-init.js'],
  ],
  [
    'Entity Framework',
    `create table "__EFMigrationsHistory" ("MigrationId" varchar(150) primary key, "ProductVersion" varchar(32));
     insert into "__EFMigrationsHistory" values ('20261125_Init', '9')`,
    ['20261125_Init'],
  ],
  [
    'MikroORM',
    `create table mikro_orm_migrations (id serial, name varchar(255), executed_at timestamptz);
     insert into mikro_orm_migrations (name) values ('Migration1')`,
    ['Migration1'],
  ],
]

describe('what tools have recorded', () => {
  for (const [tool, sql, names] of tables) {
    test(tool, async () => {
      const { records, problems } = await read((await databaseWith(sql)).name)
      assert.deepEqual(
        records.map(one => [one.tool, one.names]),
        [[tool, names]],
      )
      assert.deepEqual(problems, [])
    })
  }

  test('in every schema, the public one first', async () => {
    const table = `django_migrations (id int, app text, name text)`
    const { name } = await databaseWith(
      `create table ${table}; create schema "a.b"; create table "a.b".${table};
       insert into "a.b".django_migrations values (1, 'shop', '0001')`,
    )
    const { records } = await read(name)
    assert.deepEqual(
      records.map(one => [one.table, one.names]),
      [
        ['public.django_migrations', []],
        ['a.b.django_migrations', ['shop.0001']],
      ],
    )
  })

  test('a table of the name with other columns is none, nor is a view', async () => {
    const { name } = await databaseWith(
      `create table django_migrations (id int, title text); create table migrations (id int, place text);
       create view alembic_version as select 'x'::text as version_num`,
    )
    assert.deepEqual(await read(name), { records: [], problems: [] })
  })

  test('nothing of a user’s runs by it', async () => {
    const { name } = await databaseWith(
      `create type word as enum ('evil');
       create table log (line text);
       create function say(word) returns text language plpgsql as
         $$ begin insert into public.log values (current_user); return 'x'; end $$;
       create cast (word as text) with function say(word) as implicit;
       create table alembic_version (version_num word); insert into alembic_version values ('evil')`,
    )
    assert.deepEqual(await read(name), { records: [], problems: [] })
    assert.equal((await cluster.query('select from log', [], name)).rowCount, 0)
  })

  test('nor what stands in the condition of an index', async () => {
    const { name } = await databaseWith(
      `create table log (line text);
       create function loud() returns bool language plpgsql as
         $$ begin insert into public.log values (current_user); return true; end $$;
       create function quiet(int) returns bool language plpgsql immutable as
         $$ begin return public.loud(); end $$;
       create table alembic_version (version_num text); insert into alembic_version values ('1975ea83b712');
       create index on alembic_version (version_num) where quiet(1);
       truncate log`,
    )
    assert.deepEqual((await read(name)).records[0]?.names, ['1975ea83b712'])
    assert.equal((await cluster.query('select from log', [], name)).rowCount, 0)
  })

  test('names come in their order, with all that may stand in them', async () => {
    const { name } = await databaseWith(
      `create table django_migrations (id int, app text, name text);
       insert into django_migrations values
         (10, 'shop', E'tab\\there\\nand \\\\N'), (9, null, 'Größe'), (null, 'last', repeat('x', 500)), (2, '', '0001')`,
    )
    assert.deepEqual((await read(name)).records[0]?.names, [
      ...['0001', 'Größe', 'shop.tab\there\nand \\N', `last.${'x'.repeat(295)}`],
    ])
  })

  test('one with a row that is too large is not compared, nor one that is too large', async () => {
    const { name } = await databaseWith(
      `create table alembic_version (version_num text); insert into alembic_version values (repeat('x', 200000));
       create table kysely_migration (name text); alter table kysely_migration alter name set storage external;
       insert into kysely_migration select repeat('x', 1000000) from generate_series(1, 70)`,
    )
    const { records, problems } = await read(name)
    assert.deepEqual(records, [])
    assert.deepEqual(
      problems.map(({ text }) => text),
      ['public.alembic_version: a row of it is too large', 'public.kysely_migration: it is too large'],
    )
  })

  test('one that is locked is named, the others are read', async () => {
    const { name } = await databaseWith(
      `create table alembic_version (version_num text); create table kysely_migration (name text)`,
    )
    const holder = new pg.Client({ ...cluster.login, database: name })
    await holder.connect()
    await holder.query('begin; lock table alembic_version')
    try {
      const { records, problems } = await read(name)
      assert.deepEqual(
        records.map(({ tool }) => tool),
        ['Kysely'],
      )
      assert.deepEqual(problems, [
        { table: 'public.alembic_version', text: 'public.alembic_version: somebody holds a lock on it' },
      ])
      await until('nobody waits', async () => {
        const waiting = `select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`
        return (await cluster.query(waiting, [name])).rowCount === 0
      })
    } finally {
      await holder.end()
    }
  })

  test('a table that is too long is not half compared', async () => {
    const { name } = await databaseWith(
      `create table kysely_migration (name text); insert into kysely_migration select n from generate_series(1, 10001) n`,
    )
    const long = await read(name)
    assert.deepEqual(long.records, [])
    assert.match(long.problems[0]!.text, /more than 10000 rows/)
    const short = {
      records: [{ tool: 'Kysely', table: 'public.kysely_migration', names: ['1'] }],
      problems: [],
    }
    assert.deepEqual(migrationChanges(name, long, short).changes, [])
  })
})

describe('what tells two sides apart', () => {
  const side = (...names: string[]) => ({
    records: [{ tool: 'Django', table: 'public.django_migrations', names }],
    problems: [],
  })

  test('what is undone, newest first, and what is redone', () => {
    assert.deepEqual(migrationChanges('shop', side('1', '2', '3'), side('1', '9')), {
      ...{ database: 'shop', presence: 'both', tables: 1, problems: [] },
      changes: [
        {
          ...{ tool: 'Django', table: 'public.django_migrations', undone: ['3', '2'], redone: ['9'] },
          ...{ undone_count: 2, redone_count: 1 },
        },
      ],
    })
    assert.deepEqual(migrationChanges('shop', side('1'), side('1')).changes, [])
  })

  test('a side without the table, or without the database', () => {
    const nothing = { records: [], problems: [] }
    assert.equal(migrationChanges('shop', side('1'), nothing).changes[0]?.undone_count, 1)
    assert.equal(migrationChanges('shop', nothing, side('1')).changes[0]?.redone_count, 1)
    assert.equal(migrationChanges('shop', side('1'), null).presence, 'lost')
    assert.equal(migrationChanges('shop', null, side('1')).presence, 'gained')
  })

  test('long lists are counted whole and told in part', () => {
    const many = Array.from({ length: 150 }, (_, n) => `m${n}`)
    const [change] = migrationChanges('shop', side(...many), side()).changes
    assert.equal(change?.undone_count, 150)
    assert.equal(change?.undone.length, 100)
    assert.equal(change?.undone[0], 'm149')
  })
})
