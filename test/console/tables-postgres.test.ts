// The SQL of the console's tables, carried out by a real Postgres.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { countSql, pageSql, readRows, rowsSql, wholeValueSql } from '../../console/src/tables/browse-sql.ts'
import { readTable, readTables, tableSql, tablesSql } from '../../console/src/tables/catalog-sql.ts'
import { deleteSql, insertSql, updateSql } from '../../console/src/tables/change-sql.ts'
import { canSort } from '../../console/src/tables/column-kinds.ts'
import type { FilterOperator } from '../../console/src/tables/filter-operators.ts'
import type { Filter } from '../../console/src/tables/filters.ts'
import { operatorsOf } from '../../console/src/tables/filters.ts'
import { identifier, likePattern, literal } from '../../console/src/tables/quoting.ts'
import { type RowIdentity, rowIdentity } from '../../console/src/tables/row-identity.ts'
import { tableDefinition } from '../../console/src/tables/table-definition.ts'
import type { TableDetails } from '../../console/src/tables/table-details.ts'
import type { TableRow } from '../../console/src/tables/table-row.ts'
import { newValue } from '../../console/src/tables/value-sql.ts'
import { startTestCluster, type TestCluster } from '../../src/catalog/testing.ts'
import * as local from '../../src/engine/local/index.ts'

const odd = [
  'plain',
  'Select',
  'two words',
  `quo"te`,
  `quo''te`,
  'back\\slash',
  `\\' or 1=1 --`,
  '; drop table x; --',
  '$1 $$ $tag$',
  '/* not */ a -- comment',
  'Zoë 表 🔥',
  'line\nbreak\ttab',
  '100%_sure',
  ' ',
]

describe('the SQL of tables', () => {
  let cluster: TestCluster
  let client: pg.Client

  before(async () => {
    cluster = await startTestCluster(local)
    client = new pg.Client({
      ...cluster.login,
      database: 'catalog',
      // As the console has them: texts, as Postgres writes them.
      types: { getTypeParser: () => (text: unknown) => text },
    })
    await client.connect()
  })
  after(async () => {
    await client?.end()
    await cluster?.stop()
  })

  const run = async (sql: string): Promise<(string | null)[][]> =>
    (await client.query({ text: sql, rowMode: 'array' })).rows as (string | null)[][]
  const count = async (sql: string): Promise<number | null> => (await client.query(sql)).rowCount
  const details = async (name: string, schema = 'public'): Promise<TableDetails> => {
    const table = readTable(await run(tableSql({ schema, name })))
    assert.ok(table, name)
    return table
  }
  const browse = async (
    table: TableDetails,
    options: { filters?: Filter[]; sort?: [string, boolean][]; page?: number } = {},
  ): Promise<{ identity: RowIdentity; rows: TableRow[] }> => {
    const identity = rowIdentity(table, false)
    const sql = pageSql(table, identity, {
      filters: options.filters ?? [],
      sort: (options.sort ?? []).map(([column, isDescending]) => ({ column, isDescending })),
      page: options.page ?? 1,
    })
    return { identity, rows: readRows(table, identity, await run(sql)) }
  }
  const filter = (column: string, operator: FilterOperator, value = ''): Filter => ({
    column,
    operator,
    value,
  })
  const cells = (rows: TableRow[], column: string) => rows.map(row => row.values.get(column))

  test('texts and names come through as they are, whatever the session’s setting of backslashes', async () => {
    for (const conforming of ['on', 'off']) {
      await client.query(`SET standard_conforming_strings = ${conforming}; SET escape_string_warning = off`)
      for (const text of odd) {
        const result = await client.query({
          text: `SELECT ${literal(text)} AS ${identifier(text)}, ${literal(`x${text}y`)} LIKE ${literal(`_${likePattern(text)}_`)}`,
          rowMode: 'array',
        })
        assert.equal(result.fields[0]?.name, text)
        assert.deepEqual(result.rows[0], [text, 't'], JSON.stringify(text))
      }
      assert.deepEqual(await run(`SELECT 'aXb' LIKE ${literal(likePattern('a_b'))}`), [['f']])
    }
    await client.query('RESET standard_conforming_strings')
  })

  test('the list has every kind of table, and not Postgres’s own', async () => {
    await client.query(`
      CREATE SCHEMA kinds;
      CREATE TABLE kinds.one (id int PRIMARY KEY);
      INSERT INTO kinds.one SELECT generate_series(1, 50); ANALYZE kinds.one;
      CREATE VIEW kinds.seen AS SELECT id FROM kinds.one;
      CREATE MATERIALIZED VIEW kinds.kept AS SELECT id FROM kinds.one;
      CREATE TABLE kinds.parts (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE TABLE kinds.parts_2026 PARTITION OF kinds.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`)
    const tables = readTables(await run(tablesSql)).filter(({ schema }) => schema === 'kinds')
    assert.deepEqual(
      tables.map(({ name, kind, isPartition }) => [name, kind, isPartition]),
      [
        ['kept', 'm', false],
        ['one', 'r', false],
        ['parts', 'p', false],
        ['parts_2026', 'r', true],
        ['seen', 'v', false],
      ],
    )
    assert.equal(tables.find(({ name }) => name === 'one')?.estimatedRows, 50)
    assert.equal(tables.find(({ name }) => name === 'parts_2026')?.estimatedRows, undefined)
    const all = readTables(await run(tablesSql))
    assert.ok(!all.some(({ schema }) => schema.startsWith('pg_') || schema === 'information_schema'))

    const past = rowIdentity(await details('one', 'kinds'), true)
    assert.equal(past.kind, 'none')
    for (const name of ['seen', 'kept']) {
      const table = await details(name, 'kinds')
      assert.equal(rowIdentity(table, false).kind, 'none')
      assert.match(table.viewDefinition!, /SELECT/)
      assert.equal((await browse(table, { sort: [['id', true]] })).rows[0]?.values.get('id'), '50')
    }
    assert.deepEqual((await details('parts_2026', 'kinds')).partitionOf?.name, 'parts')
    const parts = await details('parts', 'kinds')
    assert.equal(parts.partitionKey, 'RANGE (at)')
    // It has none of its own: its rows lie in its partitions.
    assert.ok(parts.bytes > 0)
    assert.equal(parts.bytes, (await details('parts_2026', 'kinds')).bytes)
    assert.equal(readTable(await run(tableSql({ schema: 'kinds', name: 'none' }))), undefined)
  })

  test('columns, keys and what belongs to them', async () => {
    await client.query(`
      CREATE TYPE mood AS ENUM ('so so', 'good');
      CREATE DOMAIN price AS numeric(10,2) NOT NULL CHECK (VALUE >= 0);
      CREATE DOMAIN sale_price AS price;
      CREATE TABLE makers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE);
      CREATE TABLE wares (
        id bigint GENERATED BY DEFAULT AS IDENTITY,
        maker int REFERENCES makers ON DELETE CASCADE,
        name varchar(40) NOT NULL DEFAULT 'new',
        cost sale_price,
        mood mood,
        tags text[],
        twice int GENERATED ALWAYS AS (maker * 2) STORED,
        gone text,
        CONSTRAINT named PRIMARY KEY (id) INCLUDE (name),
        UNIQUE (maker), UNIQUE (name, id)
      );
      ALTER TABLE wares DROP COLUMN gone;
      CREATE INDEX wares_name ON wares (lower(name));
      CREATE UNIQUE INDEX wares_some ON wares (name) WHERE maker > 1000;
      COMMENT ON COLUMN wares.mood IS 'how it feels';
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER each_ware BEFORE UPDATE ON wares FOR EACH ROW EXECUTE FUNCTION nothing();`)
    const table = await details('wares')
    const columns = new Map(table.columns.map(column => [column.name, column]))
    assert.deepEqual([...columns.keys()], ['id', 'maker', 'name', 'cost', 'mood', 'tags', 'twice'])
    assert.equal(columns.get('id')?.identity, 'd')
    assert.equal(columns.get('name')?.type, 'character varying(40)')
    assert.match(columns.get('name')!.defaultSql!, /'new'/)
    assert.deepEqual(
      [columns.get('cost')?.type, columns.get('cost')?.baseType, columns.get('cost')?.isNullable],
      ['sale_price', 'numeric', false],
    )
    assert.deepEqual(columns.get('mood')?.enumLabels, ['so so', 'good'])
    assert.equal(columns.get('mood')?.comment, 'how it feels')
    assert.equal(columns.get('tags')?.elementType, 'text')
    assert.deepEqual(
      [columns.get('twice')?.generated, columns.get('twice')?.defaultSql],
      ['s', '(maker * 2)'],
    )
    assert.deepEqual(table.keys, [
      { isPrimary: true, columns: ['id'] },
      { isPrimary: false, columns: ['name', 'id'] },
    ])
    assert.deepEqual(
      table.foreignKeys.map(({ columns, other, otherColumns }) => [columns, other.name, otherColumns]),
      [[['maker'], 'makers', ['id']]],
    )
    assert.deepEqual((await details('makers')).referencedBy[0]?.other, { schema: 'public', name: 'wares' })
    assert.deepEqual(
      table.triggers.map(({ name }) => name),
      ['each_ware'],
    )
    assert.deepEqual(
      table.constraints.map(({ type }) => type),
      ['p', 'u', 'u', 'f'],
    )
  })

  test('what the structure says, made anew, is the same structure', async () => {
    const first = await details('wares')
    await client.query('BEGIN')
    await client.query('DROP TABLE wares')
    await client.query(tableDefinition(first))
    const again = await details('wares')
    await client.query('ROLLBACK')
    // A foreign key's name may change its place; what each is stays.
    assert.deepEqual({ ...again, bytes: 0 }, { ...first, bytes: 0 })
  })

  test('pages are in a stable order, filtered and sorted as asked', async () => {
    await client.query(`
      CREATE TABLE pages (id int PRIMARY KEY, kind text, at timestamptz, is_on boolean, doc jsonb);
      INSERT INTO pages SELECT n, CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'Kind 50%' END,
        '2026-01-01Z'::timestamptz + n * interval '1 day', n % 2 = 0, jsonb_build_object('n', n)
      FROM generate_series(1, 250) n ORDER BY n DESC;`)
    const table = await details('pages')
    const first = await browse(table)
    assert.equal(first.rows.length, 101)
    assert.deepEqual(cells(first.rows, 'id').slice(0, 3), ['1', '2', '3'])
    assert.deepEqual(cells((await browse(table, { page: 3 })).rows, 'id').slice(-1), ['250'])
    assert.deepEqual(cells((await browse(table, { sort: [['kind', true]] })).rows, 'id').slice(0, 2), [
      '2',
      '5',
    ])
    assert.deepEqual(
      cells(
        (
          await browse(table, {
            sort: [
              ['is_on', false],
              ['id', true],
            ],
          })
        ).rows,
        'id',
      ).slice(0, 1),
      ['249'],
    )

    const counted = async (...filters: Filter[]) => Number((await run(countSql(table, filters)))[0]?.[0])
    assert.equal(await counted(), 250)
    assert.equal(await counted(filter('kind', 'null')), 83)
    assert.equal(await counted(filter('kind', '=', '')), 84)
    assert.equal(await counted(filter('kind', '<>', '')), 166)
    assert.equal(await counted(filter('kind', 'contains', 'kind 50%')), 83)
    assert.equal(await counted(filter('kind', 'contains', '5%0')), 0)
    assert.equal(await counted(filter('kind', 'starts', 'kind')), 0)
    assert.equal(await counted(filter('id', 'starts', '25')), 2)
    assert.equal(await counted(filter('id', '>=', '200'), filter('is_on', '=', 'true')), 26)
    assert.equal(await counted(filter('at', '<', '2026-01-11')), 9)
    assert.equal(await counted(filter('doc', '=', '{"n": 7}')), 1)
    assert.equal(await counted(filter('no such column', '=', '1')), 250)
    await assert.rejects(counted(filter('id', '=', 'x')), /invalid input syntax/)
    for (const column of table.columns) {
      const text = first.rows[3]?.values.get(column.name) ?? ''
      for (const operator of operatorsOf(column)) await counted(filter(column.name, operator, text))
    }
  })

  test('a value of any type is found again as it was read, and a changed one is not', async () => {
    await client.query(`
      CREATE EXTENSION IF NOT EXISTS citext;
      CREATE TYPE pair AS (a int, b text);
      CREATE DOMAIN amount AS numeric(8,2) CHECK (VALUE > 0);
      CREATE TABLE every (id int PRIMARY KEY, ${everyType.map(([type], at) => `c${at} ${type}`).join(', ')});
      INSERT INTO every VALUES (1, ${everyType.map(([type, text]) => `${literal(text)}::${type}`).join(', ')});`)
    const table = await details('every')
    const { identity, rows } = await browse(table)
    for (const [at, [type, , other]] of everyType.entries()) {
      const column = `c${at}`
      const old = rows[0]!.values.get(column) ?? null
      const change = (from: string | null, to: string | null) =>
        count(updateSql(table, identity, rows[0]!, new Map([[column, { old: from, next: newValue(to) }]])))
      assert.equal(await change(old, other), 1, `${type}: ${old}`)
      assert.equal(await change(old, other), 0, `${type}: the old value is no more`)
      const now = (await browse(table)).rows[0]!.values.get(column) ?? null
      assert.equal(await change(now, null), 1, `${type}: ${now}`)
      assert.equal(await change(null, old), 1, `${type} from NULL`)
      assert.equal((await browse(table)).rows[0]!.values.get(column), old, type)
    }
  })

  test('a column of any type is filtered by each of its operators, and sorted', async () => {
    const table = await details('every')
    const { rows } = await browse(table)
    for (const column of table.columns) {
      const text = rows[0]!.values.get(column.name) ?? ''
      for (const operator of operatorsOf(column)) {
        const isHere = !['<>', '<', '>', 'null'].includes(operator)
        const { rows: found } = await browse(table, { filters: [filter(column.name, operator, text)] })
        assert.equal(found.length, isHere ? 1 : 0, `${column.type} ${operator} ${text}`)
      }
      if (canSort(column))
        for (const isDescending of [false, true]) await browse(table, { sort: [[column.name, isDescending]] })
    }
  })

  test('long values are cut, and come whole when asked for', async () => {
    await client.query(`
      CREATE TABLE long (id text PRIMARY KEY, body text, doc jsonb, raw bytea, fits text);
      INSERT INTO long VALUES (repeat('k', 900), repeat('🔥', 700), jsonb_build_object('a', repeat('x', 800)),
        decode(repeat('ab', 900), 'hex'), repeat('🔥', 500));`)
    const table = await details('long')
    const { identity, rows } = await browse(table)
    const [row] = rows
    assert.deepEqual([...row!.cut], ['body', 'doc', 'raw'])
    assert.equal(row!.values.get('id')?.length, 900)
    assert.equal(row!.values.get('body'), '🔥'.repeat(500))
    assert.equal(row!.values.get('raw'), `\\x${'ab'.repeat(250)}`)
    const whole = async (name: string) =>
      (await run(wholeValueSql(table, identity, row!, table.columns.find(one => one.name === name)!)))[0]?.[0]
    assert.equal(await whole('body'), '🔥'.repeat(700))
    assert.equal((await whole('doc'))?.length, '{"a": ""}'.length + 800)
    assert.equal((await whole('raw'))?.length, 2 + 1800)
    const again = readRows(
      table,
      identity,
      await run(rowsSql(table, identity, rows, new Set(['doc']))),
      new Set(['doc']),
    )
    assert.deepEqual([...again[0]!.cut], ['body', 'raw'])
    assert.equal(again[0]?.id, row?.id)
  })

  test('rows are added, changed and deleted under the oddest names', async () => {
    const columns = odd.map(name => `${identifier(name)} text`).join(', ')
    for (const name of odd) {
      const at = { schema: `s ${name}`.slice(0, 20), name }
      await client.query(`
        CREATE SCHEMA ${identifier(at.schema)};
        CREATE TABLE ${identifier(at.schema)}.${identifier(name)} (${columns}, PRIMARY KEY (${identifier(name)}));`)
      const table = await details(name, at.schema)
      assert.equal(await count(insertSql(table, new Map(odd.map(one => [one, newValue(one)])))), 1)
      const { identity, rows } = await browse(table, {
        filters: odd.map(one => filter(one, '=', one)),
        sort: [[name, true]],
      })
      assert.deepEqual(
        odd.map(one => rows[0]?.values.get(one)),
        odd,
      )
      const changes = new Map(odd.map(one => [one, { old: one, next: newValue(`${one}!`) }]))
      assert.equal(await count(updateSql(table, identity, rows[0]!, changes)), 1)
      const changed = await browse(table)
      assert.deepEqual(
        odd.map(one => changed.rows[0]?.values.get(one)),
        odd.map(one => `${one}!`),
      )
      assert.equal(await count(deleteSql(table, identity, rows[0]!)), 0)
      assert.equal(await count(deleteSql(table, identity, changed.rows[0]!)), 1)
    }
  })

  test('defaults stay Postgres’s own', async () => {
    const table = await details('wares')
    await client.query("INSERT INTO makers (code) VALUES ('a')")
    assert.equal(await count(insertSql(table, new Map([['cost', newValue('1.50')]]))), 1)
    assert.equal(
      await count(
        insertSql(
          table,
          new Map([
            ['cost', newValue('2')],
            ['name', { kind: 'default' }],
            ['tags', newValue('{a,"b c"}')],
          ]),
        ),
      ),
      1,
    )
    const { identity, rows } = await browse(table)
    assert.deepEqual(cells(rows, 'name'), ['new', 'new'])
    assert.deepEqual(cells(rows, 'tags'), [null, '{a,"b c"}'])
    const change = new Map([['name', { old: 'new', next: { kind: 'default' as const } }]])
    assert.equal(await count(updateSql(table, identity, rows[0]!, change)), 1)
    await client.query('CREATE TABLE only_defaults (id serial PRIMARY KEY)')
    assert.equal(await count(insertSql(await details('only_defaults'), new Map())), 1)
  })

  test('without a key a row is known by its version, in partitions too', async () => {
    await client.query(`
      CREATE TABLE keyless (a int, b text);
      INSERT INTO keyless VALUES (1, 'same'), (1, 'same');
      CREATE TABLE split (a int, b text) PARTITION BY LIST (a);
      CREATE TABLE split_1 PARTITION OF split FOR VALUES IN (1);
      CREATE TABLE split_2 PARTITION OF split FOR VALUES IN (2);
      INSERT INTO split VALUES (1, 'same'), (2, 'same');`)
    for (const name of ['keyless', 'split']) {
      const table = await details(name)
      const { identity, rows } = await browse(table)
      assert.equal(identity.kind, 'version')
      assert.equal(new Set(rows.map(({ id }) => id)).size, 2)
      const change = new Map([['b', { old: 'same', next: newValue('other') }]])
      assert.equal(await count(updateSql(table, identity, rows[0]!, change)), 1, name)
      assert.equal(await count(updateSql(table, identity, rows[0]!, change)), 0, name)
      assert.equal(await count(deleteSql(table, identity, rows[0]!)), 0, name)
      assert.equal(await count(deleteSql(table, identity, rows[1]!)), 1, name)
      assert.deepEqual(cells((await browse(table)).rows, 'b'), ['other'])
    }
  })

  test('rows of tables that inherit, and of foreign partitions, are not taken for each other', async () => {
    await client.query(`
      CREATE TABLE parent (id int PRIMARY KEY, b text);
      CREATE TABLE heir (c text) INHERITS (parent);
      INSERT INTO parent VALUES (1, 'same'); INSERT INTO heir VALUES (1, 'same', 'c');
      CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
      CREATE TABLE mixed (a int, b text) PARTITION BY LIST (a);
      CREATE TABLE mixed_1 PARTITION OF mixed FOR VALUES IN (1);
      CREATE FOREIGN TABLE mixed_2 PARTITION OF mixed FOR VALUES IN (2) SERVER far;`)
    const table = await details('parent')
    const { identity, rows } = await browse(table)
    assert.equal(identity.kind, 'version')
    assert.equal(new Set(rows.map(({ id }) => id)).size, 2)
    assert.equal(await count(deleteSql(table, identity, rows[0]!)), 1)
    assert.equal((await browse(table)).rows[0]?.id, rows[1]?.id)
    const mixed = rowIdentity(await details('mixed'), false)
    assert.ok(mixed.kind === 'none' && mixed.because.includes('foreign'))
    assert.equal(rowIdentity(await details('mixed_1'), false).kind, 'version')
    assert.equal(rowIdentity(await details('mixed_2'), false).kind, 'none')
  })

  test('a role sees what it may read, and is told what it may not do', async () => {
    await client.query(`
      CREATE ROLE reader; GRANT USAGE ON SCHEMA public TO reader;
      CREATE TABLE guarded (id int PRIMARY KEY, open text, secret text);
      CREATE TABLE looked_at (id int PRIMARY KEY);
      GRANT SELECT (id, open) ON guarded TO reader; GRANT SELECT ON looked_at TO reader;
      INSERT INTO guarded VALUES (1, 'a', 'b');
      SET ROLE reader;`)
    try {
      const guarded = await details('guarded')
      const { identity, rows } = await browse(guarded)
      assert.ok(identity.kind === 'none' && identity.because.includes('not read all columns'))
      assert.deepEqual([...rows[0]!.values.keys()], ['id', 'open'])
      const lookedAt = rowIdentity(await details('looked_at'), false)
      assert.ok(lookedAt.kind === 'none' && lookedAt.because.includes('nothing more'))
    } finally {
      await client.query('RESET ROLE')
    }
  })
})

/** A type, a value, and another. */
const everyType: [type: string, text: string, other: string][] = [
  ['smallint', '-7', '8'],
  ['bigint', '9223372036854775807', '-1'],
  ['numeric', '12345678901234567890.123456789', 'NaN'],
  ['numeric(10,2)', '1.50', '1.51'],
  ['real', '0.1', '1e20'],
  ['double precision', '0.1', '-Infinity'],
  ['money', '12.50', '1'],
  ['boolean', 't', 'f'],
  ['text', `it's \\ "x"`, ''],
  ['varchar(10)', ' a ', 'b'],
  ['char(5)', 'ab', 'abc'],
  ['"char"', 'x', 'y'],
  ['name', 'x y', 'z'],
  ['citext', 'Abc', 'aBc'],
  ['bytea', '\\x00ff27', '\\x'],
  ['date', '2026-11-25', 'infinity'],
  ['time', '18:30:00.123456', '00:00:00'],
  ['timetz', '18:30:00+02', '18:30:00+03'],
  ['timestamp', '0044-03-15 12:00:00 BC', '2026-01-01 00:00:00'],
  ['timestamptz', '2026-11-25 18:30:00.5+00', '2026-11-25 18:30:00+00'],
  ['interval', '1 day', '24:00:00'],
  ['uuid', '123e4567-e89b-12d3-a456-426614174000', '00000000-0000-0000-0000-000000000000'],
  ['inet', '192.0.2.1', '192.0.2.0/24'],
  ['cidr', '10.0.0.0/8', '::/0'],
  ['macaddr', '08:00:2b:01:02:03', '08:00:2b:01:02:04'],
  ['json', '{"b": 1,  "a":[1]}', '{"a": 1}'],
  ['jsonb', '{"b": 1, "a": "\\u00e9"}', '[]'],
  ['xml', '<a>b</a>', '<a/>'],
  ['bit(4)', '1010', '1011'],
  ['int4range', '[1,5)', 'empty'],
  ['tsvector', `'fat' 'rat'`, `'cat'`],
  ['point', '(1,2)', '(1,3)'],
  ['circle', '<(0,0),2>', '<(1,0),2>'],
  ['int[]', '{1,NULL,3}', '{}'],
  ['text[]', '{"a b","c\\"d",NULL,"NULL"}', '{{a},{b}}'],
  ['boolean[]', '{t,f}', '{f}'],
  ['pair', '(1,"a b")', '(2,)'],
  ['mood', 'so so', 'good'],
  ['amount', '3.10', '4'],
  ['oid', '42', '43'],
]
