// After a start of control: what the catalog says and what the machine does are brought together. Computes that run are
// adopted, half-done work is finished or called off, and what belongs to nobody is reported.

import * as branches from '../catalog/branches.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as operations from '../catalog/operations.ts'
import type { Computes } from './computes.ts'
import type { Parts } from './parts.ts'

export async function reconcile(parts: Parts, computes: Computes): Promise<void> {
  const { catalog, logger } = parts
  const known = await endpoints.listAll(catalog.db)
  const outcomes = await Promise.all(
    known.map(async endpoint => ({ id: endpoint.id, outcome: await computes.adopt(endpoint) })),
  )
  const running = new Set(outcomes.filter(({ outcome }) => outcome === 'running').map(({ id }) => id))
  logger.info({ endpoints: known.length, running: running.size }, 'computes adopted')
  await endInterrupted(parts, running)
  await reportOrphans(parts, new Set(known.map(endpoint => endpoint.id)))
}

/** Wakes and suspends that a dead control was in the middle of: their outcome is what is now the case. */
async function endInterrupted(parts: Parts, running: ReadonlySet<string>): Promise<void> {
  const { db } = parts.catalog
  for (const operation of await operations.listInterrupted(db)) {
    const isRunning = operation.endpoint_id !== null && running.has(operation.endpoint_id)
    const achieved = operation.action === 'start_compute' ? isRunning : !isRunning
    await operations.end(
      db,
      operation.id,
      achieved ? 'finished' : 'failed',
      achieved ? undefined : 'interrupted by a restart of Pilotlight',
    )
  }
}

/**
 * Computes that no endpoint owns are stopped: a second writer on somebody's data is worse than a database that sleeps.
 * Data that no branch owns is kept and reported: the catalog may be the one that is wrong.
 */
async function reportOrphans(parts: Parts, known: ReadonlySet<string>): Promise<void> {
  const { engine, logger, catalog, settings } = parts
  for await (const status of engine.list(settings.cell)) {
    if (status.phase === 'gone') continue
    if (status.kind === 'compute' && !known.has(status.ref.id)) {
      logger.warn({ endpoint: status.ref.id, phase: status.phase }, 'compute without an endpoint: removed')
      await engine.ensureStopped(status.ref, status.gen, 'fast')
      await engine.ensureGone(status.ref, status.gen)
    }
    if (status.kind === 'data' && !(await branches.find(catalog.db, status.ref.id))) {
      logger.warn({ branch: status.ref.id }, 'data without a branch in the catalog: left as it is')
    }
  }
}
