// create_timeline, create_branch, import_data: data comes into being, for a branch or a snapshot: from nothing, from
// other data, from a directory.

import * as branches from '../../catalog/branches.ts'
import type { Operation } from '../../catalog/operations.ts'
import type { BranchState } from '../../catalog/schema.ts'
import * as snapshots from '../../catalog/snapshots.ts'
import type { OperationAction } from '../../contract/operations.ts'
import type { Parts } from '../parts.ts'
import { isAboutSnapshot, makeBranchData, makeSnapshotData, removeData } from './data.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const makeData: StepWork = async ({ parts }, op) => {
  await (isAboutSnapshot(op) ? makeSnapshotData : makeBranchData)(parts, op)
}

const dropData: StepWork = async ({ parts }, op) => {
  await removeData(parts, op)
  await moveState(parts, op, 'failed')
}

const markReady: StepWork = async ({ parts }, op) => {
  const branch = isAboutSnapshot(op) ? undefined : await branches.find(parts.catalog.db, branchOf(op))
  // Rows are still to be removed from it: apply_schema_from_branch, next in the same call, opens it.
  if (branch?.init_source === 'schema-only') return
  await moveState(parts, op, 'ready')
}

async function moveState({ catalog }: Parts, op: Operation, to: BranchState): Promise<void> {
  if (op.details?.snapshot_id !== undefined) await snapshots.moveState(catalog.db, op.details.snapshot_id, to)
  else await branches.moveState(catalog.db, branchOf(op), to)
}

const creation = (action: OperationAction) =>
  operation(action, [step('data', makeData, dropData), step('ready', markReady)])

/** A project's first branch, and snapshots. */
export const timelineCreate = creation('create_timeline')
export const branchCreate = creation('create_branch')
export const dataImport = creation('import_data')
