// apply_schema_from_branch: a branch that is to have the schema alone was begun with its parent's data; its rows are
// removed before anybody may connect.

import * as branches from '../../catalog/branches.ts'
import * as projects from '../../catalog/projects.ts'
import { dataRef } from '../branches/origin.ts'
import { dropInternalComputes, onInternalCompute } from '../computes/internal-compute.ts'
import { removeAllRows } from '../rows.ts'
import { nextGen, removeData } from './data.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const removeRows: StepWork = async (context, op) => {
  const branch = await branches.find(context.parts.catalog.db, branchOf(op))
  if (!branch || branch.deleted_at || branch.state === 'ready') return
  await onInternalCompute(context, branch, (_, login) => removeAllRows(login))
}

const giveUp: StepWork = async ({ parts, computes }, op) => {
  await dropInternalComputes({ parts, computes }, branchOf(op))
  // Half-emptied data is not to be shown to anybody.
  await removeData(parts, op)
  await branches.moveState(parts.catalog.db, branchOf(op), 'failed')
}

const markReady: StepWork = async ({ parts }, op) => {
  const { catalog, engine, settings, clock } = parts
  const project = await projects.findKept(catalog.db, op.project_id)
  const branch = await branches.find(catalog.db, branchOf(op))
  if (!project || !branch || branch.deleted_at) return
  // Its history begins here.
  await engine.ensureWindow(
    dataRef(settings.cell, branch.id),
    await nextGen(parts, branch.id),
    project.history_retention_seconds,
  )
  const { lsn } = await engine.observe(dataRef(settings.cell, branch.id))
  const time = new Date(clock.now()).toISOString()
  await branches.setBegin(catalog.db, branch.id, lsn === undefined ? undefined : { lsn, time })
  await branches.moveState(parts.catalog.db, branchOf(op), 'ready')
}

export const rowsRemove = operation('apply_schema_from_branch', [
  step('rows', removeRows, giveUp),
  step('ready', markReady),
])
