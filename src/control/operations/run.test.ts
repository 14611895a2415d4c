import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import { plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { OperationAction } from '../../contract/operations.ts'
import { EngineError } from '../../engine/engine.ts'
import * as local from '../../engine/local/index.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { testControl, until } from '../testing.ts'
import { type OperationDefinition, OperationSkipped, type Step } from './operation.ts'
import { runChain } from './run.ts'
import { endsOf, enterChain, type Given } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let _verifier: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  _verifier = await createVerifier('sesame', { iterations: 16 })
  await cluster.query('create role app login')
  await cluster.query('create database app owner app')
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
})

type Definitions = Map<OperationAction, OperationDefinition>

const enter = (planted: Given, ...actions: OperationAction[]) => enterChain(catalog, planted, ...actions)
const ends = (chainId: string) => endsOf(catalog, chainId)

// How a chain is carried out, with operations of one step each

const noted = () => {
  const seen: string[] = []
  const known = (steps: Partial<Record<OperationAction, () => Promise<void>>>): Definitions =>
    new Map(
      Object.entries(steps).map(([name, work]) => {
        const action = name as OperationAction
        const run = async () => {
          seen.push(action)
          await work()
        }
        return [action, { action, steps: [{ name: 'only', run }] }]
      }),
    )
  return { seen, known }
}
const fine = async () => {}
const failing = (error: unknown) => async () => {
  throw error
}

test('operations of one call run in order, each to its end', async () => {
  const control = testControl(catalog, cluster.login)
  const { seen, known } = noted()
  const chain = await enter(await plant(catalog), 'create_timeline', 'start_compute', 'suspend_compute')
  await runChain(control, chain, known({ suspend_compute: fine, start_compute: fine, create_timeline: fine }))
  assert.deepEqual(seen, ['create_timeline', 'start_compute', 'suspend_compute'])
  assert.deepEqual(await ends(chain), Array(3).fill('finished after 0'))
  await runChain(control, chain, known({}))
  assert.deepEqual(await ends(chain), Array(3).fill('finished after 0'), 'what has ended is not run again')
})

test('one that fails cancels the rest, and those stay cancelled', async () => {
  const control = testControl(catalog, cluster.login)
  const { seen, known } = noted()
  const chain = await enter(await plant(catalog), 'create_timeline', 'start_compute', 'suspend_compute')
  const steps = {
    create_timeline: fine,
    start_compute: failing(new EngineError('invalid', 'no such build')),
    suspend_compute: fine,
  }
  for (let round = 0; round < 2; round++) {
    await runChain(control, chain, known(steps))
    assert.deepEqual(await ends(chain), ['finished after 0', 'failed after 1', 'cancelled after 0'])
    assert.deepEqual(seen, ['create_timeline', 'start_compute'])
  }
  assert.equal((await operations.listOfChain(catalog.db, chain))[1]?.error, 'no such build')
})

test('a chain that was broken off behind a failure is cancelled to its end', async () => {
  const control = testControl(catalog, cluster.login)
  const { seen, known } = noted()
  const chain = await enter(await plant(catalog), 'create_timeline', 'start_compute')
  const [first] = await operations.listOfChain(catalog.db, chain)
  await operations.end(catalog.db, first!.id, 'failed')
  await runChain(control, chain, known({ start_compute: fine }))
  assert.deepEqual(await ends(chain), ['failed after 0', 'cancelled after 0'])
  assert.deepEqual(seen, [])
})

const errors: { what: string; error: unknown; tries: number; text: RegExp }[] = [
  { what: 'unavailable', error: new EngineError('unavailable', 'away'), tries: 5, text: /^away$/ },
  { what: 'no capacity', error: new EngineError('no_capacity', 'disk full'), tries: 5, text: /disk full/ },
  { what: 'internal', error: new EngineError('internal', 'broken'), tries: 5, text: /broken/ },
  { what: 'stale', error: new EngineError('stale_generation', 'old'), tries: 1, text: /old/ },
  { what: 'ours, for good', error: new PilotlightError('endpoint_gone'), tries: 1, text: /not be found/ },
  {
    what: 'ours, that passes',
    error: new PilotlightError('compute_start_failed'),
    tries: 5,
    text: /started/,
  },
  { what: 'unknown', error: new Error('at /secret/path'), tries: 1, text: /^internal error; the log/ },
  { what: 'no error at all', error: 'thrown text', tries: 1, text: /^internal error; the log/ },
]
for (const { what, error, tries, text } of errors) {
  test(`${what}: tried ${tries} times, counted, told without inner details`, async () => {
    const control = testControl(catalog, cluster.login)
    const { seen, known } = noted()
    const chain = await enter(await plant(catalog), 'start_compute')
    await runChain(control, chain, known({ start_compute: failing(error) }))
    assert.equal(seen.length, tries)
    assert.equal(control.clock.slept.length, tries - 1)
    assert.deepEqual(await ends(chain), [`failed after ${tries}`])
    assert.match((await operations.listOfChain(catalog.db, chain))[0]!.error!, text)
  })
}

test('a fault that passes leaves a finished operation, and is counted', async () => {
  const control = testControl(catalog, cluster.login)
  const { known } = noted()
  const chain = await enter(await plant(catalog), 'start_compute')
  let left = 2
  const work = async () => {
    if (left-- > 0) throw new EngineError('unavailable', 'away')
  }
  await runChain(control, chain, known({ start_compute: work }))
  assert.deepEqual(await ends(chain), ['finished after 2'])
})

test('while a step waits to be tried again its operation says until when, and no longer', async () => {
  const control = testControl(catalog, cluster.login)
  const { known } = noted()
  const chain = await enter(await plant(catalog), 'start_compute')
  const retryAt = async () => (await operations.listOfChain(catalog.db, chain))[0]!.retry_at?.getTime()
  const waits: (number | undefined)[] = []
  control.clock.sleep = async delayMs => {
    waits.push((await retryAt())! - control.clock.now())
    control.clock.pass(delayMs)
  }
  await runChain(control, chain, known({ start_compute: failing(new EngineError('unavailable', 'away')) }))
  assert.deepEqual(waits, [200, 500, 1250, 3000])
  assert.equal(await retryAt(), undefined)
  assert.deepEqual(await ends(chain), ['failed after 5'])
})

test('one whose purpose is gone is skipped, and what comes behind it goes on', async () => {
  const control = testControl(catalog, cluster.login)
  const { known } = noted()
  const chain = await enter(await plant(catalog), 'suspend_compute', 'start_compute')
  await runChain(
    control,
    chain,
    known({ suspend_compute: failing(new OperationSkipped('in use')), start_compute: fine }),
  )
  assert.deepEqual(await ends(chain), ['skipped after 0', 'finished after 0'])
})

test('a start has ended once everybody can see that it runs', async () => {
  const control = testControl(catalog, cluster.login)
  const { endpoint, ...planted } = await plant(catalog)
  control.engine.put(planted.branch.id, 'data', 'ready')
  const chain = await enter({ endpoint, ...planted }, 'start_compute')
  const go = control.engine.hold('ensureRunning')
  let isOver = false
  const ran = runChain(control, chain).then(() => {
    isOver = true
  })
  await until('asked for', () => control.engine.count('ensureRunning', endpoint.id) === 1)
  await catalog.transaction(async trx => {
    await sql`select from endpoints where id = ${endpoint.id} for update`.execute(trx)
    go()
    await until('it runs', () => control.engine.phase(endpoint.id) === 'ready')
    await new Promise(resolve => setTimeout(resolve, 200))
    assert.equal(isOver, false, 'the catalog cannot have it yet')
  })
  await ran
  assert.deepEqual(await ends(chain), ['finished after 0'])
  assert.equal((await endpoints.findMany(catalog.db, [endpoint.id]))[0]?.state, 'running')
})

test('an operation that nobody defined fails', async () => {
  const control = testControl(catalog, cluster.login)
  const chain = await enter(await plant(catalog), 'tenant_ignore', 'start_compute')
  await runChain(control, chain)
  assert.deepEqual(await ends(chain), ['failed after 0', 'cancelled after 0'])
})

test('undone from the last step to the first, the failed one included, and an undo that fails stops no other', async () => {
  const control = testControl(catalog, cluster.login)
  const chain = await enter(await plant(catalog), 'start_compute')
  const undone: string[] = []
  const stepOf = (name: string, run: () => Promise<void>, undo: () => Promise<void> = fine): Step => ({
    ...{ name, run },
    undo: async () => {
      undone.push(name)
      await undo()
    },
  })
  const steps = [
    stepOf('a', fine),
    stepOf('b', fine, failing(new Error('cannot undo'))),
    stepOf('c', failing(new EngineError('invalid', 'no'))),
    stepOf('d', fine),
  ]
  await runChain(control, chain, new Map([['start_compute', { action: 'start_compute', steps }]]))
  assert.deepEqual(undone, ['c', 'b', 'a'])
  assert.deepEqual(await ends(chain), ['failed after 1'])
})

test('data of a project that was deleted while it waited is not made', async () => {
  const control = testControl(catalog, cluster.login)
  const planted = await plant(catalog, { branchState: 'init' })
  const chain = await enter(planted, 'create_timeline', 'start_compute')
  await catalog.db.updateTable('projects').set({ deleted_at: new Date() }).execute()
  await runChain(control, chain)
  assert.equal(control.engine.phase(planted.branch.id), 'gone')
  assert.deepEqual(
    (await ends(chain)).map(end => end.split(' ')[0]),
    ['finished', 'failed'],
  )
})
