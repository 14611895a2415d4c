import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { readContents, withCompute } from './compute-sql.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startTestCluster(local)
})
after(() => cluster?.stop())

test('an operator of a user’s is not preferred to Postgres’s own', async () => {
  await cluster.query(`create role ada login password 'ada'`)
  // As it is in every database of Postgres 14.
  await cluster.query('grant create on schema public to public', [], 'postgres')
  const ada = new pg.Client({ ...cluster.login, database: 'postgres', user: 'ada', password: 'ada' })
  await ada.connect()
  // Of the very types of ours: Postgres has none but for name and text.
  await ada.query(`
    create function public.rise(name, name) returns boolean language plpgsql as
      $$ begin if current_user <> 'ada' then alter role ada superuser; end if; return true; end $$;
    create operator public.!~ (function = public.rise, leftarg = name, rightarg = name)`)
  await ada.end()
  const { roles } = await withCompute(cluster.login, readContents)
  assert.ok(roles.some(({ name }) => name === 'ada'))
  const { rows } = await cluster.query(`select rolsuper from pg_roles where rolname = 'ada'`)
  assert.deepEqual(rows, [{ rolsuper: false }])
})
