// Every operation that there is: carried out once and twice, failed at each step, control dead at each call of the engine.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import type { Catalog } from '../../catalog/catalog.ts'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import type { OperationAction } from '../../contract/operations.ts'
import { EngineError } from '../../engine/engine.ts'
import * as local from '../../engine/local/index.ts'
import { deferred } from '../../lib/deferred.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { reconcile } from '../reconcile.ts'
import { type MemoryEngine, type TestControl, testControl } from '../testing.ts'
import { definitions } from './index.ts'
import type { OperationDefinition, Step } from './operation.ts'
import { runChain } from './run.ts'
import { type Case, casesOf, endsOf, enterChain, type Given } from './testing.ts'

let cluster: TestCluster
/** Its rows are removed: not the catalog's. */
let emptied: TestCluster
let catalog: Catalog
let verifier: string
let exportsDir: string

before(async () => {
  exportsDir = await mkdtemp(join(tmpdir(), 'pilotlight-exports-'))
  cluster = await startTestCluster(local)
  emptied = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  verifier = await createVerifier('sesame', { iterations: 16 })
  await cluster.query('create role neon_superuser')
  await cluster.query('create role app login')
  await cluster.query('create database app owner app')
})
after(async () => {
  await cluster?.stop()
  await emptied?.stop()
  await rm(exportsDir, { recursive: true, force: true })
})
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
})

type Definitions = Map<OperationAction, OperationDefinition>
const enter = (given: Given, ...actions: OperationAction[]) => enterChain(catalog, given, ...actions)
const ends = (chainId: string) => endsOf(catalog, chainId)

test('every operation that there is has its tests', () => {
  assert.deepEqual(Object.keys(casesOf(catalog, cluster, verifier)).sort(), [...definitions.keys()].sort())
})

/** The definition with another work at one step; -1: at each. */
function changed(definition: OperationDefinition, at: number, run: (step: Step) => Step['run']): Definitions {
  const steps = definition.steps.map((step, index) =>
    index === at || at === -1 ? { ...step, run: run(step) } : step,
  )
  return new Map([[definition.action, { ...definition, steps }]])
}

/** It was to die on the way. */
const endedFirst = () => assert.fail('it ended before it came to die')

/** Another control takes over what the last one left: the same catalog, the same engine. */
async function takeOver(engine: MemoryEngine, chain: string): Promise<TestControl> {
  engine.revive()
  const control = testControl(catalog, cluster.login, { engine })
  await reconcile(control.parts, control.computes)
  await runChain(control, chain)
  return control
}

for (const [action, definition] of definitions) {
  const isEmptying = action === 'apply_schema_from_branch'
  const caseOf = () => casesOf(catalog, cluster, verifier, exportsDir)[action]!
  const begin = async () => {
    const control = testControl(catalog, isEmptying ? emptied.login : cluster.login)
    const planted = await caseOf().given(control)
    return { control, planted, chain: await enter(planted, action) }
  }
  const achieved: Case['achieved'] = (...about) => caseOf().achieved(...about)
  const again = async (control: TestControl, planted: Given) => {
    const next = (await caseOf().again?.(control, planted)) ?? planted
    const chain = await enter(next, action)
    await runChain(control, chain)
    assert.deepEqual(await ends(chain), ['finished after 0'])
    await achieved(control, next)
  }

  test(`${action}: carried out, and a second time`, async () => {
    const { control, planted, chain } = await begin()
    await runChain(control, chain)
    assert.deepEqual(await ends(chain), ['finished after 0'])
    await achieved(control, planted)
    if (!caseOf().once) await again(control, planted)
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
        await caseOf().undone?.(control, planted)
        await again(control, planted)
      })
    }

    if (definition.steps.some(({ undo }) => undo)) {
      test(`${action}: control dies while "${name}", which failed, is undone: it ends failed, and no half of it stays`, async () => {
        const { control, planted, chain } = await begin()
        const died = deferred<void>()
        const failing = changed(definition, at, () => async () => {
          throw new EngineError('invalid', 'told to fail')
        }).get(action)!
        const dying = failing.steps.map(step => ({
          ...step,
          undo: async () => {
            died.resolve()
            await new Promise<never>(() => {})
          },
        }))
        const ended = runChain(control, chain, new Map([[action, { action, steps: dying }]])).then(endedFirst)
        await Promise.race([died.promise, ended])
        const next = await takeOver(control.engine, chain)
        assert.deepEqual(await ends(chain), ['failed after 1'])
        await caseOf().undone?.(next, planted)
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
      await Promise.race([died.promise, runChain(control, chain, dying).then(endedFirst)])
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
      'replaceData',
      'ensureWindow',
      'exportData',
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
