import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import * as local from '../engine/local/index.ts'
import * as apiKeys from './api-keys.ts'
import * as branches from './branches.ts'
import type { Catalog } from './catalog.ts'
import * as consoleSessions from './console-sessions.ts'
import * as databases from './databases.ts'
import * as endpoints from './endpoints.ts'
import * as operations from './operations.ts'
import * as projects from './projects.ts'
import * as roles from './roles.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let planted: Planted
let told: string[] = []

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  planted = await plant(catalog)
  catalog.onWritten(({ table, projectId }) => told.push(`${table} ${projectId ?? '*'}`))
})
after(() => cluster?.stop())
beforeEach(() => {
  told = []
})

/** In any order, each once. */
function heard(...expected: string[]): void {
  assert.deepEqual([...new Set(told)].sort(), expected.sort())
}

test('each noun is told, with its project', async () => {
  const { project, branch, endpoint } = planted
  const { db, unsynced } = catalog
  await projects.setOverQuota(db, project.id, null, null)
  heard(`projects ${project.id}`)
  told = []
  await branches.setOverSize(db, branch.id, true)
  heard(`branches ${project.id}`)
  told = []
  await endpoints.moveState(unsynced, endpoint.id, 'starting')
  heard(`endpoints ${project.id}`)
  told = []
  await roles.insert(db, { branch_id: branch.id, name: 'ada', verifier: null, password_box: null })
  await databases.insert(db, { branch_id: branch.id, name: 'ada', owner_name: 'ada' })
  heard(`roles ${project.id}`, `databases ${project.id}`)
  told = []
  const about = { project_id: project.id, branch_id: branch.id, endpoint_id: endpoint.id }
  const operation = await operations.insertRunning(db, { ...about, action: 'start_compute' })
  await operations.end(db, operation.id, 'finished')
  heard(`operations ${project.id}`)
})

test('what is set again and again while a compute is awake is no news', async () => {
  const { endpoint } = planted
  await endpoints.markActive(catalog.unsynced, endpoint.id, new Date())
  heard()
})

test('a transaction is told once it is committed, and by whatever writes', async () => {
  const { project } = planted
  await catalog.transaction(async trx => {
    await sql`update projects set name = 'other' where id = ${project.id}`.execute(trx)
    heard()
  })
  heard(`projects ${project.id}`)
  told = []
  await catalog.unit(async () => {
    await projects.setOverQuota(catalog.db, project.id, null, null)
    heard()
    return { commit: true, value: undefined }
  })
  heard(`projects ${project.id}`)
  told = []
  await catalog.pool.query('update projects set name = $1 where id = $2', ['third', project.id])
  heard(`projects ${project.id}`)
})

test('a branch takes what is on it along, and a key its sessions', async () => {
  const other = await plant(catalog)
  told = []
  await branches.remove(catalog.db, other.branch.id)
  assert.ok(told.includes(`branches ${other.project.id}`), told.join())
  assert.ok(told.includes(`endpoints ${other.project.id}`), told.join())
  assert.ok(
    told.some(one => one === 'roles *' || one === `roles ${other.project.id}`),
    told.join(),
  )
  told = []
  const createdBy = catalog.identity.user.id
  const scope = { kind: 'personal' } as const
  const key = await apiKeys.insert(catalog.db, { name: 'ci', token: 'napi_test', createdBy, scope })
  const expiresAt = new Date(Date.now() + 3_600_000)
  await consoleSessions.insert(catalog.db, { token: 'of a browser', createdBy, openedBy: key.id, expiresAt })
  heard()
  await apiKeys.remove(catalog.db, { userId: createdBy }, key.id)
  heard('api_keys *')
  assert.equal(await apiKeys.findByToken(catalog.db, 'of a browser'), undefined)
})

test('others who write are not bothered', async () => {
  const notices: unknown[] = []
  const name = (await catalog.pool.query<{ name: string }>('select current_database() as name')).rows[0]!.name
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...cluster.login, database: name })
  client.on('notice', notice => notices.push(notice))
  await client.connect()
  try {
    await client.query('update pilotlight.roles set updated_at = now()')
    await client.query('delete from pilotlight.operations')
  } finally {
    await client.end()
  }
  assert.deepEqual([notices, told], [[], []])
})
