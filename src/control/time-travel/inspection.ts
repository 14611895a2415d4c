// Questions of ours to what is in a branch: its schema, what is wrong with it.

import type { Branch } from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { PastMoment } from '../../contract/moment.ts'
import type { AdminLogin } from '../../engine/engine.ts'
import { isMissingDatabase } from '../computes/compute-sql.ts'
import type { Computes, RunningCompute } from '../computes/computes.ts'
import type { IdleWatch } from '../computes/idle.ts'
import type { Parts } from '../parts.ts'
import type { TimeTravel } from './time-travel.ts'

export interface InspectionNeeds {
  parts: Parts
  computes: Computes
  idle: IdleWatch
  timeTravel: TimeTravel
}

/**
 * Does `work` in the branch's own compute, which is woken for it, for the present; in one of its own for the past, and for
 * a branch that has none. It stays up meanwhile. `field` is how the caller names the moment's time. Throws
 * database_not_found, and what waking a compute or opening a moment does.
 */
export async function inspect<T>(
  needs: InspectionNeeds,
  branch: Branch,
  at: { moment: PastMoment | null; field: string },
  work: (login: AdminLogin) => Promise<T>,
): Promise<T> {
  const { parts, computes, idle } = needs
  const { endpoint } = await open(needs, branch, at)
  const hold = idle.hold(endpoint.id)
  try {
    return await work(await parts.engine.adminLogin(computes.ref(endpoint.id)))
  } catch (error) {
    if (isMissingDatabase(error)) throw new PilotlightError('database_not_found', {}, { cause: error })
    throw error
  } finally {
    hold.release()
  }
}

async function open(
  { parts, computes, timeTravel }: InspectionNeeds,
  branch: Branch,
  { moment, field }: { moment: PastMoment | null; field: string },
): Promise<RunningCompute> {
  const writer = moment ? undefined : await endpoints.findWriter(parts.catalog.db, branch.id)
  if (!writer || writer.disabled) return await timeTravel.open(branch, moment, field)
  return await computes.start(writer.id, 'record')
}
