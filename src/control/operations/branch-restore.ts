// swap_binding_id: a branch is given other data. The old data stays whole, under the row that `keep_as` names, until the
// new data has been proven to open; where it does not, the old data comes back. Clients are held meanwhile.

import * as branches from '../../catalog/branches.ts'
import * as databases from '../../catalog/databases.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as roles from '../../catalog/roles.ts'
import type { RestoreDetails } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { dataRef, engineOrigin } from '../branches/origin.ts'
import { dropInternalComputes } from '../computes/internal-compute.ts'
import type { Parts } from '../parts.ts'
import { nextGen } from './data.ts'
import { branchOf, type OperationContext, operation, type StepWork, step } from './operation.ts'
import { prove } from './prove.ts'

function restoreOf(op: operations.Operation): RestoreDetails {
  if (!op.details?.restore) throw new Error(`operation ${op.id} restores nothing`)
  return op.details.restore
}

/** Whether the old data lies under the kept row: the branch has other data now. */
async function isReplaced({ engine, settings }: Parts, op: operations.Operation): Promise<boolean> {
  const status = await engine.observe(dataRef(settings.cell, restoreOf(op).keep_as))
  return status.phase !== 'gone'
}

async function hasData({ engine, settings }: Parts, branchId: string): Promise<boolean> {
  return (await engine.observe(dataRef(settings.cell, branchId))).phase !== 'gone'
}

/** Nobody reads or writes the branch's data from here on; whoever connects waits. */
async function holdClients({ parts, computes }: OperationContext, branchId: string): Promise<void> {
  // In this order: who is refused a start by the catalog cannot come between.
  await branches.moveState(parts.catalog.db, branchId, 'init')
  await dropInternalComputes({ parts, computes }, branchId)
  for (const { id } of await endpoints.listOfBranch(parts.catalog.db, branchId)) await computes.hold(id)
}

const hold: StepWork = async (context, op) => {
  const { parts } = context
  const { db } = parts.catalog
  const branch = await branches.find(db, branchOf(op))
  if (!branch || branch.deleted_at || !(await projects.find(db, op.project_id))) {
    throw new PilotlightError('branch_not_found')
  }
  // Accepted while it was being made, and then it could not be.
  if (!(await isReplaced(parts, op)) && !(await hasData(parts, branch.id))) {
    throw new PilotlightError('branch_not_found')
  }
  await holdClients(context, branch.id)
  if (await isReplaced(parts, op)) return
  // What the kept row says is what the branch said: a restore that waited before this one may have changed it.
  await parts.catalog.transaction(async trx => {
    const { keep_as } = restoreOf(op)
    await branches.update(trx, keep_as, historyOf(branch))
    await roles.replaceAll(trx, branch.id, keep_as)
    await databases.replaceAll(trx, branch.id, keep_as)
    await operations.setDetails(trx, op.id, { restore: { ...restoreOf(op), noted: true } })
  })
}

/** The kept row, once it says what the branch said. */
async function notedRow({ catalog }: Parts, op: operations.Operation): Promise<branches.Branch | undefined> {
  const now = await operations.find(catalog.db, op.project_id, op.id)
  return now?.details?.restore?.noted ? await branches.find(catalog.db, restoreOf(op).keep_as) : undefined
}

/** Where its data comes from. */
function historyOf(branch: branches.Branch) {
  const { parent_id, origin, parent_lsn, parent_timestamp, init_source, last_reset_at, contents } = branch
  const { restore_status, restored_from, restored_as } = branch
  return {
    ...{ parent_id, origin, parent_lsn, parent_timestamp, init_source, last_reset_at, contents },
    ...{ restore_status, restored_from, restored_as },
  }
}

/** The branch is as it was, or, where its old data could not be put back, is nothing that may be connected to. */
const release: StepWork = async ({ parts }, op) => {
  const { db } = parts.catalog
  if (await isReplaced(parts, op)) {
    await branches.moveState(db, branchOf(op), 'failed')
    throw new Error('the old data is not back: the next control tries again')
  }
  await branches.moveState(db, branchOf(op), (await hasData(parts, branchOf(op))) ? 'ready' : 'failed')
  await branches.remove(db, restoreOf(op).keep_as)
}

const replace: StepWork = async ({ parts }, op) => {
  const { engine, settings, catalog } = parts
  const { origin, keep_as } = restoreOf(op)
  const project = await projects.find(catalog.db, op.project_id)
  if (!project) throw new PilotlightError('project_not_found')
  await addSourceRoles(parts, op)
  await engine.replaceData(
    dataRef(settings.cell, branchOf(op)),
    await nextGen(parts, branchOf(op)),
    engineOrigin(settings.cell, origin, project.pg_version),
    {
      keepOldAs: dataRef(settings.cell, keep_as),
      token: op.id,
      windowSeconds: project.history_retention_seconds,
    },
  )
}

/** Passwords of roles that only the source knows are known to it alone: they come along. */
async function addSourceRoles({ catalog }: Parts, op: operations.Operation): Promise<void> {
  const { origin } = restoreOf(op)
  if (origin.from !== 'branch' || origin.source === branchOf(op)) return
  await roles.addMissing(catalog.db, origin.source, branchOf(op))
}

const putBack: StepWork = async (context, op) => {
  const { parts } = context
  const { engine, settings, catalog } = parts
  const { keep_as } = restoreOf(op)
  const branch = dataRef(settings.cell, branchOf(op))
  const keep = dataRef(settings.cell, keep_as)
  const discarded = dataRef(settings.cell, `${keep_as}-undone`)
  const kept = await notedRow(parts, op)
  if (kept) {
    // First, because afterwards nothing tells any more that there is something to undo.
    await catalog.transaction(async trx => {
      await roles.replaceAll(trx, keep_as, branch.id)
      await databases.replaceAll(trx, keep_as, branch.id)
      await branches.setContents(trx, branch.id, kept.contents)
    })
  }
  if (await isReplaced(parts, op)) {
    await holdClients(context, branch.id)
    // It may have been deleted meanwhile: recovered, it has its history again.
    const project = await projects.findKept(catalog.db, op.project_id)
    await engine.replaceData(
      branch,
      await nextGen(parts, branch.id),
      { from: 'kept', ref: keep },
      {
        keepOldAs: discarded,
        token: `${op.id}-undo`,
        windowSeconds: project?.history_retention_seconds ?? 0,
      },
    )
  }
  await engine.ensureGone(discarded, (await engine.observe(discarded)).gen)
}

const open: StepWork = async (context, op) => {
  const { db } = context.parts.catalog
  await branches.setContents(db, branchOf(op), 'inherited')
  await prove(context, branchOf(op))
}

const close: StepWork = async (context, op) => {
  await holdClients(context, branchOf(op))
}

const record: StepWork = async ({ parts }, op) => {
  const { catalog, engine, settings, clock } = parts
  const { origin, keep_as, preserve, parent_id, reset } = restoreOf(op)
  const { begin } = await engine.observe(dataRef(settings.cell, branchOf(op)))
  const isSelf = origin.from === 'branch' && origin.source === branchOf(op)
  const now = new Date(clock.now())
  await catalog.transaction(async trx => {
    const branch = await branches.find(trx, branchOf(op))
    const kept = await branches.find(trx, keep_as)
    if (!branch || !kept) return
    const parent = parent_id === null ? undefined : await branches.find(trx, parent_id)
    await branches.update(trx, branch.id, {
      parent_id: parent?.id ?? null,
      // The moment of its own past lies in what is the preserved branch now.
      origin: isSelf ? { ...origin, source: keep_as } : origin,
      parent_lsn: begin?.lsn ?? null,
      parent_timestamp: begin ? new Date(begin.time) : null,
      init_source: 'parent-data',
      last_reset_at: now,
      ...{ restore_status: null, restored_from: null, restored_as: null },
      ...(reset &&
        branch.ttl_interval_seconds !== null && {
          expires_at: new Date(now.getTime() + branch.ttl_interval_seconds * 1000),
        }),
    })
    if (!preserve) return
    await branches.reparent(trx, branch.id, keep_as, kept.created_at)
    await branches.moveState(trx, keep_as, 'ready')
  })
}

const unrecord: StepWork = async ({ parts }, op) => {
  const { keep_as } = restoreOf(op)
  const kept = await notedRow(parts, op)
  if (!kept) return
  await parts.catalog.transaction(async trx => {
    const { contents: _, ...history } = historyOf(kept)
    await branches.update(trx, branchOf(op), history)
    await branches.reparent(trx, keep_as, branchOf(op))
    await branches.moveState(trx, keep_as, 'init')
  })
}

export const branchRestore = operation('swap_binding_id', [
  step('hold', hold, release),
  step('replace', replace, putBack),
  step('open', open, close),
  step('record', record, unrecord),
])
