// For tests of operations: how one is entered, how it ended, and for each action what is there before, what it leads to,
// and what is left of it where it fails.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as branches from '../../catalog/branches.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import type { OperationDetails, RestoreDetails } from '../../catalog/schema.ts'
import { type Planted, plant, type TestCluster } from '../../catalog/testing.ts'
import type { OperationAction } from '../../contract/operations.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { type TestControl, until } from '../testing.ts'

/** What the operation needs to know besides. */
export interface Given extends Planted {
  details?: OperationDetails
}

export async function enterChain(
  catalog: Catalog,
  planted: Given,
  ...actions: OperationAction[]
): Promise<string> {
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

/** `finished after 0` failures, … */
export async function endsOf(catalog: Catalog, chainId: string): Promise<string[]> {
  return (await operations.listOfChain(catalog.db, chainId)).map(
    ({ status, failures_count, finished_at }) => {
      assert.ok(finished_at, 'every operation ends')
      return `${status} after ${failures_count}`
    },
  )
}

export interface Case {
  /** What was there before. */
  given(control: TestControl): Promise<Given>
  /** What is there afterwards. */
  achieved(control: TestControl, given: Given): Promise<void>
  /** What is there after it failed at any step. */
  undone?(control: TestControl, given: Given): Promise<void>
  /** For those that cannot simply be entered again. */
  again?(control: TestControl, given: Given): Promise<Given>
  /** After it nothing is there that it could be entered for. */
  once?: true
}

let kept = 0

export function casesOf(
  catalog: Catalog,
  cluster: TestCluster,
  verifier: string,
  exportsDir = tmpdir(),
): Partial<Record<OperationAction, Case>> {
  const { db } = catalog
  const stateOf = async (id: string) => (await endpoints.findMany(db, [id]))[0]?.state
  const branchOf = async (id: string) => (await branches.find(db, id))!
  const branchState = async (id: string) => (await branches.find(db, id))?.state

  async function asleep({ engine }: TestControl): Promise<Given> {
    const planted = await plant(catalog, { verifier, contents: 'template' })
    engine.put(planted.branch.id, 'data', 'ready')
    return planted
  }
  async function awake(control: TestControl): Promise<Given> {
    const planted = await asleep(control)
    await control.computes.start(planted.endpoint.id, 'recorded')
    await until('running', async () => (await stateOf(planted.endpoint.id)) === 'running')
    return planted
  }
  async function runs({ engine }: TestControl, { endpoint, branch }: Planted): Promise<void> {
    await until('running', async () => (await stateOf(endpoint.id)) === 'running')
    assert.equal(engine.phase(endpoint.id), 'ready')
    assert.equal((await branchOf(branch.id)).contents, 'known')
  }
  async function noInternal(branchId: string): Promise<void> {
    assert.ok((await endpoints.listOfBranch(db, branchId)).every(({ internal }) => !internal))
  }

  /** Another branch of the project, with data that can be told apart. */
  async function other({ project }: Planted, name: string, parentId: string | null = null) {
    const branch = await branches.insert(db, {
      ...{ id: `br-${name}-${project.id}`, project_id: project.id, parent_id: parentId, name },
      ...{ is_default: false, creation_source: 'test', contents: 'known' },
    })
    return branch.id
  }
  async function withChild(control: TestControl, schemaOnly: boolean): Promise<Given> {
    const planted = await asleep(control)
    control.engine.put(planted.branch.id, 'data', 'ready', 1, 'of the parent')
    const id = await other(planted, 'child', schemaOnly ? null : planted.branch.id)
    const child = await branches.update(db, id, {
      origin: { from: 'branch', source: planted.branch.id, at: { head: true } },
      contents: 'inherited',
      init_source: schemaOnly ? 'schema-only' : 'parent-data',
    })
    await roles.replaceAll(db, planted.branch.id, id)
    await databases.replaceAll(db, planted.branch.id, id)
    return { ...planted, branch: child! }
  }

  async function makingRole(planted: Planted): Promise<Given> {
    const about = { branch_id: planted.branch.id, name: 'made', password_box: null }
    await roles.insert(db, { ...about, verifier: await createVerifier('made', { iterations: 16 }) })
    return { ...planted, details: { contents: { kind: 'role_create', name: 'made', login: true } } }
  }
  const verifierInside = async (role: string) =>
    (await cluster.query('select rolpassword from pg_authid where rolname = $1', [role])).rows[0]?.rolpassword

  /** `source` undefined: from itself. */
  async function restore(planted: Planted, source: string | undefined, preserve: boolean): Promise<Given> {
    const { project, branch } = planted
    const row = await branches.insert(db, {
      ...{ id: `br-kept-${++kept}-${project.id}`, project_id: project.id, parent_id: null },
      ...{ name: `kept ${kept}`, kind: preserve ? 'branch' : 'kept' },
      ...{ is_default: false, creation_source: 'test' },
    })
    const details: RestoreDetails = {
      origin: { from: 'branch', source: source ?? branch.id, at: source ? { head: true } : { lsn: '0/7' } },
      ...{ keep_as: row.id, preserve, parent_id: source ?? row.id, reset: false },
    }
    return { ...planted, details: { restore: details } }
  }
  const keptOf = (given: Given) => given.details!.restore!.keep_as

  return {
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
    create_branch: {
      given: control => withChild(control, false),
      async achieved({ engine }, { branch }) {
        assert.equal(engine.content(branch.id), 'of the parent')
        const row = await branchOf(branch.id)
        assert.deepEqual([row.state, row.parent_lsn], ['ready', '0/2000'])
      },
      async undone({ engine }, { branch }) {
        assert.equal(engine.phase(branch.id), 'gone')
        assert.equal(await branchState(branch.id), 'failed')
      },
    },
    import_data: {
      async given() {
        const planted = await plant(catalog, { branchState: 'init', contents: 'inherited' })
        await branches.update(db, planted.branch.id, { origin: { from: 'directory', path: '/somewhere' } })
        return planted
      },
      async achieved({ engine }, { branch }) {
        assert.equal(engine.content(branch.id), 'directory /somewhere')
        assert.equal(await branchState(branch.id), 'ready')
      },
      async undone({ engine }, { branch }) {
        assert.equal(engine.phase(branch.id), 'gone')
        assert.equal(await branchState(branch.id), 'failed')
      },
    },
    apply_schema_from_branch: {
      async given(control) {
        const given = await withChild(control, true)
        control.engine.put(given.branch.id, 'data', 'ready', 1, 'of the parent')
        return given
      },
      async achieved({ engine }, { branch }) {
        assert.equal(await branchState(branch.id), 'ready')
        assert.equal(engine.windowSeconds(branch.id), 0)
        await noInternal(branch.id)
      },
      async undone({ engine }, { branch }) {
        assert.deepEqual([engine.phase(branch.id), await branchState(branch.id)], ['gone', 'failed'])
        await noInternal(branch.id)
      },
      async again(control, given) {
        control.engine.put(given.branch.id, 'data', 'ready', 1_000_000, 'of the parent')
        await db.updateTable('branches').set({ gen: 1_000_001 }).where('id', '=', given.branch.id).execute()
        return given
      },
    },
    swap_binding_id: {
      async given(control) {
        const planted = await awake(control)
        control.engine.put(planted.branch.id, 'data', 'ready', 1, 'old')
        const source = await other(planted, 'source')
        control.engine.put(source, 'data', 'ready', 1, 'new')
        return await restore(planted, source, true)
      },
      async achieved(control, given) {
        const { branch, details } = given
        await runs(control, given)
        assert.equal(control.engine.content(branch.id), 'new')
        const [row, keptRow] = [await branchOf(branch.id), await branchOf(keptOf(given))]
        assert.deepEqual([row.state, row.parent_id], ['ready', details!.restore!.parent_id])
        assert.equal(keptRow.state, 'ready')
        assert.ok(['old', 'new'].includes(control.engine.content(keptRow.id)!))
        assert.deepEqual(
          (await roles.listOfBranch(db, keptRow.id)).map(({ name }) => name),
          (await roles.listOfBranch(db, branch.id)).map(({ name }) => name),
        )
        await noInternal(branch.id)
      },
      async undone({ engine }, given) {
        const { branch } = given
        assert.equal(engine.content(branch.id), 'old')
        const row = await branchOf(branch.id)
        assert.deepEqual([row.state, row.parent_id, row.contents], ['ready', null, 'known'])
        assert.equal(await branchState(keptOf(given)), undefined)
        assert.equal(engine.phase(keptOf(given)), 'gone')
        assert.equal(engine.phase(`${keptOf(given)}-undone`), 'gone')
        const [role] = await roles.listOfBranch(db, branch.id)
        assert.deepEqual([role?.name, role?.verifier], ['app', verifier])
      },
      again: (_, given) => {
        const { origin } = given.details!.restore!
        return restore(given, origin.from === 'branch' ? origin.source : undefined, true)
      },
    },
    update_catalog: {
      async given(control) {
        const planted = await awake(control)
        const id = await other(planted, 'restored')
        control.engine.put(id, 'data', 'ready', 1, 'of the snapshot')
        await branches.moveState(db, id, 'ready')
        const restored = await branches.update(db, id, {
          ...{ restore_status: 'restored', restored_from: 'snap-1', restored_as: planted.branch.id },
        })
        await roles.replaceAll(db, planted.branch.id, id)
        const details = { finalize: { replaced_name: 'main (old)', restored_name: 'restored' } }
        return { ...planted, branch: restored!, details }
      },
      async achieved(control, given) {
        await runs(control, given)
        const endpoint = (await endpoints.findMany(db, [given.endpoint.id]))[0]
        assert.equal(endpoint?.branch_id, given.branch.id)
        const restored = await branchOf(given.branch.id)
        const target = await branchOf(restored.restored_as!)
        assert.deepEqual(
          [restored.name, restored.is_default, restored.restore_status, restored.state],
          ['main', true, 'finalized', 'ready'],
        )
        assert.deepEqual([target.name, target.is_default, target.state], ['main (old)', false, 'ready'])
      },
      async undone(_, given) {
        const endpoint = (await endpoints.findMany(db, [given.endpoint.id]))[0]
        const restored = await branchOf(given.branch.id)
        const target = await branchOf(restored.restored_as!)
        assert.equal(endpoint?.branch_id, target.id)
        assert.deepEqual(
          [restored.name, restored.restore_status, restored.state],
          ['restored', 'restored', 'ready'],
        )
        assert.deepEqual([target.name, target.is_default, target.state], ['main', true, 'ready'])
      },
    },
    start_compute: { given: asleep, achieved: runs },
    suspend_compute: {
      given: awake,
      async achieved({ engine }, { endpoint, branch }) {
        assert.equal(await stateOf(endpoint.id), 'suspended')
        assert.notEqual(engine.phase(endpoint.id), 'ready')
        const [role] = await roles.listOfBranch(db, branch.id)
        assert.deepEqual([role?.name, role?.verifier], ['app', verifier])
      },
    },
    // A new password of one role, and another role.
    apply_config: {
      async given(control) {
        const planted = await asleep(control)
        await cluster.query('drop role if exists made')
        const next = {
          verifier: await createVerifier('new', { iterations: 16 }),
          password_box: Buffer.from('new'),
        }
        await roles.setNext(db, planted.branch.id, 'app', next)
        return await makingRole(planted)
      },
      async achieved(control, planted) {
        await runs(control, planted)
        const role = await roles.find(db, planted.branch.id, 'app')
        assert.deepEqual([role?.next_verifier, role?.password_box?.toString()], [null, 'new'])
        assert.equal(await verifierInside('app'), role?.verifier)
        const made = await roles.find(db, planted.branch.id, 'made')
        assert.equal(await verifierInside('made'), made?.verifier)
      },
      async undone(_, planted) {
        assert.equal(await roles.find(db, planted.branch.id, 'made'), undefined)
      },
      async again(_, planted) {
        await cluster.query('drop role if exists made')
        await roles.remove(db, planted.branch.id, ['made'])
        return await makingRole(planted)
      },
    },
    apply_storage_config: {
      async given(control) {
        const planted = await asleep(control)
        await db.updateTable('projects').set({ history_retention_seconds: 3600 }).execute()
        // One whose data is still to be made.
        await other(planted, 'unmade')
        return planted
      },
      async achieved({ engine }, { branch }) {
        assert.equal(engine.windowSeconds(branch.id), 3600)
      },
    },
    delete_timeline: {
      async given(control) {
        const planted = await awake(control)
        await branches.update(db, planted.branch.id, { deleted_at: new Date() })
        return planted
      },
      async achieved({ engine }, { branch, endpoint }) {
        assert.equal(await branchState(branch.id), undefined)
        assert.equal(await stateOf(endpoint.id), undefined)
        assert.deepEqual([engine.phase(endpoint.id), engine.phase(branch.id)], ['gone', 'gone'])
      },
      once: true,
    },
    timeline_mark_invisible: {
      async given(control) {
        const planted = await awake(control)
        const until = new Date(Date.now() + 1_000_000)
        await branches.update(db, planted.branch.id, { deleted_at: new Date(), recoverable_until: until })
        return planted
      },
      async achieved({ engine }, { branch, endpoint }) {
        assert.deepEqual([engine.phase(endpoint.id), engine.phase(branch.id)], ['gone', 'ready'])
        assert.equal(await stateOf(endpoint.id), 'suspended')
      },
    },
    prepare_secondary_pageserver: {
      async given(control) {
        const path = join(exportsDir, randomUUID())
        return { ...(await asleep(control)), details: { export_path: path } }
      },
      async achieved({ engine }, { details }) {
        assert.equal(engine.exports.get(details!.export_path!), 'empty')
      },
    },
  }
}
