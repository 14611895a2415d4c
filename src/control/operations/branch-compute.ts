// Work inside a branch's data that clients may go on using: on its own endpoint, which is woken if need be. A branch whose
// endpoint nobody may use, or that has none, is opened by a compute of ours, and clients are held meanwhile.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { operationError } from '../computes/compute-sql.ts'
import type { Place } from '../computes/contents.ts'
import { dropInternalComputes, onInternalCompute } from '../computes/internal-compute.ts'
import type { OperationContext } from './operation.ts'

/**
 * Safe to repeat. Throws branch_not_found, compute_start_failed, and of what `work` throws, what is meant for people:
 * statement_refused, statement_delayed, compute_unreachable.
 */
export async function onBranchCompute(
  context: OperationContext,
  branchId: string,
  work: (place: Place, login: AdminLogin) => Promise<void>,
): Promise<void> {
  const { parts, computes, contents } = context
  const { db } = parts.catalog
  const branch = await branches.find(db, branchId)
  if (!branch || branch.deleted_at) throw new PilotlightError('branch_not_found')
  if (branch.state === 'failed') throw new PilotlightError('compute_start_failed')
  const told = async (place: Place, login: AdminLogin) => {
    try {
      // A start that finds them does so itself; a compute that runs already is given them here.
      await contents.applyPending(place, login)
      await work(place, login)
    } catch (error) {
      throw operationError(error)
    }
  }
  const writer = await endpoints.findWriter(db, branchId)
  if (writer && !writer.disabled) {
    await computes.start(writer.id, 'recorded')
    const login = await parts.engine.adminLogin(computes.ref(writer.id))
    return await told({ endpointId: writer.id, branchId }, login)
  }
  // Whoever is given an endpoint now must not start a second Postgres on this data.
  await branches.moveState(db, branchId, 'init')
  await onInternalCompute(context, branch, async (place, login) => {
    await contents.settle(place, login)
    await told(place, login)
  })
  await branches.moveState(db, branchId, 'ready')
}

/** What work that failed has left. */
export async function releaseBranch(context: OperationContext, branchId: string): Promise<void> {
  const { parts, computes } = context
  const branch = await branches.find(parts.catalog.db, branchId)
  if (branch?.state !== 'init') return
  await dropInternalComputes({ parts, computes }, branchId)
  await branches.moveState(parts.catalog.db, branchId, 'ready')
}
