// delete_timeline: a branch's computes and data go, then the catalog's rows. Rows last: while they stand, a control
// that was killed half-way knows what is left to remove.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'

const removeComputes: StepWork = async ({ parts, computes }, op) => {
  for (const endpoint of await endpoints.listOfProject(parts.catalog.db, op.project_id)) {
    if (endpoint.branch_id === branchOf(op)) await computes.remove(endpoint)
  }
}

const removeData: StepWork = async ({ parts, computes }, op) => {
  if (!(await branches.find(parts.catalog.db, branchOf(op)))) return
  const gen = await computes.nextDataGen(branchOf(op))
  await parts.engine.ensureGone({ cell: parts.settings.cell, id: branchOf(op) }, gen)
}

const removeRows: StepWork = async ({ parts, changes }, op) => {
  const gone = (await endpoints.listOfProject(parts.catalog.db, op.project_id)).filter(
    endpoint => endpoint.branch_id === branchOf(op),
  )
  await branches.remove(parts.catalog.db, branchOf(op))
  for (const endpoint of gone) changes.publish({ change: 'access', endpoint_id: endpoint.id })
}

export const branchDelete = operation('delete_timeline', [
  step('computes', removeComputes),
  step('data', removeData),
  step('rows', removeRows),
])
