// Data that was begun from other data meets its first client: what the catalog shows becomes true inside, and what is
// inside is learnt.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as roles from '../../catalog/roles.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { type TestControl, testControl } from '../testing.ts'

let cluster: TestCluster
let inside: TestCluster
let catalog: Catalog
let control: TestControl
let planted: Planted
let [old, current]: [string, string] = ['', '']

before(async () => {
  cluster = await startTestCluster(local)
  inside = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  old = await createVerifier('old', { iterations: 16 })
  current = await createVerifier('new', { iterations: 16 })
})
after(async () => {
  await cluster?.stop()
  await inside?.stop()
})
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  for (const name of ['app', 'made_in_sql', 'no_login']) await inside.query(`drop role if exists ${name}`)
  control = testControl(catalog, inside.login)
  planted = await plant(catalog, { contents: 'inherited', verifier: current })
})

const settle = async () => {
  const place = { endpointId: planted.endpoint.id, branchId: planted.branch.id }
  await control.contents.settle(place, inside.login)
  assert.equal((await branches.find(catalog.db, planted.branch.id))?.contents, 'known')
}
const verifierInside = async (role: string) =>
  (await inside.query('select rolpassword from pg_authid where rolname = $1', [role])).rows[0]?.rolpassword
const known = async () =>
  Object.fromEntries((await roles.listOfBranch(catalog.db, planted.branch.id)).map(role => [role.name, role]))

test('the password that the API shows works, whatever it was at that moment', async () => {
  await inside.query(`create role app login password '${old}'`)
  await settle()
  assert.equal(await verifierInside('app'), current)
  assert.equal((await known()).app?.password_box?.toString(), 'box')
  assert.ok(control.told.includes(`access ${planted.endpoint.id}`))
})

test('a password that was reset and not yet applied becomes the live one', async () => {
  await inside.query(`create role app login password '${old}'`)
  const next = await createVerifier('next', { iterations: 16 })
  await roles.setNext(catalog.db, planted.branch.id, 'app', {
    verifier: next,
    password_box: Buffer.from('next'),
  })
  await settle()
  const { app } = await known()
  assert.equal(await verifierInside('app'), next)
  assert.deepEqual([app?.verifier, app?.next_verifier, app?.password_box?.toString()], [next, null, 'next'])
})

test('a role whose password nobody told us keeps it', async () => {
  await inside.query(`create role app login password '${old}'`)
  await catalog.db.updateTable('roles').set({ verifier: null, password_box: null }).execute()
  await settle()
  assert.equal(await verifierInside('app'), old)
  assert.equal((await known()).app?.verifier, old)
})

test('who is there is learnt, who is not is dropped; of databases too', async () => {
  await inside.query(`create role made_in_sql login password '${old}'; create role no_login`)
  await settle()
  const roster = await known()
  assert.deepEqual(Object.keys(roster).sort(), ['made_in_sql', 'no_login'])
  assert.deepEqual([roster.made_in_sql?.verifier, roster.no_login?.verifier], [old, null])
  const list = await databases.listOfBranch(catalog.db, planted.branch.id)
  assert.deepEqual(
    list.map(({ name }) => name),
    ['catalog'],
  )
})

test('a second time changes nothing', async () => {
  await inside.query(`create role app login password '${old}'`)
  await settle()
  const before = await known()
  await branches.setContents(catalog.db, planted.branch.id, 'inherited')
  await settle()
  assert.deepEqual(await known(), before)
})
