// create_timeline, create_branch: a branch's data comes into being, from nothing or from other data.

import * as branches from '../../catalog/branches.ts'
import * as projects from '../../catalog/projects.ts'
import type { OperationAction } from '../../contract/operations.ts'
import { engineOrigin } from '../origin.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const makeData: StepWork = async ({ parts, computes }, op) => {
  const project = await projects.find(parts.catalog.db, op.project_id)
  const branch = await branches.find(parts.catalog.db, branchOf(op))
  // Deleted while it waited in the queue: the deletion behind it cleans up.
  if (!project || !branch || branch.deleted_at) return
  const { cell } = parts.settings
  const gen = await computes.nextDataGen(branch.id)
  const status = await parts.engine.ensureData(
    { cell, id: branch.id },
    gen,
    engineOrigin(cell, branch.origin, project.pg_version),
    { windowSeconds: project.history_retention_seconds },
  )
  if (branch.origin.from === 'branch') await branches.setBegin(parts.catalog.db, branch.id, status.begin)
}

const dropData: StepWork = async ({ parts, computes }, op) => {
  const gen = await computes.nextDataGen(branchOf(op))
  await parts.engine.ensureGone({ cell: parts.settings.cell, id: branchOf(op) }, gen)
  await branches.moveState(parts.catalog.db, branchOf(op), 'failed')
}

const markReady: StepWork = async ({ parts }, op) => {
  await branches.moveState(parts.catalog.db, branchOf(op), 'ready')
}

const creation = (action: OperationAction) =>
  operation(action, [step('data', makeData, dropData), step('ready', markReady)])

/** A project's first branch. */
export const timelineCreate = creation('create_timeline')
export const branchCreate = creation('create_branch')
