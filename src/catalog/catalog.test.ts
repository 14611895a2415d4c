import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { type ComputeState, computeMoves, computeStates, mayMove } from '../contract/compute-states.ts'
import * as local from '../engine/local/index.ts'
import { silentLogger } from '../lib/logger.ts'
import { createVerifier, parseVerifier } from '../lib/scram-verifier.ts'
import * as branches from './branches.ts'
import { type Catalog, openCatalog } from './catalog.ts'
import * as consumption from './consumption.ts'
import * as databases from './databases.ts'
import * as endpoints from './endpoints.ts'
import * as operations from './operations.ts'
import * as projects from './projects.ts'
import * as roles from './roles.ts'
import { force, plant, startTestCluster, type TestCluster } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
})
after(() => cluster?.stop())

/** Everything that makes up the tables. */
const shapeOf = async (database: string) => {
  const columns = await cluster.query(
    `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = 'pilotlight' order by 1, 2`,
    [],
    database,
  )
  const done = await cluster.query('select name, timestamp from pilotlight.kysely_migration', [], database)
  return { columns: columns.rows, migrations: done.rows }
}

test('migrations a second time change nothing, and lose nothing', async () => {
  const { project } = await plant(catalog)
  const database = (await cluster.query('select current_database() as name')).rows[0].name
  assert.equal(database, 'catalog')
  const shape = await shapeOf('catalog_0')
  assert.ok(shape.columns.length > 50)
  const again = await openCatalog({
    connection: { ...cluster.login, database: 'catalog_0' },
    logger: silentLogger,
  })
  try {
    assert.deepEqual(await shapeOf('catalog_0'), shape)
    assert.equal((await projects.find(again.db, project.id))?.id, project.id)
  } finally {
    await again.close()
  }
})

test('what a compute uses is counted while its project is held', async () => {
  const { project, branch } = await plant(catalog)
  const now = Date.now()
  await catalog.transaction(async holder => {
    assert.ok(await projects.findForUpdate(holder, project.id))
    await catalog.transaction(async trx => {
      await sql`set local lock_timeout = '5s'`.execute(trx)
      const hour = { start: now - (now % 3_600_000), active_ms: 1000n }
      await consumption.add(trx, { projectId: project.id, dataId: branch.id }, [hour], now)
    })
  })
})

test('several that open a new catalog at once all get it', async () => {
  await cluster.query('create database crowded')
  const connection = { ...cluster.login, database: 'crowded' }
  const open = () => openCatalog({ connection, logger: silentLogger })
  const catalogs = await Promise.all([open(), open(), open(), open()])
  try {
    for (const { db } of catalogs) assert.deepEqual(await projects.list(db, { limit: 1 }), [])
  } finally {
    await Promise.all(catalogs.map(opened => opened.close()))
  }
})

test('a transaction that throws leaves nothing', async () => {
  const { branch } = await plant(catalog)
  const failing = catalog.transaction(async trx => {
    await branches.moveState(trx, branch.id, 'failed')
    throw new Error('no')
  })
  await assert.rejects(failing, /no/)
  assert.equal((await branches.find(catalog.db, branch.id))?.state, 'ready')
})

// Projects

async function pages(
  page: { limit: number; search?: string },
  between: (page: projects.Project[]) => Promise<void> = async () => {},
): Promise<string[]> {
  const seen: string[] = []
  for (let after: projects.ProjectPosition | undefined; ; ) {
    const list = await projects.list(catalog.db, { ...page, after })
    assert.ok(list.length <= page.limit)
    if (list.length === 0) return seen
    seen.push(...list.map(project => project.id))
    const last = list.at(-1)!
    after = { createdAt: last.created_text, id: last.id }
    await between(list)
  }
}

test('pages of projects: newest first, each once, those of the same moment too', async () => {
  const made: string[] = []
  for (let at = 0; at < 7; at++) made.push((await plant(catalog, { name: 'paged' })).project.id)
  const moment = new Date('2026-01-01T00:00:00Z')
  const same = made.slice(1, 6)
  await catalog.db.updateTable('projects').set({ created_at: moment }).where('id', 'in', same).execute()
  // Microseconds are more than a Date holds: pages must not be cut by the rounded time.
  await sql`update projects set created_at = ${moment}::timestamptz + interval '1 microsecond'
             where id = ${same[2]}`.execute(catalog.db)
  const whole = (await projects.list(catalog.db, { limit: 100, search: 'paged' })).map(({ id }) => id)
  assert.deepEqual(whole.toSorted(), made.toSorted())
  for (const limit of [1, 2, 3, 7, 8]) assert.deepEqual(await pages({ limit, search: 'paged' }), whole)
})

test('a page goes on behind a project that was deleted meanwhile', async () => {
  const made: string[] = []
  for (let at = 0; at < 5; at++) made.push((await plant(catalog, { name: 'shrinking' })).project.id)
  const whole = (await projects.list(catalog.db, { limit: 100, search: 'shrinking' })).map(({ id }) => id)
  const seen = await pages({ limit: 2, search: 'shrinking' }, async page => {
    await catalog.db.deleteFrom('projects').where('id', '=', page.at(-1)!.id).execute()
  })
  assert.deepEqual(seen, whole)
})

test('a search takes %, _ and \\ as letters, in any case, in names and ids', async () => {
  const named = new Map<string, string>()
  for (const name of ['zq100%', 'zq100x', 'ZQa_b', 'zqaxb', 'zq\\w', "zq'; drop table projects"]) {
    named.set(name, (await plant(catalog, { name })).project.id)
  }
  const found = async (search: string) => {
    const list = await projects.list(catalog.db, { limit: 100, search })
    return list.map(({ name }) => name).sort()
  }
  assert.deepEqual(await found('zq100%'), ['zq100%'])
  assert.deepEqual(await found('zqA_B'), ['ZQa_b'])
  assert.deepEqual(await found('zq\\'), ['zq\\w'])
  assert.deepEqual(await found("zq'"), ["zq'; drop table projects"])
  assert.deepEqual(await found('zq%x'), [])
  assert.deepEqual(await found(named.get('zqaxb')!.toUpperCase()), ['zqaxb'])
  assert.equal((await found('zq')).length, 6)
})

test('a deleted project is neither found nor listed nor deleted again', async () => {
  const { project } = await plant(catalog, { name: 'going' })
  assert.ok(await projects.markDeleted(catalog.db, project.id, new Date()))
  assert.equal(await projects.find(catalog.db, project.id), undefined)
  assert.equal(await projects.markDeleted(catalog.db, project.id, new Date()), undefined)
  assert.equal(await projects.update(catalog.db, project.id, { name: 'back' }), undefined)
  assert.deepEqual(await projects.list(catalog.db, { limit: 10, search: 'going' }), [])
  assert.equal(await projects.findForUpdate(catalog.db, project.id), undefined)
})

// Endpoints

for (const from of computeStates) {
  for (const to of computeStates) {
    const allowed = mayMove(from, to)
    test(`${from} → ${to}: ${allowed ? 'moves, with a higher fence' : 'refused'}`, async () => {
      const { endpoint } = await plant(catalog)
      await force(catalog, endpoint.id, { state: from, gen: 7 })
      const moved = await endpoints.moveState(catalog.db, endpoint.id, to)
      const [now] = await endpoints.findMany(catalog.db, [endpoint.id])
      if (!allowed) {
        assert.equal(moved, undefined)
        assert.deepEqual([now?.state, now?.gen], [from, 7])
        return
      }
      assert.deepEqual([moved?.state, moved?.gen], [to, 8])
      assert.deepEqual({ ...now, project_settings: {}, over_size: false }, moved)
      assert.equal(now?.started_at !== null, to === 'running')
      assert.equal(now?.suspended_at !== null, to === 'suspended')
    })
  }
}

test('of two that move the same state at once, one does', async () => {
  const { endpoint } = await plant(catalog)
  const move = () => endpoints.moveState(catalog.db, endpoint.id, 'starting')
  const moved = (await Promise.all(Array.from({ length: 10 }, move))).filter(Boolean)
  assert.equal(moved.length, 1)
})

test('an endpoint that is gone moves nowhere', async () => {
  assert.equal(await endpoints.moveState(catalog.db, 'ep-none', 'starting'), undefined)
  assert.equal(await endpoints.startIfAsleep(catalog.db, 'ep-none'), undefined)
})

for (const state of computeStates) {
  const asleep = (computeMoves[state] as readonly ComputeState[]).includes('starting')
  test(`a wake ${asleep ? 'starts' : 'does not start'} what is ${state}`, async () => {
    const { endpoint } = await plant(catalog)
    await force(catalog, endpoint.id, { state, gen: 4 })
    const started = await endpoints.startIfAsleep(catalog.db, endpoint.id)
    const now = await endpoints.findWithBranch(catalog.db, endpoint.id)
    if (asleep) {
      assert.deepEqual(started, now)
      assert.deepEqual([now?.state, now?.gen], ['starting', 5])
    } else {
      assert.equal(started, undefined)
      assert.deepEqual([now?.state, now?.gen], [state, 4])
    }
  })
}

for (const [what, hinder] of Object.entries<(planted: Awaited<ReturnType<typeof plant>>) => Promise<unknown>>(
  {
    'whose branch is being made': ({ branch }) => branches.moveState(catalog.db, branch.id, 'init'),
    'whose branch could not be made': ({ branch }) => branches.moveState(catalog.db, branch.id, 'failed'),
    'that is disabled': ({ endpoint }) => force(catalog, endpoint.id, { disabled: true }),
    'whose project was deleted': ({ project }) => projects.markDeleted(catalog.db, project.id, new Date()),
  },
)) {
  test(`a wake does not start an endpoint ${what}`, async () => {
    const planted = await plant(catalog)
    await hinder(planted)
    assert.equal(await endpoints.startIfAsleep(catalog.db, planted.endpoint.id), undefined)
    const now = await endpoints.findWithBranch(catalog.db, planted.endpoint.id)
    assert.deepEqual([now?.state, now?.gen], ['suspended', 1])
  })
}

test('a wake hears whether a role waits for its new password', async () => {
  const { branch, endpoint } = await plant(catalog, { contents: 'template' })
  await roles.setNext(catalog.db, branch.id, 'app', { verifier: 'new', password_box: Buffer.from('new') })
  const started = await endpoints.startIfAsleep(catalog.db, endpoint.id)
  assert.deepEqual([started?.roles_pending, started?.branch_contents], [true, 'template'])
})

test('a fence is raised, never lowered', async () => {
  const { endpoint } = await plant(catalog)
  const gens: number[] = []
  for (const gen of [5, 3, 5, 9, 1]) {
    await endpoints.raiseGen(catalog.db, endpoint.id, gen)
    gens.push((await endpoints.findMany(catalog.db, [endpoint.id]))[0]!.gen)
  }
  assert.deepEqual(gens, [5, 5, 5, 9, 9])
})

test('fences of a branch’s data only grow, however many ask', async () => {
  const { branch } = await plant(catalog)
  const gens = await Promise.all(Array.from({ length: 20 }, () => branches.nextGen(catalog.db, branch.id)))
  assert.deepEqual(
    gens.map(Number).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, at) => branch.gen + 1 + at),
  )
  assert.equal(await branches.nextGen(catalog.db, 'br-none'), undefined)
})

// Roles and databases

const secret = (name: string) => ({ verifier: `verifier of ${name}`, password_box: Buffer.from(name) })
const role = async (branchId: string, name = 'app') => (await roles.find(catalog.db, branchId, name))!

test('a new password stands beside the live one until the compute has it', async () => {
  const { branch, endpoint } = await plant(catalog, { verifier: 'old' })
  await roles.setNext(catalog.db, branch.id, 'app', secret('new'))
  assert.equal((await roles.findSecret(catalog.db, endpoint.id, 'app'))?.verifier, 'old')
  assert.equal((await role(branch.id)).next_verifier, 'verifier of new')
  await roles.promoteNext(catalog.db, branch.id, 'app', 'verifier of new')
  const { verifier, password_box, next_verifier, next_password_box } = await role(branch.id)
  assert.deepEqual(
    { verifier, password_box, next_verifier, next_password_box },
    { ...secret('new'), next_verifier: null, next_password_box: null },
  )
})

test('a newer reset in between is not overwritten', async () => {
  const { branch } = await plant(catalog, { verifier: 'old' })
  await roles.setNext(catalog.db, branch.id, 'app', secret('first'))
  await roles.setNext(catalog.db, branch.id, 'app', secret('second'))
  await roles.promoteNext(catalog.db, branch.id, 'app', 'verifier of first')
  const pending = await role(branch.id)
  assert.deepEqual([pending.verifier, pending.next_verifier], ['old', 'verifier of second'])
  await roles.promoteNext(catalog.db, branch.id, 'app', 'verifier of second')
  assert.deepEqual((await role(branch.id)).password_box, Buffer.from('second'))
})

test('a role that is not there takes no password', async () => {
  const { branch } = await plant(catalog)
  assert.equal(await roles.setNext(catalog.db, branch.id, 'nobody', secret('new')), undefined)
})

test('a password set in SQL is learnt: ours is no longer known; the same verifier changes nothing', async () => {
  const { branch } = await plant(catalog, { verifier: 'ours' })
  const before = await role(branch.id)
  await roles.learn(catalog.db, branch.id, { name: 'app', verifier: 'ours', canLogin: true })
  assert.deepEqual(await role(branch.id), before)
  await roles.learn(catalog.db, branch.id, { name: 'app', verifier: 'theirs', canLogin: true })
  const after = await role(branch.id)
  assert.deepEqual([after.verifier, after.password_box], ['theirs', null])
  await roles.learn(catalog.db, branch.id, { name: 'app', verifier: null, canLogin: true })
  assert.equal((await role(branch.id)).verifier, null)
  await roles.learn(catalog.db, branch.id, { name: 'app', verifier: 'again', canLogin: true })
  assert.equal((await role(branch.id)).verifier, 'again')
})

test('learning leaves a reset that is under way alone', async () => {
  const { branch } = await plant(catalog, { verifier: 'ours' })
  await roles.setNext(catalog.db, branch.id, 'app', secret('new'))
  await roles.learn(catalog.db, branch.id, { name: 'app', verifier: 'theirs', canLogin: true })
  assert.equal((await role(branch.id)).next_verifier, 'verifier of new')
})

test('roles and databases that were made in SQL are learnt, those dropped are removed, others stay', async () => {
  const [mine, other] = [await plant(catalog), await plant(catalog)]
  await roles.learn(catalog.db, mine.branch.id, { name: 'Odd "näme"', verifier: 'v', canLogin: true })
  await databases.learn(catalog.db, mine.branch.id, 'more', 'app')
  await databases.learn(catalog.db, mine.branch.id, 'more', 'Odd "näme"')
  assert.equal((await role(mine.branch.id, 'Odd "näme"')).password_box, null)
  const names = async (branchId: string) =>
    (await databases.listOfBranch(catalog.db, branchId)).map(
      ({ name, owner_name }) => `${name} of ${owner_name}`,
    )
  assert.deepEqual(await names(mine.branch.id), ['app of app', 'more of Odd "näme"'])
  await roles.remove(catalog.db, mine.branch.id, ['app'])
  await roles.remove(catalog.db, mine.branch.id, [])
  await databases.remove(catalog.db, mine.branch.id, ['app'])
  assert.deepEqual(
    (await roles.listOfBranch(catalog.db, mine.branch.id)).map(({ name }) => name),
    ['Odd "näme"'],
  )
  assert.deepEqual(await names(other.branch.id), ['app of app'])
  assert.equal((await roles.listOfBranch(catalog.db, other.branch.id)).length, 1)
})

test('the secret of a role: not of a deleted project, another endpoint or another role', async () => {
  const { project, endpoint } = await plant(catalog, { verifier: 'v' })
  const found = await roles.findSecret(catalog.db, endpoint.id, 'app')
  assert.deepEqual(found, { project_id: project.id, verifier: 'v' })
  assert.equal(await roles.findSecret(catalog.db, endpoint.id, 'App'), undefined)
  assert.equal(await roles.findSecret(catalog.db, 'ep-none', 'app'), undefined)
  await projects.markDeleted(catalog.db, project.id, new Date())
  assert.equal(await roles.findSecret(catalog.db, endpoint.id, 'app'), undefined)
})

test('a branch takes its endpoints, roles and databases with it', async () => {
  const { branch, endpoint } = await plant(catalog)
  await branches.remove(catalog.db, branch.id)
  assert.deepEqual(await endpoints.findMany(catalog.db, [endpoint.id]), [])
  assert.deepEqual(await roles.listOfBranch(catalog.db, branch.id), [])
  assert.deepEqual(await databases.listOfBranch(catalog.db, branch.id), [])
  assert.deepEqual(await branches.whichExist(catalog.db, [branch.id]), new Set())
})

// Operations

const about = (project_id: string) => ({ project_id, branch_id: null, endpoint_id: null })

test('an operation that has ended keeps its first end', async () => {
  const { project } = await plant(catalog)
  const { id } = await operations.insertRunning(catalog.db, { ...about(project.id), action: 'start_compute' })
  await operations.end(catalog.db, id, 'failed', 'broken')
  await operations.end(catalog.db, id, 'finished')
  const ended = await operations.find(catalog.db, project.id, id)
  assert.deepEqual([ended?.status, ended?.error], ['failed', 'broken'])
  assert.equal(await operations.countUnfinished(catalog.db, project.id), 0)
})

test('pages of operations: the newest first, each once, a chain’s in reverse', async () => {
  const { project } = await plant(catalog)
  const chain = Array.from({ length: 5 }, () => ({ ...about(project.id), action: 'start_compute' as const }))
  await operations.insertChain(catalog.db, '00000000-0000-4000-8000-000000000001', chain)
  await operations.insertRunning(catalog.db, { ...about(project.id), action: 'suspend_compute' })
  const whole = await operations.listOfProject(catalog.db, project.id, { limit: 100 })
  assert.deepEqual(
    whole.map(({ position }) => position),
    [0, 4, 3, 2, 1, 0],
  )
  const seen: string[] = []
  let after: operations.OperationPlace | undefined
  for (;;) {
    const page = await operations.listOfProject(catalog.db, project.id, { limit: 2, after })
    const last = page.at(-1)
    if (!last) break
    seen.push(...page.map(({ id }) => id))
    after = { createdAt: last.created_text, position: last.position, id: last.id }
  }
  assert.deepEqual(
    seen,
    whole.map(({ id }) => id),
  )
})

test('operations are forgotten in time, wakes earlier, and what still says what is to be put back never', async () => {
  const { project } = await plant(catalog)
  const days = (count: number) => new Date(Date.now() - count * 86_400_000)
  const ended = async (daysAgo: number, how: 'call' | 'wake' | 'restore') => {
    const one = { ...about(project.id), action: 'start_compute' as const }
    const restore = {
      restore: {
        origin: { from: 'empty' as const },
        keep_as: 'x',
        preserve: false,
        parent_id: null,
        reset: false,
      },
    }
    const details = how === 'restore' ? restore : null
    const [{ id } = { id: '' }] =
      how === 'wake'
        ? [await operations.insertRunning(catalog.db, one)]
        : await operations.insertChain(catalog.db, randomUUID(), [{ ...one, details }])
    await operations.end(catalog.db, id, how === 'restore' ? 'failed' : 'finished')
    await catalog.db
      .updateTable('operations')
      .set({ finished_at: days(daysAgo) })
      .where('id', '=', id)
      .execute()
    return id
  }
  const kept = [await ended(100, 'call'), await ended(50, 'wake'), await ended(300, 'restore')]
  const gone = [await ended(200, 'call'), await ended(70, 'wake'), await ended(200, 'wake')]
  const unfinished = await operations.insertRunning(catalog.db, {
    ...about(project.id),
    action: 'start_compute',
  })
  const forget = () =>
    operations.removeEnded(catalog.db, { before: days(180), inLineBefore: days(60), limit: 2 })
  assert.deepEqual([await forget(), await forget(), await forget()], [2, gone.length - 2, 0])
  const left = (await operations.listOfProject(catalog.db, project.id, { limit: 100 })).map(({ id }) => id)
  assert.deepEqual(left.sort(), [...kept, unfinished.id].sort())
})

// Verifiers: this Postgres is also a witness.

for (const password of [
  'pencil',
  'pa\'ss "wörd" \\',
  'e\u0301\ufb01',
  'I\u00adX',
  'a\u00a0b\u1680c',
  '\ufb01\u0007',
]) {
  test(`Postgres makes the same verifier as we do of ${JSON.stringify(password)}`, async () => {
    const user = `witness_${Buffer.from(password).toString('hex')}`
    await cluster.query(`create role ${user} password '${password.replaceAll("'", "''")}'`)
    const read = await cluster.query('select rolpassword from pg_authid where rolname = $1', [user])
    const made: string = read.rows[0].rolpassword
    const { salt, iterations } = parseVerifier(made)!
    assert.equal(await createVerifier(password, { salt, iterations }), made)
  })
}
