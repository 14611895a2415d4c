// One past moment that can be looked at: an ephemeral branch begun there, with an endpoint of ours on it. Both stand in
// the catalog before anything is made, and go last: a control that was killed half-way knows what is left.

import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as ephemerals from '../../catalog/ephemerals.ts'
import * as operations from '../../catalog/operations.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { momentWords, type PastMoment } from '../../contract/moment.ts'
import type { OperationCause } from '../../contract/operation-causes.ts'
import { EngineError, type Ref, type Status } from '../../engine/engine.ts'
import { branchId, endpointId } from '../../lib/ids.ts'
import { lockProject } from '../branches/branch-creation.ts'
import { momentOf, windowBegin } from '../branches/moments.ts'
import { dataRef } from '../branches/origin.ts'
import { nextGen } from '../operations/data.ts'
import type { Parts } from '../parts.ts'
import type { TimeTravelNeeds } from './time-travel.ts'

export interface PastBranch {
  projectId: string
  branchId: string
  endpointId: string
}

/** How long it is kept without a session; Neon's number. */
export const pastKeptSeconds = 30
/** Neon's size, whatever the branch's own endpoint has. */
const pastCu = 0.5

/**
 * Settled, and thus replayed to its end before it is looked at: a replay that is merely paused goes on holding the locks of
 * transactions that were about to commit, and whoever looks at a table right before it was dropped would wait for ever.
 */
const dataOptions = { windowSeconds: 0, settled: true }

/** How long a client is held while the engine makes the data, with its replay. */
const dataWaitMs = 60_000
const dataPollMs = 20

/**
 * Makes the data; its compute is the caller's to start. Leaves nothing behind where it fails. Throws moment_out_of_window,
 * moments_limit, project_not_found, compute_start_failed, compute_wake_timeout.
 */
export async function makePastBranch(
  needs: TimeTravelNeeds,
  source: branches.Branch,
  past: PastMoment | null,
  cause?: OperationCause,
): Promise<PastBranch> {
  const { parts } = needs
  const { made, operation } = await enter(parts, source, past, cause)
  try {
    const gen = await nextGen(parts, made.branchId)
    const ref = dataRef(parts.settings.cell, made.branchId)
    const origin = {
      from: 'branch',
      parent: dataRef(parts.settings.cell, source.id),
      at: momentOf(past),
    } as const
    await dataReady(parts, ref, await parts.engine.ensureData(ref, gen, origin, dataOptions))
    await branches.moveState(parts.catalog.db, made.branchId, 'ready')
  } catch (error) {
    const known = await pastError(parts, source, past, error)
    if (known.definition.owner === 'platform') {
      parts.logger.error({ branch: source.id, err: error }, 'past moment could not be made')
    }
    // A moment that cannot be had is the caller's mistake: nothing was done, and nothing has failed.
    const end = known.definition.owner === 'caller' ? 'skipped' : 'failed'
    await operations.end(parts.catalog.db, operation.id, end, known.message, known.code)
    await removePastBranch(needs, made, 'unrecorded')
    throw known
  }
  await operations.end(parts.catalog.db, operation.id, 'finished')
  return made
}

async function enter(
  parts: Parts,
  source: branches.Branch,
  past: PastMoment | null,
  cause: OperationCause | undefined,
) {
  const made: PastBranch = {
    projectId: source.project_id,
    branchId: branchId(),
    endpointId: endpointId(),
  }
  const about = { project_id: made.projectId, branch_id: made.branchId }
  return await parts.catalog.transaction(async trx => {
    await lockProject(trx, made.projectId)
    if ((await ephemerals.count(trx, made.projectId)) >= limits.pastMomentsPerProject) {
      throw new PilotlightError('moments_limit', { limit: limits.pastMomentsPerProject })
    }
    await branches.insert(trx, {
      ...{ id: made.branchId, project_id: made.projectId, parent_id: source.id, name: made.branchId },
      ...{ kind: 'ephemeral', is_default: false, contents: 'known', creation_source: 'time-travel' },
      origin: { from: 'branch', source: source.id, at: momentOf(past) },
    })
    await endpoints.insert(trx, {
      ...{ id: made.endpointId, ...about, type: 'read_only', internal: true },
      ...{ min_cu: pastCu, max_cu: pastCu, creation_source: 'time-travel' },
      suspend_timeout_seconds: pastKeptSeconds,
    })
    const operation = await operations.insertRunning(trx, {
      ...about,
      ...{ endpoint_id: null, action: 'create_branch', cause: cause ?? null },
    })
    return { made, operation }
  })
}

/** `ensureData` may answer before the work is done. */
async function dataReady({ engine, clock }: Parts, ref: Ref, first: Status): Promise<void> {
  const deadline = clock.now() + dataWaitMs
  let status = first
  while (status.phase !== 'ready') {
    if (status.phase === 'failed' || status.phase === 'gone') {
      throw new EngineError(status.error?.code ?? 'internal', status.error?.message ?? 'no data was made')
    }
    if (clock.now() > deadline) throw new PilotlightError('compute_wake_timeout')
    await clock.sleep(dataPollMs)
    status = await engine.observe(ref)
  }
}

/**
 * Compute, data and rows go, in this order; what is gone already is no error. As Neon does, the end is recorded:
 * suspend_compute, where it ran, and delete_timeline.
 */
export async function removePastBranch(
  { parts, computes }: TimeTravelNeeds,
  { projectId, branchId, endpointId }: PastBranch,
  recording: 'record' | 'unrecorded' = 'record',
): Promise<void> {
  const { db } = parts.catalog
  const about = { project_id: projectId, branch_id: branchId }
  const recorded = async (action: 'suspend_compute' | 'delete_timeline', work: () => Promise<void>) => {
    if (recording === 'unrecorded') return await work()
    const endpoint_id = action === 'suspend_compute' ? endpointId : null
    const operation = await operations.insertRunning(db, {
      ...{ ...about, endpoint_id, action },
      cause: { by: 'pilotlight' },
    })
    try {
      await work()
    } catch (error) {
      await operations.end(db, operation.id, 'failed', 'it could not be removed; tried again in a while')
      throw error
    }
    await operations.end(db, operation.id, 'finished')
  }
  const [endpoint] = await endpoints.findMany(db, [endpointId])
  if (endpoint?.state === 'suspended') await computes.remove(endpoint)
  else if (endpoint) await recorded('suspend_compute', () => computes.remove(endpoint))
  if (!(await branches.find(db, branchId))) return
  await recorded('delete_timeline', async () => {
    const gen = await nextGen(parts, branchId)
    await parts.engine.ensureGone(dataRef(parts.settings.cell, branchId), gen)
    await branches.remove(db, branchId)
  })
}

/** What the waiting client is told; the log has the cause. */
async function pastError(
  { engine, settings }: Parts,
  source: branches.Branch,
  past: PastMoment | null,
  cause: unknown,
): Promise<PilotlightError> {
  if (cause instanceof PilotlightError) return cause
  if (!past || !(cause instanceof EngineError) || cause.code !== 'out_of_window') {
    return new PilotlightError('compute_start_failed', {}, { cause })
  }
  const { history } = await engine.observe(dataRef(settings.cell, source.id))
  const from = windowBegin(history)
  return new PilotlightError(
    'moment_out_of_window',
    { moment: momentWords(past), branch: source.id, from },
    { cause },
  )
}
