// delete_timeline: the computes and data of a branch, or the data of a snapshot, go; then the catalog's rows. Rows last:
// while they stand, a control that was killed half-way knows what is left to remove.
//
// timeline_mark_invisible: a branch that can still be recovered, by itself or with its project, loses its computes only.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as snapshots from '../../catalog/snapshots.ts'
import type { Parts } from '../parts.ts'
import { isAboutSnapshot, removeData } from './data.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const removeComputes: StepWork = async ({ parts, computes }, op) => {
  if (isAboutSnapshot(op) || !(await isClosed(parts, op))) return
  for (const endpoint of await endpoints.listOfBranch(parts.catalog.db, branchOf(op))) {
    await computes.remove(endpoint)
  }
}

const dropData: StepWork = async ({ parts }, op) => {
  if (await isDeleted(parts, op)) await removeData(parts, op)
}

const removeRows: StepWork = async ({ parts, changes }, op) => {
  const { db } = parts.catalog
  if (!(await isDeleted(parts, op))) return
  if (op.details?.snapshot_id !== undefined) return await snapshots.remove(db, op.details.snapshot_id)
  const gone = await endpoints.listOfBranch(db, branchOf(op))
  await branches.remove(db, branchOf(op))
  changes.forgetAccess(gone)
}

/** One that was recovered while this waited is left alone. What a restore kept is nobody's branch. */
async function isDeleted({ catalog }: Parts, op: Operation): Promise<boolean> {
  const project = await projects.findKept(catalog.db, op.project_id)
  if (!project || isAboutSnapshot(op)) return true
  const branch = await branches.find(catalog.db, branchOf(op))
  if (!branch || branch.deleted_at || branch.kind === 'kept') return true
  // A moment that somebody looked at is none to come back to.
  return branch.kind === 'ephemeral' && project.deleted_at !== null
}

/** Nobody is to connect to it: it is deleted, or its project is. */
async function isClosed(parts: Parts, op: Operation): Promise<boolean> {
  return (await isDeleted(parts, op)) || !(await projects.find(parts.catalog.db, op.project_id))
}

export const branchDelete = operation('delete_timeline', [
  step('computes', removeComputes),
  step('data', dropData),
  step('rows', removeRows),
])

export const branchHide = operation('timeline_mark_invisible', [step('computes', removeComputes)])
