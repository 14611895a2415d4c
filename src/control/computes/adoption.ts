// After a start of control: what becomes of a compute that was left behind by the one before.

import * as activeTime from '../../catalog/active-time.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { Phase } from '../../engine/engine.ts'
import type { Parts } from '../parts.ts'
import { record } from './compute-records.ts'
import { refOf } from './compute-spec.ts'

/** What the engine says of a compute that is on its way up. */
export const halfStartedPhases: ReadonlySet<Phase> = new Set(['pending', 'working'])

/**
 * Sets the catalog by what the engine has: what runs is adopted, and answered; what does not run is asleep. Called under
 * the endpoint's lock.
 */
export async function adopt(
  parts: Parts,
  endpoint: endpoints.Endpoint,
): Promise<endpoints.Endpoint | undefined> {
  const { db } = parts.catalog
  const status = await parts.engine.observe(refOf(parts, endpoint.id))
  await endpoints.raiseGen(db, endpoint.id, status.gen)
  if (status.phase === 'ready') {
    // Its start was among the catalog's last commits, and is lost.
    if (endpoint.state === 'suspended') await endpoints.moveState(db, endpoint.id, 'starting')
    const running =
      endpoint.state === 'running' ? endpoint : await endpoints.moveState(db, endpoint.id, 'running')
    if (running) return running
  }
  // When it ended is not known: time that nobody saw it run is not counted.
  const now = new Date()
  if (endpoint.state !== 'suspended') await activeTime.giveUp(db, endpoint.id, now)
  if (endpoint.state === 'running') {
    await record(parts, { by: 'crash' }, endpoint, 'suspend_compute').end('finished')
  }
  const moved =
    endpoint.state === 'suspended' ? undefined : await endpoints.moveState(db, endpoint.id, 'suspended', now)
  if (halfStartedPhases.has(status.phase)) {
    await stopHalfStarted(parts, endpoint.id, moved?.gen ?? Math.max(endpoint.gen, status.gen))
  }
  return undefined
}

/** Whoever wanted it is gone. Left alone it would come up, and never be sent to sleep. */
async function stopHalfStarted(parts: Parts, endpointId: string, gen: number): Promise<void> {
  try {
    await parts.engine.ensureStopped(refOf(parts, endpointId), gen, 'fast')
  } catch (error) {
    parts.logger.error({ endpoint: endpointId, err: error }, 'half-started compute not stopped')
  }
}
