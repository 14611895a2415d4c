import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as ephemerals from '../../catalog/ephemerals.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import type { PostgresBuild } from '../../engine/engine.ts'
import * as local from '../../engine/local/index.ts'
import { Branches } from '../branches/branches.ts'
import { ChangeFeed } from '../changes.ts'
import { IdleWatch } from '../computes/idle.ts'
import { Projects } from '../projects.ts'
import { testControl, until } from '../testing.ts'
import { TimeTravel } from '../time-travel/time-travel.ts'
import { runPgDump, withoutRestrictions } from './schema-pg-dump.ts'
import { runWasmPgDump } from './schema-pg-dump-wasm.ts'
import { findPgDump } from './schema-program.ts'
import { Schemas } from './schemas.ts'

let cluster: TestCluster
let catalog: Catalog
let directory: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pilotlight-schema-'))
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  await cluster.query(`create role app login`)
  for (const database of ['shop', `o'dd = "name"\\`]) {
    await cluster.query(`create database "${database.replaceAll('"', '""')}"`)
  }
  await shop(`
    create table customer (id bigint generated always as identity primary key, email text not null unique);
    create schema stock;
    create table stock.item (
      shelf int, box int, price numeric(8,2) not null,
      gross numeric generated always as (price * 1.19) stored,
      owner bigint references customer (id), primary key (box, shelf));
    alter table customer owner to app;
    create function hello() returns text language sql as $$ select 'Grüße' $$`)
})
after(async () => {
  await cluster?.stop()
  await rm(directory, { recursive: true, force: true })
})

const shop = (sql: string) => cluster.query(sql, [], 'shop')

async function given() {
  const { project, branch, endpoint } = await plant(catalog)
  const { parts, clock, computes, engine } = testControl(catalog, cluster.login)
  engine.put(branch.id, 'data', 'ready')
  const idle = new IdleWatch({ clock, logger: parts.logger, suspendIfIdle: async () => 'busy' })
  const timeTravel = new TimeTravel({ parts, computes }, idle)
  const branchDesk = new Branches(parts, new Projects(parts, new ChangeFeed()))
  const schemas = new Schemas({ parts, branches: branchDesk, computes, idle, timeTravel })
  const here = { branchId: branch.id, moment: null, field: 'timestamp' }
  return { schemas, project, branch, endpoint, engine, here, timeTravel }
}

const failsWith = (code: string, message = /./) => ({ name: 'PilotlightError', code, message })

/** Something that looks like pg_dump. */
async function program(name: string, version: string, body = ''): Promise<string> {
  const folder = await mkdtemp(join(directory, `${name}-`))
  const path = join(folder, 'pg_dump')
  await writeFile(
    path,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) ${version}"; exit; fi\n${body}\n`,
  )
  await chmod(path, 0o755)
  return folder
}

const build = (clientTools: string | null): PostgresBuild => ({
  ...{ id: 'x', major: 17, version: '17.0', source: 'system', binDir: '' },
  clientTools,
})

describe('which pg_dump', () => {
  test('the oldest that is not older than the server', async () => {
    const [old, fitting, newer] = [
      await program('a', '91.2'),
      await program('b', '92.1 (Debian 92.1-1)'),
      await program('c', '93beta1'),
    ]
    const path = [newer, old, fitting, join(directory, 'nowhere')].join(':')
    assert.deepEqual(await findPgDump(92, [], path), { path: join(fitting, 'pg_dump'), major: 92 })
    assert.deepEqual(await findPgDump(93, [], path), { path: join(newer, 'pg_dump'), major: 93 })
    assert.equal(await findPgDump(94, [], path), undefined)
  })

  test('those of a build count, and what is none does not', async () => {
    const tools = await program('d', '95.0')
    const broken = await program('e', 'none')
    assert.equal((await findPgDump(95, [build(tools), build(null)], broken))?.major, 95)
    assert.equal(await findPgDump(95, [build(broken)], ''), undefined)
  })
})

describe('a program', () => {
  const run = async (body: string, database = 'shop') => {
    const path = join(await program('run', '99.0', body), 'pg_dump')
    return await runPgDump({ path, major: 99 }, { ...cluster.login, password: 'geheim' }, database)
  }

  test('is told by its environment, never on its command line', async () => {
    const words = await run('echo "$PGPASSWORD $PGDATABASE"; echo "$@"')
    assert.match(words, /^geheim shop\n--schema-only .*--no-password/)
    assert.doesNotMatch(words.split('\n')[1]!, /geheim/)
  })

  test('that complains', async () => {
    const body = 'echo "pg_dump: error: permission denied" >&2; exit 1'
    await assert.rejects(run(body), failsWith('schema_dump_failed', /permission denied/))
  })

  test('that never stops talking is stopped', async () => {
    await assert.rejects(run('exec yes'), failsWith('schema_too_large'))
  })

  test('that is gone', async () => {
    const program = { path: join(directory, 'gone'), major: 99 }
    await assert.rejects(runPgDump(program, cluster.login, 'shop'))
  })

  test('what newer ones put around the schema is taken off', () => {
    const plain = '--\n-- PostgreSQL database dump\n--\n\n-- Dumped from\nx\n--\n-- complete\n--\n\n'
    const restricted = plain
      .replace('dump\n--\n', 'dump\n--\n\n\\restrict aB3\n')
      .replace(/\n$/, '\n\\unrestrict aB3\n\n')
    assert.equal(withoutRestrictions(restricted), plain)
    assert.equal(withoutRestrictions(plain), plain)
  })
})

describe('pg_dump in WebAssembly, on a real server', () => {
  test('the schema, whole', async () => {
    const sql = await runWasmPgDump(cluster.login, 'shop')
    assert.match(sql, /^--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17/)
    assert.match(sql, /ALTER TABLE public.customer OWNER TO app;/)
    assert.match(sql, /gross numeric GENERATED ALWAYS AS \(\(price \* 1\.19\)\) STORED/)
    assert.match(sql, /Grüße/)
    assert.match(sql, /-- PostgreSQL database dump complete\n--\n\n$/)
    assert.doesNotMatch(sql, /restrict/)
  })

  test('any name of a database, and more than one buffer of tables', async () => {
    const name = `o'dd = "name"\\`
    const many = Array.from(
      { length: 300 },
      (_, n) => `create table t${n} (id int, ${'x'.repeat(50)}${n} text)`,
    )
    await cluster.query(many.join(';'), [], name)
    const sql = await runWasmPgDump(cluster.login, name)
    assert.equal(sql.match(/CREATE TABLE/g)?.length, 300)
  })

  test('a database that is not there, a wrong password, nobody there', async () => {
    await assert.rejects(
      runWasmPgDump(cluster.login, 'none'),
      failsWith('schema_dump_failed', /"none" does not/),
    )
    const wrong = { ...cluster.login, password: 'guess' }
    await assert.rejects(runWasmPgDump(wrong, 'shop'), failsWith('schema_dump_failed', /password/))
    const nobody = { ...cluster.login, port: 1 }
    await assert.rejects(runWasmPgDump(nobody, 'shop'), failsWith('schema_dump_failed', /closed/))
  })
})

test('a server that ends the session in the middle', async () => {
  const holder = new pg.Client({ ...cluster.login, database: 'shop' })
  await holder.connect()
  await holder.query('begin; lock table customer')
  const dumping = assert.rejects(runWasmPgDump(cluster.login, 'shop'), failsWith('schema_dump_failed'))
  const end = `select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'pilotlight-control' and wait_event_type = 'Lock'`
  await until('it waits for the lock, and is ended', async () => (await cluster.query(end)).rowCount === 1)
  await dumping
  await holder.end()
})

describe('schemas of branches', () => {
  test('as SQL, through the compute of the branch', async () => {
    const { schemas, project, endpoint, engine, here } = await given()
    assert.match(await schemas.sql(project.id, here, 'shop'), /CREATE TABLE stock\.item/)
    assert.equal(engine.phase(endpoint.id), 'ready')
    await assert.rejects(schemas.sql(project.id, here, 'none'), failsWith('database_not_found'))
    const nowhere = { ...here, branchId: 'br-none' }
    await assert.rejects(schemas.sql(project.id, nowhere, 'shop'), failsWith('branch_not_found'))
  })

  test('as JSON', async () => {
    const { schemas, project, here } = await given()
    const tables = await schemas.tables(project.id, here, 'shop')
    assert.deepEqual(
      tables.map(({ schema, name }) => `${schema}.${name}`),
      ['public.customer', 'stock.item'],
    )
    assert.deepEqual(tables[0]!.columns, [
      { name: 'id', type: 'bigint', nullable: false, generated: false },
      { name: 'email', type: 'text', nullable: false, generated: false },
    ])
    assert.deepEqual(tables[1]!.columns[3], {
      ...{ name: 'gross', type: 'numeric', nullable: true, generated: true },
    })
    assert.deepEqual(tables[1]!.constraints, [
      { name: 'item_pkey', type: 'primary_key', columns: ['box', 'shelf'] },
      {
        ...{ name: 'item_owner_fkey', type: 'foreign_key', columns: ['owner'] },
        referenced_table: { schema: 'public', table: 'customer', columns: ['id'] },
      },
    ])
    await assert.rejects(schemas.tables(project.id, here, 'none'), failsWith('database_not_found'))
  })

  test('of a past moment, and of a branch without an endpoint: through a compute of its own', async () => {
    const { schemas, project, endpoint, engine, here } = await given()
    const moment = { time: '1970-01-01T00:10:00Z' }
    assert.match(await schemas.sql(project.id, { ...here, moment }, 'shop'), /CREATE TABLE/)
    assert.equal(engine.phase(endpoint.id), 'gone')
    await endpoints.remove(catalog.db, endpoint.id)
    assert.match(await schemas.sql(project.id, here, 'shop'), /CREATE TABLE/)
    const opened = (await ephemerals.list(catalog.db)).filter(row => row.project_id === project.id)
    assert.equal(opened.length, 2)
  })

  test('what tells two apart: a unified diff, from base to branch', async () => {
    const { schemas, project, here } = await given()
    const base = { ...here, branchId: undefined, field: 'base_timestamp' }
    assert.equal(await schemas.compare(project.id, here, base, 'shop'), '')
    const past = { ...here, moment: { time: '1970-01-01T00:10:00Z' } }
    // In memory all moments are the same server: what changes in between stands for what changed since.
    const sql = schemas.sql.bind(schemas)
    let asked = 0
    schemas.sql = async (...call) => {
      if (++asked === 2) await shop('alter table customer add column born date')
      return await sql(...call)
    }
    const diff = await schemas.compare(project.id, here, { ...past, field: 'base_timestamp' }, 'shop')
    assert.match(diff, /^--- a\/shop\n\+\+\+ b\/shop\n@@ -\d+,\d+ \+\d+,\d+ @@\n/)
    assert.match(diff, /\n- {4}email text NOT NULL\n\+ {4}email text NOT NULL,\n\+ {4}born date\n/)
  })
})
