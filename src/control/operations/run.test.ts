import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { OperationDetails } from '../../catalog/schema.ts'
import { type Planted, plant, startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { OperationAction } from '../../contract/operations.ts'
import { EngineError } from '../../engine/engine.ts'
import * as local from '../../engine/local/index.ts'
import { deferred } from '../../lib/deferred.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { reconcile } from '../reconcile.ts'
import { type MemoryEngine, type TestControl, testControl, until } from '../testing.ts'
import { definitions } from './index.ts'
import type { OperationDefinition, Step } from './operation.ts'
import { runChain } from './run.ts'

let cluster: TestCluster
let catalog: Catalog
let verifier: string

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  verifier = await createVerifier('sesame', { iterations: 16 })
  await cluster.query('create role app login')
  await cluster.query('create database app owner app')
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
})

type Definitions = Map<OperationAction, OperationDefinition>

/** What the operation needs to know besides. */
interface Given extends Planted {
  details?: OperationDetails
}

async function enter(planted: Given, ...actions: OperationAction[]): Promise<string> {
  const chainId = randomUUID()
  const about = { project_id: planted.project.id, branch_id: planted.branch.id }
  await operations.insertChain(
    catalog.db,
    chainId,
    actions.map(action => ({
      ...{ ...about, endpoint_id: planted.endpoint.id, action },
      details: planted.details ?? null,
    })),
  )
  return chainId
}
const ends = async (chainId: string) =>
  (await operations.listOfChain(catalog.db, chainId)).map(({ status, failures_count, finished_at }) => {
    assert.ok(finished_at, 'every operation ends')
    return `${status} after ${failures_count}`
  })

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

test('an operation that nobody defined fails', async () => {
  const control = testControl(catalog, cluster.login)
  const chain = await enter(await plant(catalog), 'import_data', 'start_compute')
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

// Every operation that there is

interface Case {
  /** What was there before. */
  given(control: TestControl): Promise<Planted>
  /** What is there afterwards. */
  achieved(control: TestControl, planted: Planted): Promise<void>
  /** What is there after it failed at any step. */
  undone?(control: TestControl, planted: Planted): Promise<void>
}

const stateOf = async (id: string) => (await endpoints.findMany(catalog.db, [id]))[0]?.state
const branchState = async (id: string) => (await branches.find(catalog.db, id))?.state

async function asleep({ engine }: TestControl): Promise<Planted> {
  const planted = await plant(catalog, { verifier, contents: 'template' })
  engine.put(planted.branch.id, 'data', 'ready')
  return planted
}
async function awake(control: TestControl): Promise<Planted> {
  const planted = await asleep(control)
  await control.computes.start(planted.endpoint.id, 'recorded')
  await until('running', async () => (await stateOf(planted.endpoint.id)) === 'running')
  return planted
}
async function runs({ engine }: TestControl, { endpoint, branch }: Planted): Promise<void> {
  await until('running', async () => (await stateOf(endpoint.id)) === 'running')
  assert.equal(engine.phase(endpoint.id), 'ready')
  assert.equal((await branches.find(catalog.db, branch.id))?.contents, 'known')
}

const cases: Partial<Record<OperationAction, Case>> = {
  create_timeline: {
    given: () => plant(catalog, { branchState: 'init', contents: 'template' }),
    async achieved({ engine }, { branch }) {
      assert.equal(engine.phase(branch.id), 'ready')
      assert.equal(await branchState(branch.id), 'ready')
    },
    async undone({ engine }, { branch }) {
      assert.equal(engine.phase(branch.id), 'gone')
      assert.equal(await branchState(branch.id), 'failed')
    },
  },
  start_compute: { given: asleep, achieved: runs },
  suspend_compute: {
    given: awake,
    async achieved({ engine }, { endpoint, branch }) {
      assert.equal(await stateOf(endpoint.id), 'suspended')
      assert.notEqual(engine.phase(endpoint.id), 'ready')
      const [role] = await roles.listOfBranch(catalog.db, branch.id)
      assert.deepEqual([role?.name, role?.verifier], ['app', verifier])
    },
  },
  apply_config: {
    async given(control) {
      const planted = await asleep(control)
      const next = {
        verifier: await createVerifier('new', { iterations: 16 }),
        password_box: Buffer.from('new'),
      }
      await roles.setNext(catalog.db, planted.branch.id, 'app', next)
      return planted
    },
    async achieved(control, planted) {
      await runs(control, planted)
      const role = await roles.find(catalog.db, planted.branch.id, 'app')
      assert.deepEqual([role?.next_verifier, role?.password_box?.toString()], [null, 'new'])
      const read = await cluster.query(`select rolpassword from pg_authid where rolname = 'app'`)
      assert.equal(read.rows[0].rolpassword, role?.verifier)
    },
  },
  delete_timeline: {
    given: awake,
    async achieved({ engine }, { branch, endpoint }) {
      assert.equal(await branchState(branch.id), undefined)
      assert.equal(await stateOf(endpoint.id), undefined)
      assert.deepEqual([engine.phase(endpoint.id), engine.phase(branch.id)], ['gone', 'gone'])
    },
  },
}

test('every operation that there is has its tests', () => {
  assert.deepEqual(Object.keys(cases).sort(), [...definitions.keys()].sort())
})

/** The definition with another work at one step; -1: at each. */
function changed(definition: OperationDefinition, at: number, run: (step: Step) => Step['run']): Definitions {
  const steps = definition.steps.map((step, index) =>
    index === at || at === -1 ? { ...step, run: run(step) } : step,
  )
  return new Map([[definition.action, { ...definition, steps }]])
}

/** Another control takes over what the last one left: the same catalog, the same engine. */
async function takeOver(engine: MemoryEngine, chain: string): Promise<TestControl> {
  engine.revive()
  const control = testControl(catalog, cluster.login, { engine })
  await reconcile(control.parts, control.computes)
  await runChain(control, chain)
  return control
}

for (const [action, definition] of definitions) {
  const { given, achieved, undone } = cases[action]!
  const begin = async () => {
    const control = testControl(catalog, cluster.login)
    const planted = await given(control)
    return { control, planted, chain: await enter(planted, action) }
  }

  test(`${action}: carried out, and a second time`, async () => {
    const { control, planted, chain } = await begin()
    await runChain(control, chain)
    assert.deepEqual(await ends(chain), ['finished after 0'])
    await achieved(control, planted)
    if (action === 'delete_timeline') return
    const again = await enter(planted, action)
    await runChain(control, again)
    assert.deepEqual(await ends(again), ['finished after 0'])
    await achieved(control, planted)
  })

  test(`${action}: each step twice leads to the same`, async () => {
    const { control, planted, chain } = await begin()
    const twice = changed(definition, -1, step => async (context, operation) => {
      await step.run(context, operation)
      await step.run(context, operation)
    })
    await runChain(control, chain, twice)
    assert.deepEqual(await ends(chain), ['finished after 0'])
    await achieved(control, planted)
  })

  for (const [at, { name }] of definition.steps.entries()) {
    for (const when of ['before', 'after'] as const) {
      test(`${action}: failed at "${name}", ${when} its work: no half of it stays, the next one succeeds`, async () => {
        const { control, planted, chain } = await begin()
        const breaking = changed(definition, at, step => async (context, operation) => {
          if (when === 'after') await step.run(context, operation)
          throw new EngineError('invalid', 'told to fail')
        })
        await runChain(control, chain, breaking)
        assert.deepEqual(await ends(chain), ['failed after 1'])
        await undone?.(control, planted)
        const next = await enter(planted, action)
        await runChain(control, next)
        assert.deepEqual(await ends(next), ['finished after 0'])
        await achieved(control, planted)
      })
    }

    test(`${action}: control dies behind "${name}"; the next one finishes it`, async () => {
      const { control, planted, chain } = await begin()
      const died = deferred<void>()
      const dying = changed(definition, at, step => async (context, operation) => {
        await step.run(context, operation)
        died.resolve()
        await new Promise<never>(() => {})
      })
      void runChain(control, chain, dying)
      await died.promise
      const next = await takeOver(control.engine, chain)
      assert.deepEqual(await ends(chain), ['finished after 0'])
      await achieved(next, planted)
    })
  }

  for (const when of ['before', 'after'] as const) {
    test(`${action}: control dies ${when} any call of the engine; the next one finishes it`, async () => {
      for (let call = 0; ; call++) {
        const { control, planted, chain } = await begin()
        const died = deferred<boolean>()
        control.engine.crashAt(call, when, () => died.resolve(true))
        const ran = runChain(control, chain).then(() => false)
        if (!(await Promise.race([died.promise, ran]))) {
          assert.ok(call > 0, 'the engine was called')
          break
        }
        const next = await takeOver(control.engine, chain)
        assert.deepEqual(await ends(chain), ['finished after 0'], `call ${call}`)
        await achieved(next, planted)
      }
    })
  }

  test(`${action}: the engine fails at any call, for a while: tried again, and finished`, async () => {
    for (const call of [
      'ensureData',
      'ensureRunning',
      'ensureStopped',
      'ensureGone',
      'adminLogin',
    ] as const) {
      const { control, planted, chain } = await begin()
      control.engine.fail(call, 'unavailable', 'unavailable')
      await runChain(control, chain)
      const [end] = await ends(chain)
      assert.match(end!, /^finished/, call)
      await achieved(control, planted)
    }
  })
}

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
