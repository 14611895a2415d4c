// New data is worth something once Postgres has opened it.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { onInternalCompute } from '../computes/internal-compute.ts'
import type { OperationContext } from './operation.ts'

/** Data that begins in the past has its log to replay first: minutes, where much was written. */
const longestReplayMs = 3_600_000

async function startHoweverLong({ parts, computes }: OperationContext, endpointId: string): Promise<void> {
  const deadline = parts.clock.now() + longestReplayMs
  for (;;) {
    try {
      await computes.start(endpointId, 'recorded')
      return
    } catch (error) {
      const isOnItsWay = error instanceof PilotlightError && error.code === 'compute_wake_timeout'
      if (!isOnItsWay || parts.clock.now() > deadline) throw error
    }
  }
}

/**
 * Opens a branch's data, by its own endpoint or, where it has none that may start, by one of ours; from then on clients
 * are let in. Throws restore_unproven.
 */
export async function prove(context: OperationContext, branchId: string): Promise<void> {
  const { parts, contents } = context
  const { db } = parts.catalog
  const branch = await branches.find(db, branchId)
  if (!branch) throw new PilotlightError('branch_not_found')
  const writer = await endpoints.findWriter(db, branchId)
  try {
    if (writer && !writer.disabled) {
      await branches.moveState(db, branchId, 'ready')
      await startHoweverLong(context, writer.id)
    } else {
      await onInternalCompute(context, branch, (place, login) => contents.settle(place, login))
      await branches.moveState(db, branchId, 'ready')
    }
  } catch (error) {
    parts.logger.warn({ branch: branchId, err: error }, 'new data did not open')
    throw new PilotlightError('restore_unproven', {}, { cause: error })
  }
}
