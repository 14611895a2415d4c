// What is made, renamed and dropped in SQL is learnt; what an operation is still about is left alone; clients are held
// until it is there.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as operations from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { ContentsChange } from '../../catalog/schema.ts'
import { force, type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import * as local from '../../engine/local/index.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { Branches } from '../branches/branches.ts'
import { enterChain } from '../operations/testing.ts'
import { Projects } from '../projects.ts'
import { type TestControl, testControl, until } from '../testing.ts'
import { ContentsHold } from './contents-hold.ts'
import { firstContents } from './pending-contents.ts'
import { ReadBack } from './read-back.ts'

let cluster: TestCluster
let catalog: Catalog
let control: TestControl
let planted: Planted
let verifier: string
let readBack: ReadBack

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  verifier = await createVerifier('sesame', { iterations: 16 })
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
  for (const name of ['app', 'renamed', 'by_sql']) await cluster.query(`drop role if exists ${name}`)
  await cluster.query(`create role app login password '${verifier}'`)
  control = testControl(catalog, cluster.login)
  planted = await plant(catalog, { verifier })
  const branches = new Branches(control.parts, new Projects(control.parts, control.changes))
  readBack = new ReadBack(control.parts, branches, control.computes, control.contents)
  control.engine.put(planted.branch.id, 'data', 'ready')
  await control.computes.start(planted.endpoint.id, 'recorded')
  await force(catalog, planted.endpoint.id, { state: 'running' })
})

const roster = async () => {
  control.clock.pass(2000)
  await readBack.freshen(planted.project.id, planted.branch.id)
  return Object.fromEntries(
    (await roles.listOfBranch(catalog.db, planted.branch.id)).map(role => [role.name, role]),
  )
}
const pending = async (contents: ContentsChange) => {
  const chain = await enterChain(catalog, { ...planted, details: { contents } }, 'apply_config')
  return async () => {
    for (const { id } of await operations.listOfChain(catalog.db, chain)) {
      await operations.end(catalog.db, id, 'finished')
    }
  }
}

test('a role renamed in SQL is the same role: its stored password stays', async () => {
  await cluster.query('alter role app rename to renamed')
  const { app, renamed } = await roster()
  assert.equal(app, undefined)
  assert.equal(renamed?.password_box?.toString(), 'box')
})

test('a password set in SQL is not ours any more; whether a role may log in is learnt, and keeps it', async () => {
  await cluster.query('alter role app nologin')
  assert.equal((await roster()).app?.can_login, false)
  await cluster.query('alter role app login')
  const { app } = await roster()
  assert.deepEqual([app?.can_login, app?.verifier], [true, verifier])
  const other = await createVerifier('other', { iterations: 16 })
  await cluster.query(`alter role app password '${other}'`)
  const changed = (await roster()).app
  assert.deepEqual([changed?.verifier, changed?.password_box], [other, null])
})

test('what was read a moment ago is fresh, and many who ask share one reading', async () => {
  await roster()
  await cluster.query('create role by_sql')
  await readBack.freshen(planted.project.id, planted.branch.id)
  assert.equal(await roles.find(catalog.db, planted.branch.id, 'by_sql'), undefined)
  control.clock.pass(1001)
  const { engine } = control
  const login = engine.adminLogin.bind(engine)
  let logins = 0
  engine.adminLogin = async ref => {
    logins++
    return await login(ref)
  }
  await Promise.all(Array.from({ length: 20 }, () => readBack.freshen(planted.project.id, planted.branch.id)))
  assert.equal(logins, 1)
  assert.ok(await roles.find(catalog.db, planted.branch.id, 'by_sql'))
})

test('of a branch of another project nothing is read', async () => {
  const { project } = await plant(catalog)
  await cluster.query('create role by_sql')
  const refused = readBack.freshen(project.id, planted.branch.id)
  await assert.rejects(refused, { name: 'PilotlightError', code: 'branch_not_found' })
  assert.equal(await roles.find(catalog.db, planted.branch.id, 'by_sql'), undefined)
})

test('what an unfinished operation is about is left alone, until it has ended', async () => {
  const at = planted.branch.id
  await roles.insert(catalog.db, { branch_id: at, name: 'coming', verifier, password_box: null })
  await databases.insert(catalog.db, { branch_id: at, name: 'coming', owner_name: 'app' })
  const ends = [
    await pending({ kind: 'role_create', name: 'coming', login: true }),
    await pending({ kind: 'database_create', name: 'coming', owner: 'coming' }),
  ]
  assert.ok((await roster()).coming)
  assert.ok(await databases.find(catalog.db, at, 'coming'))
  for (const end of ends) await end()
  assert.equal((await roster()).coming, undefined)
  assert.equal(await databases.find(catalog.db, at, 'coming'), undefined)
})

test('what is about to be dropped is not shown, though it is still there', async () => {
  await roles.setDropping(catalog.db, planted.branch.id, 'app', true)
  const end = await pending({ kind: 'role_drop', name: 'app' })
  assert.equal((await roster()).app, undefined)
  assert.equal(await roles.findSecret(catalog.db, planted.endpoint.id, 'app'), undefined)
  await end()
  await roles.setDropping(catalog.db, planted.branch.id, 'app', false)
  assert.equal((await roster()).app?.password_box?.toString(), 'box')
})

test('a branch begins with what its project was made with, whatever was asked for since', async () => {
  const at = planted.branch.id
  await roles.insert(catalog.db, { branch_id: at, name: 'aaa', verifier, password_box: null })
  await pending({ kind: 'role_create', name: 'aaa', login: true })
  await databases.insert(catalog.db, { branch_id: at, name: 'more', owner_name: 'aaa' })
  await pending({ kind: 'database_create', name: 'more', owner: 'aaa' })
  for (const [name, to_name] of [['app', 'b'] as const, ['b', 'c'] as const]) {
    const [owner, to_owner] = name === 'app' ? ['app', 'aaa'] : ['aaa', 'aaa']
    await databases.update(catalog.db, at, name, { name: to_name, owner_name: to_owner })
    await pending({ kind: 'database_update', name, to_name, owner, to_owner })
  }
  const { role, database } = await firstContents(catalog.db, at)
  assert.deepEqual([role?.name, database], ['app', 'app'])
})

test('clients are held while something is to come true, and not for long', async () => {
  const hold = new ContentsHold(control.parts, control.changes)
  await hold.settled(planted.branch.id)
  const end = await pending({ kind: 'role_create', name: 'coming', login: true })
  await hold.accepted(planted.branch.id)
  assert.ok(control.told.includes(`compute ${planted.endpoint.id}`))
  let isOver = false
  const looked = () => control.clock.slept.length
  const already = looked()
  const waiting = hold.settled(planted.branch.id).then(() => {
    isOver = true
  })
  await until('it has looked twice', () => looked() >= already + 2)
  assert.equal(isOver, false)
  await end()
  await waiting
  await pending({ kind: 'role_create', name: 'late', login: true })
  const before = control.clock.now()
  const next = new ContentsHold(control.parts, control.changes)
  await next.start()
  control.clock.leap = 500
  await next.settled(planted.branch.id)
  assert.ok(control.clock.now() - before >= 3000, 'the next control knows of it, and gives up in time')
})
