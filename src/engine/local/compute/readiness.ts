// From a Postgres that is on its way up to a compute that may be relied on: it lets sessions in, and what they would see
// is what was asked for.

import type { Clock } from '../../../lib/clock.ts'
import { deferred } from '../../../lib/deferred.ts'
import { type ComputeSpec, EngineError } from '../../engine.ts'
import type { BranchData } from '../data/branch-data.ts'
import { assertRoom } from '../data/needed-settings.ts'
import { ranOutOfWal } from '../data/recovery.ts'
import type { Archivist } from '../history/archivist.ts'
import { replayState } from '../history/running.ts'
import type { Machine } from '../machine.ts'
import { adminUser } from '../secrets.ts'
import type { Compute } from './compute.ts'
import { type Settings, socketPort } from './conf.ts'
import type { Postmaster } from './postmaster.ts'

export interface ReadinessParts {
  machine: Machine
  clock: Clock
  data: BranchData
  archivist: Pick<Archivist, 'watch'>
  /** Ends what has come up as something else than was asked for. */
  stop(compute: Compute): Promise<void>
}

/** After a crash Postgres may replay for long. The caller is then told `working`, and Postgres goes on. */
const startPatienceMs = 30_000
/** Between two questions to a standby that is still replaying. */
const replayPollMs = 5

/**
 * Begins to wait for a server that is on its way up, or was found running: `compute.coming` tells when the compute is
 * `ready`. `started`: the settings of this start only.
 */
export function becomeReady(
  parts: ReadinessParts,
  compute: Compute,
  spec: ComputeSpec,
  postmaster: Postmaster,
  started: Settings = {},
): void {
  compute.coming = come(parts, compute, spec, postmaster, started)
  compute.coming.catch(() => {})
}

/** Returns when the compute is ready, or when that takes too long to wait for it. Errors: why it never will be. */
export async function waitReady({ postmaster, coming, phase }: Compute, clock: Clock): Promise<void> {
  if (!postmaster || !coming || (postmaster.isReady && phase === 'ready')) return
  const late = deferred<void>()
  const timer = clock.after(startPatienceMs, () => late.resolve())
  try {
    await Promise.race([coming, late.promise])
  } finally {
    timer.cancel()
  }
}

async function come(
  parts: ReadinessParts,
  compute: Compute,
  spec: ComputeSpec,
  postmaster: Postmaster,
  started: Settings,
): Promise<void> {
  const { data, archivist } = parts
  try {
    await postmaster.ready
  } catch (error) {
    // Noted here, however late: who had asked for the start may have lost patience.
    if (ranOutOfWal(error)) await data.ranOut(spec.data.id)
    throw error
  }
  if (spec.mode === 'ro') {
    await waitForMoment(parts, compute.id, postmaster)
    try {
      await assertRoom(postmaster.place.pgdata, started)
    } catch (error) {
      await parts.stop(compute)
      throw error
    }
  } else {
    try {
      await data.settledByStart(spec.data.id)
    } catch (error) {
      // What it has is not what was asked for: nobody may come to rely on it.
      await parts.stop(compute)
      throw error
    }
    if (compute.postmaster === postmaster && !compute.stopping) archivist.watch(spec.data.id)
  }
  if (compute.postmaster !== postmaster || compute.phase !== 'working' || compute.stopping) return
  compute.move('ready')
}

/** A standby lets sessions in as soon as its files are whole, and goes on replaying up to its moment. */
async function waitForMoment(
  { machine, clock }: ReadinessParts,
  id: string,
  postmaster: Postmaster,
): Promise<void> {
  const { password } = machine
  const login = { host: postmaster.place.socketDir, port: socketPort, user: adminUser, password }
  while (postmaster.isReady) {
    const { isPaused, isAtEnd } = await replayState(login)
    if (isPaused || isAtEnd) return
    await clock.sleep(replayPollMs)
  }
  throw new EngineError('unavailable', `compute ${id} ended before it had reached its moment`)
}
