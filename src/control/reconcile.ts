// After a start of control: what the catalog says and what the machine does are brought together. Computes that run are
// adopted, half-done work is finished or called off, and what belongs to nobody is reported.

import * as branches from '../catalog/branches.ts'
import * as endpoints from '../catalog/endpoints.ts'
import * as snapshots from '../catalog/snapshots.ts'
import type { Ref, Status } from '../engine/engine.ts'
import { halfStartedPhases } from './computes/adoption.ts'
import type { Computes } from './computes/computes.ts'
import { endInterrupted } from './operations/interrupted-operations.ts'
import type { Parts } from './parts.ts'
import { deleteLeftovers } from './sweeper.ts'

/** What the engine has is looked through in such pieces: there may be tens of thousands of sleeping projects. */
const batchSize = 500

export async function reconcile(parts: Parts, computes: Computes): Promise<void> {
  const { catalog, logger } = parts
  const running = new Set<string>()
  let seen = 0
  for (const endpoint of await endpoints.listNotSuspended(catalog.db)) {
    if ((await computes.adopt(endpoint)) === 'running') running.add(endpoint.id)
  }
  for await (const batch of batches(parts.engine.list(parts.settings.cell))) {
    seen += batch.length
    await adoptBatch(parts, computes, batch, running)
    await reportData(parts, batch)
  }
  logger.info({ objects: seen, running: running.size }, 'engine looked through, computes adopted')
  await endInterrupted(parts)
  await removeEndpoints(parts, computes)
  await deleteLeftovers(parts)
}

async function* batches(list: AsyncIterable<Status>): AsyncGenerator<Status[]> {
  let batch: Status[] = []
  for await (const status of list) {
    batch.push(status)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  yield batch
}

/**
 * Computes whose endpoint the catalog takes for asleep: they run all the same, or have seen a higher fence. Computes that
 * no endpoint owns are removed: a second writer on somebody's data is worse than a database that sleeps.
 */
async function adoptBatch(
  parts: Parts,
  computes: Computes,
  batch: Status[],
  running: Set<string>,
): Promise<void> {
  const found = batch.filter(({ kind, ref }) => kind === 'compute' && !running.has(ref.id))
  const rows = await endpoints.findMany(
    parts.catalog.db,
    found.map(({ ref }) => ref.id),
  )
  const known = new Map(rows.map(row => [row.id, row]))
  for (const status of found) {
    const endpoint = known.get(status.ref.id)
    if (!endpoint) await removeOrphan(parts, status.ref, status.gen)
    else if (status.phase === 'ready' || halfStartedPhases.has(status.phase) || status.gen > endpoint.gen) {
      if ((await computes.adopt(endpoint)) === 'running') running.add(endpoint.id)
    }
  }
}

async function removeOrphan({ engine, logger }: Parts, ref: Ref, gen: number): Promise<void> {
  logger.warn({ endpoint: ref.id }, 'compute without an endpoint: removed')
  await engine.ensureStopped(ref, gen, 'fast')
  await engine.ensureGone(ref, gen)
}

/** Data that no branch and no snapshot owns is kept and reported: the catalog may be the one that is wrong. */
async function reportData({ catalog, logger }: Parts, batch: Status[]): Promise<void> {
  const ids = batch.filter(({ kind }) => kind === 'data').map(({ ref }) => ref.id)
  const owners = await branches.whichExist(catalog.db, ids)
  const snapshotOwners = await snapshots.whichExist(catalog.db, ids)
  for (const id of ids) {
    if (owners.has(id) || snapshotOwners.has(id)) continue
    logger.warn({ branch: id }, 'data without a branch in the catalog: left as it is')
  }
}

/** Deleted endpoints, and our own whose work is over, whose compute a dead control could not take away. */
async function removeEndpoints({ catalog, logger }: Parts, computes: Computes): Promise<void> {
  for (const endpoint of await endpoints.listLeftover(catalog.db)) {
    try {
      await computes.remove(endpoint)
      await endpoints.remove(catalog.db, endpoint.id)
    } catch (error) {
      logger.error({ endpoint: endpoint.id, err: error }, 'deleted endpoint not removed')
    }
  }
}
