import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { Branches } from '../branches/branches.ts'
import { IdleWatch } from '../computes/idle.ts'
import { Projects } from '../projects.ts'
import { testControl } from '../testing.ts'
import { TimeTravel } from '../time-travel/time-travel.ts'
import { type AdvisorRequest, Advisors, lints } from './advisors.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query('create role app login')
})
after(() => cluster?.stop())

let serial = 0

/** A database with this in it. */
async function databaseWith(sql: string): Promise<string> {
  const name = `advised_${++serial}`
  await cluster.query(`create database ${name}`)
  // One statement each: VACUUM takes no company.
  for (const statement of sql.split(';\n').filter(text => text.trim() !== '')) {
    await cluster.query(statement, [], name)
  }
  return name
}

async function given() {
  const { project, branch } = await plant(catalog)
  const { parts, changes, clock, computes, engine } = testControl(catalog, cluster.login)
  engine.put(branch.id, 'data', 'ready')
  const idle = new IdleWatch({ clock, logger: parts.logger, suspendIfIdle: async () => 'busy' })
  const timeTravel = new TimeTravel({ parts, computes }, idle)
  const branches = new Branches(parts, new Projects(parts, changes))
  const advisors = new Advisors({ parts, branches, computes, idle, timeTravel })
  const issues = (request: AdvisorRequest) => advisors.issues(project.id, request)
  return { issues, branch, idle }
}

const many = `select n as id, repeat('x', 100) as text from generate_series(1, 300000) as n`

/** What it finds, what it says of it, and what is like it and all right. */
const cases: [lint: string, found: string, says: RegExp, clean: string][] = [
  [
    'rls_disabled_in_public',
    'create table public.users (id int primary key);\ngrant select on users to public',
    /^Table `public\.users` is public, but RLS has not been enabled\.$/,
    `create table public.users (id int primary key);
     grant select on users to public;
     alter table users enable row level security;
     create table mine (id int primary key);
     create schema hidden;
     create table hidden.users (id int primary key);
     grant select on hidden.users to public`,
  ],
  [
    'policy_exists_rls_disabled',
    'create table notes (id int primary key);\ncreate policy "all of it" on notes using (true)',
    /`public\.notes` has RLS policies but RLS is not enabled.*"all of it"/,
    `create table notes (id int primary key);
     alter table notes enable row level security;
     create policy everything on notes using (true)`,
  ],
  [
    'rls_enabled_no_policy',
    'create table notes (id int primary key);\nalter table notes enable row level security',
    /`public\.notes` has RLS enabled, but no policies exist/,
    `create table notes (id int primary key);
     alter table notes enable row level security;
     create policy everything on notes using (true)`,
  ],
  [
    'security_definer_view',
    `create table notes (id int primary key);
     alter table notes enable row level security;
     create view all_notes as select id from notes`,
    /View `public\.all_notes` is defined with the SECURITY DEFINER property/,
    `create table notes (id int primary key);
     alter table notes enable row level security;
     create view my_notes with (security_invoker = true) as select id from notes;
     create table plain (id int primary key);
     create view all_plain as select id from plain`,
  ],
  [
    'function_search_path_mutable',
    `create function f() returns int language sql security definer as 'select 1'`,
    /Function `public\.f` has a role mutable search_path/,
    `create function f() returns int language sql security definer set search_path = '' as 'select 1';
     create function g() returns int language sql as 'select 1'`,
  ],
  [
    'public_schema_create',
    'grant create on schema public to public',
    /lets everybody create objects/,
    'revoke create on schema public from public',
  ],
  [
    'extension_in_public',
    'create extension pg_trgm',
    /Extension `pg_trgm` is installed in the public schema/,
    'create schema extensions;\ncreate extension pg_trgm schema extensions',
  ],
  [
    'materialized_view_in_api',
    'create materialized view sums as select 1 as n;\ngrant select on sums to public',
    /Materialized view `public\.sums` can be read by everybody/,
    'create materialized view sums as select 1 as n',
  ],
  [
    'foreign_table_in_api',
    `create foreign data wrapper nothing;
     create server nowhere foreign data wrapper nothing;
     create foreign table far (id int) server nowhere;
     grant select on far to public`,
    /Foreign table `public\.far` can be read by everybody/,
    `create foreign data wrapper nothing;
     create server nowhere foreign data wrapper nothing;
     create foreign table far (id int) server nowhere`,
  ],
  [
    'no_primary_key',
    'create table heap (id int)',
    /Table `public\.heap` does not have a primary key/,
    `create table kept (id int primary key);
     create table parted (id int primary key) partition by range (id);
     create table part partition of parted for values from (0) to (10)`,
  ],
  [
    'unindexed_foreign_keys',
    `create table a (x int, y int, primary key (x, y));
     create table b (id int primary key, x int, y int, foreign key (x, y) references a);
     create index on b (id, x, y);
     create index on b (x)`,
    /Table `public\.b` has a foreign key `b_x_y_fkey` without a covering index/,
    `create table a (x int, y int, primary key (x, y));
     create table b (id int primary key, x int, y int, foreign key (x, y) references a);
     create index on b (y, x, id)`,
  ],
  [
    'unused_index',
    'create table t (id int primary key, x int);\ncreate index t_x on t (x)',
    /Index `t_x` on table `public\.t` has not been used/,
    'create table t (id int primary key, x int unique, exclude using btree (x with =))',
  ],
  [
    'duplicate_index',
    'create table t (id int primary key, x int);\ncreate index one on t (x);\ncreate index two on t (x)',
    /Table `public\.t` has identical indexes \{one,two\}/,
    `create table t (id int primary key, x int);
     create index one on t (x);
     create index two on t (x desc);
     create index three on t (x) where x > 0;
     create index four on t ((x + 1));
     create index five on t using hash (x)`,
  ],
  [
    'multiple_permissive_policies',
    `create table t (id int primary key);
     alter table t enable row level security;
     create policy one on t for select using (true);
     create policy two on t using (true)`,
    /`public\.t` has multiple permissive policies for role `public` for action `SELECT`.*\{one,two\}/,
    `create table t (id int primary key);
     alter table t enable row level security;
     create policy one on t for select using (true);
     create policy two on t for insert with check (true);
     create policy three on t as restrictive using (true)`,
  ],
  [
    'table_bloat',
    `create table t as ${many};\ndelete from t where id % 10 <> 0;\nvacuum (analyze, truncate off) t`,
    /Table `public\.t` has excessive bloat: about \d+ MB of \d+ MB/,
    `create table t as ${many};\nvacuum analyze t`,
  ],
]

for (const [name, found, says, clean] of cases) {
  test(`${name} finds its case, and not what is all right`, async () => {
    const { issues } = await given()
    const lint = lints.find(each => each.name === name)!
    const of = async (sql: string) =>
      (await issues({ database: await databaseWith(sql) })).filter(issue => issue.lint === lint)
    const [issue, ...others] = await of(found)
    assert.match(issue!.detail, says)
    assert.deepEqual(others, [])
    assert.ok(issue!.key.length > 0)
    assert.equal(typeof issue!.metadata, 'object')
    assert.deepEqual(await of(clean), [])
  })
}

test('every lint has its case, a name of its own, and a page that says what to do', () => {
  assert.deepEqual(lints.map(({ name }) => name).toSorted(), cases.map(([name]) => name).toSorted())
  for (const { remediation } of lints) assert.match(remediation, /^https:\/\//)
})

test('a new database has nothing to say, whatever its extensions', async () => {
  const { issues } = await given()
  const database = await databaseWith(
    'create schema extensions;\ncreate extension pg_stat_statements schema extensions',
  )
  assert.deepEqual(await issues({ database }), [])
})

test('by category and severity, the worst first', async () => {
  const { issues } = await given()
  const database = await databaseWith(
    `create table heap (id int);
     grant select on heap to public;
     create extension pg_trgm`,
  )
  const names = async (request: AdvisorRequest) =>
    (await issues({ database, ...request })).map(({ lint }) => lint.name)
  const all = ['rls_disabled_in_public', 'extension_in_public', 'no_primary_key']
  assert.deepEqual(await names({}), all)
  assert.deepEqual(await names({ category: 'PERFORMANCE' }), ['no_primary_key'])
  assert.deepEqual(await names({ minLevel: 'WARN' }), all.slice(0, 2))
  assert.deepEqual(await names({ category: 'PERFORMANCE', minLevel: 'ERROR' }), [])
})

test('of many that are alike, some', async () => {
  const { issues } = await given()
  const database = await databaseWith(
    `do $$ begin for n in 1..210 loop execute format('create table t%s (id int)', n); end loop; end $$`,
  )
  assert.equal((await issues({ database })).length, 200)
})

test('nothing of the user’s is called, and nothing is written', async () => {
  const { issues } = await given()
  const database = await databaseWith(
    `create table seen (id int primary key);
     create function public.format(text, variadic text[]) returns text language plpgsql
       as 'begin insert into public.seen values (1); return ''caught''; end';
     create table heap (id int)`,
  )
  const found = await issues({ database })
  assert.ok(found.every(({ detail }) => detail !== 'caught'))
  const { rows } = await cluster.query('select count(*)::int as n from seen', [], database)
  assert.equal(rows[0].n, 0)
})

test('the only database is looked at unasked; of several one has to be named, and it has to be there', async () => {
  const { issues, branch, idle } = await given()
  const failsWith = (code: string, message = /./) => ({ name: 'PilotlightError', code, message })
  await assert.rejects(issues({}), failsWith('database_not_found'), '`app` is in the catalog alone')
  await cluster.query('create database app owner app')
  assert.deepEqual(await issues({}), [])
  await databases.insert(catalog.db, { branch_id: branch.id, name: 'shop', owner_name: 'app' })
  await assert.rejects(issues({}), failsWith('advisors_database_missing', /app, shop/))
  await assert.rejects(issues({ database: 'nowhere' }), failsWith('database_not_found'))
  await assert.rejects(issues({ branchId: 'br-nowhere-0' }), failsWith('branch_not_found'))
  assert.equal(idle.isHeld(`ep-${branch.id.slice(3)}`), false)
})
