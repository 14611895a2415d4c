// create_timeline: a branch's data comes into being.

import * as branches from '../../catalog/branches.ts'
import * as projects from '../../catalog/projects.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const makeData: StepWork = async ({ parts, computes }, op) => {
  const project = await projects.find(parts.catalog.db, op.project_id)
  // Deleted while it waited in the queue: the deletion behind it cleans up.
  if (!project) return
  const branchId = branchOf(op)
  const gen = await computes.nextDataGen(branchId)
  const ref = { cell: parts.settings.cell, id: branchId }
  await parts.engine.ensureData(ref, gen, { from: 'empty', pgMajor: project.pg_version })
}

const dropData: StepWork = async ({ parts, computes }, op) => {
  const gen = await computes.nextDataGen(branchOf(op))
  await parts.engine.ensureGone({ cell: parts.settings.cell, id: branchOf(op) }, gen)
  await branches.moveState(parts.catalog.db, branchOf(op), 'failed')
}

const markReady: StepWork = async ({ parts }, op) => {
  await branches.moveState(parts.catalog.db, branchOf(op), 'ready')
}

export const branchCreate = operation('create_timeline', [
  step('data', makeData, dropData),
  step('ready', markReady),
])
