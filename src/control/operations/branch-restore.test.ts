// What definitions.test.ts does not try: a restore whose undoing is interrupted, or fails; and who waits meanwhile.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { startTestCluster, type TestCluster } from '../../catalog/testing.ts'
import { PilotlightError } from '../../contract/errors.ts'
import * as local from '../../engine/local/index.ts'
import { deferred } from '../../lib/deferred.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { reconcile } from '../reconcile.ts'
import { type TestControl, testControl } from '../testing.ts'
import { finishRestores } from './restores-finish.ts'
import { runChain } from './run.ts'
import { type Case, casesOf, endsOf, enterChain, type Given } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let restore: Case
before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  const verifier = await createVerifier('sesame', { iterations: 16 })
  await cluster.query('create role app login')
  await cluster.query('create database app owner app')
  restore = casesOf(catalog, cluster, verifier).swap_binding_id!
})
after(() => cluster?.stop())
beforeEach(async () => {
  await catalog.db.deleteFrom('projects').execute()
})

async function begin(): Promise<{ control: TestControl; given: Given; chain: string }> {
  const control = testControl(catalog, cluster.login)
  const given = await restore.given(control)
  return { control, given, chain: await enterChain(catalog, given, 'swap_binding_id') }
}
/** The new data does not open, however often it is tried. */
const broken = (control: TestControl) => control.engine.fail('ensureRunning', ...Array(20).fill('internal'))

async function nextControl({ engine }: TestControl, chain: string): Promise<TestControl> {
  engine.revive()
  engine.fail('ensureRunning')
  engine.fail('replaceData')
  const next = testControl(catalog, cluster.login, { engine })
  await reconcile(next.parts, next.computes)
  await finishRestores(next)
  await runChain(next, chain)
  return next
}

test('data that does not open: the old data is back, and the operation says so', async () => {
  const { control, given, chain } = await begin()
  broken(control)
  await runChain(control, chain)
  assert.deepEqual(await endsOf(catalog, chain), ['failed after 5'])
  control.engine.fail('ensureRunning')
  await restore.undone!(control, given)
  assert.ok((await control.computes.start(given.endpoint.id, 'recorded')).address)
})

for (const when of ['before', 'after'] as const) {
  test(`control dies ${when} any call of the engine while a restore is carried out and undone: nothing is lost`, async () => {
    for (let call = 0; ; call++) {
      const { control, given, chain } = await begin()
      broken(control)
      const died = deferred<boolean>()
      control.engine.crashAt(call, when, () => died.resolve(true))
      const ran = runChain(control, chain).then(() => false)
      if (!(await Promise.race([died.promise, ran]))) {
        assert.ok(call > 10, 'it died often enough')
        break
      }
      const next = await nextControl(control, chain)
      const [end] = await endsOf(catalog, chain)
      // Before the undoing began it is simply carried out, now that the data opens.
      if (end!.startsWith('finished')) await restore.achieved(next, given)
      else await restore.undone!(next, given)
    }
  })
}

test('old data that cannot be put back now is put back by the next control, and nobody connects until then', async () => {
  const { control, given, chain } = await begin()
  broken(control)
  control.engine.fail('replaceData', 'none', ...Array(10).fill('internal'))
  await runChain(control, chain)
  assert.match((await endsOf(catalog, chain))[0]!, /^failed/)
  assert.equal((await branches.find(catalog.db, given.branch.id))?.state, 'failed')
  await assert.rejects(
    control.computes.start(given.endpoint.id, 'recorded'),
    error => error instanceof PilotlightError && error.code === 'compute_start_failed',
  )
  const next = await nextControl(control, chain)
  await restore.undone!(next, given)
})

test('who connects meanwhile is held, does not hold the work up, and meets the new data', async () => {
  const { control, given, chain } = await begin()
  const go = control.engine.hold('replaceData')
  const ran = runChain(control, chain)
  while (control.engine.count('replaceData', given.branch.id) === 0) {
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  const waiting = control.computes.start(given.endpoint.id, 'record')
  await new Promise(resolve => setTimeout(resolve, 30))
  assert.notEqual(control.engine.phase(given.endpoint.id), 'ready')
  go()
  await ran
  assert.deepEqual(await endsOf(catalog, chain), ['finished after 0'])
  assert.equal((await waiting).endpoint.id, given.endpoint.id)
  assert.equal(control.engine.content(given.branch.id), 'new')
})
