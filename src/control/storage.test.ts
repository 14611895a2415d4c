import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as branches from '../catalog/branches.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { plant, startTestCluster, type TestCluster } from '../catalog/testing.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { Ref, Usage } from '../engine/engine.ts'
import * as local from '../engine/local/index.ts'
import { Control } from './control.ts'
import { type MemoryEngine, testControl } from './testing.ts'

let cluster: TestCluster
let catalog: Catalog
let control: Control
let engine: MemoryEngine

before(async () => {
  cluster = await startTestCluster(local)
  catalog = await cluster.openCatalog()
  const made = testControl(catalog, cluster.login)
  engine = made.engine
  control = new Control(made.parts)
})
after(() => cluster?.stop())

test('what all data takes, by project, and in batches that an engine can bear', async () => {
  const shop = await plant(catalog)
  const blog = await plant(catalog)
  for (let n = 0; n < 30; n++) {
    await branches.insert(catalog.db, {
      ...{ id: `br-${n}`, project_id: shop.project.id, parent_id: shop.branch.id, name: `dev-${n}` },
      ...{ is_default: false, creation_source: 'test', deleted_at: n === 0 ? new Date() : null },
    })
  }
  const batches: number[] = []
  engine.usage = async (refs: Ref[]): Promise<Usage[]> => {
    batches.push(refs.length)
    return refs.map(ref => ({ ref, bytes: ref.id.length, exclusiveBytes: 1, historyBytes: 2 }))
  }

  const all = await control.storage.usage()
  const found = new Map(all.map(({ project, data }) => [project.id, data]))
  assert.equal(found.get(shop.project.id)?.length, 31)
  assert.deepEqual(found.get(blog.project.id), [
    {
      ...{ id: blog.branch.id, name: 'main', kind: 'branch' },
      ...{ bytes: blog.branch.id.length, exclusiveBytes: 1, historyBytes: 2 },
    },
  ])
  assert.equal(found.get(shop.project.id)?.find(({ id }) => id === 'br-0')?.kind, 'deleted')
  assert.ok(Math.max(...batches) <= 20)

  const one = await control.storage.usage(blog.project.id)
  assert.deepEqual(
    one.map(({ project }) => project.id),
    [blog.project.id],
  )
  await assert.rejects(
    control.storage.usage('nothing'),
    (error: unknown) => error instanceof PilotlightError && error.code === 'project_not_found',
  )
})
