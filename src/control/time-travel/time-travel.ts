// Past moments that are being looked at: for each branch and moment one read-only compute, shared by all sessions. It is
// let go 30 s after the last of them, and when it ends by itself; what a dead control has left goes at the next start.

import type { Branch } from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as ephemerals from '../../catalog/ephemerals.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { momentText, type PastMoment } from '../../contract/moment.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import { checkMoment } from '../branches/moments.ts'
import { causeOf, type Recording } from '../computes/compute-records.ts'
import { hasSessions, withCompute } from '../computes/compute-sql.ts'
import type { Computes, IdleOutcome, RunningCompute } from '../computes/computes.ts'
import type { IdleWatch } from '../computes/idle.ts'
import type { Parts } from '../parts.ts'
import { makePastBranch, type PastBranch, removePastBranch } from './time-travel-branch.ts'

export interface TimeTravelNeeds {
  parts: Parts
  computes: Computes
}

/** Who was told of a compute has logged in to it by then. */
const loginMs = 5_000

/** Longer than that, so that who looks at many moments one after the other meets no limit, only a pause. */
const roomWaitMs = 10_000
const roomPollMs = 200

/** A removal that failed (the disk was away, say) is tried again this late. */
const retryMs = 30_000

interface Open extends PastBranch {
  key: string
}

export class TimeTravel {
  readonly #needs: TimeTravelNeeds
  readonly #idle: IdleWatch
  readonly #starts = new SingleFlight<RunningCompute>()
  /** Held by key while its compute is made, started or removed. */
  readonly #lock = new KeyedLock()
  readonly #byKey = new Map<string, Open>()
  readonly #byEndpoint = new Map<string, Open>()
  #heads = 0

  constructor(needs: TimeTravelNeeds, idle: IdleWatch) {
    this.#needs = needs
    this.#idle = idle
  }

  /**
   * The compute that shows this branch at this moment; null: as it is now, without waking its own. `field` is how the
   * caller names the moment. Throws moment_in_future, moment_out_of_window, moments_limit, project_not_found,
   * compute_start_failed, compute_wake_timeout.
   */
  async open(
    branch: Branch,
    past: PastMoment | null,
    field: string,
    recording: Recording = 'record',
  ): Promise<RunningCompute> {
    // Two who look at the present do not mean the same moment.
    const key = `${branch.id} ${past ? momentText(past) : `head:${++this.#heads}`}`
    const running = await this.#starts.run(key, () =>
      this.#lock.run(key, async () => {
        await checkMoment(this.#needs.parts, branch, past, field)
        return await this.#start(key, branch, past, recording)
      }),
    )
    this.#idle.touch(running.endpoint.id)
    return running
  }

  async #start(
    key: string,
    branch: Branch,
    past: PastMoment | null,
    recording: Recording,
  ): Promise<RunningCompute> {
    const known = this.#byKey.get(key)
    const open = known ?? { key, ...(await this.#make(branch, past, recording)) }
    if (!known) this.#enter(open)
    try {
      return await this.#needs.computes.start(open.endpointId, recording)
    } catch (error) {
      // Its project may be gone, its data be damaged: whoever comes next begins afresh.
      await this.#remove(open)
      throw error
    }
  }

  /** Where as many as may be are open, it waits a little: one that was only looked at is let go soon. */
  async #make(branch: Branch, past: PastMoment | null, recording: Recording): Promise<PastBranch> {
    const { clock } = this.#needs.parts
    const deadline = clock.now() + roomWaitMs
    for (;;) {
      try {
        return await makePastBranch(this.#needs, branch, past, causeOf(recording))
      } catch (error) {
        const isFull = error instanceof PilotlightError && error.code === 'moments_limit'
        if (!isFull) throw error
        if (await this.#makeRoom(branch.project_id)) continue
        if (clock.now() >= deadline) throw error
        await clock.sleep(roomPollMs)
      }
    }
  }

  /** Lets go of the moment that nobody has looked at for longest, before its time is up. False: all are looked at. */
  async #makeRoom(projectId: string): Promise<boolean> {
    const since = this.#needs.parts.clock.now() - loginMs
    const lastActive = ({ endpointId }: Open) => this.#idle.lastActiveAt(endpointId)?.getTime() ?? since
    const candidates = [...this.#byEndpoint.values()]
      .filter(open => open.projectId === projectId && !this.#idle.isHeld(open.endpointId))
      .sort((a, b) => lastActive(a) - lastActive(b))
    for (const { endpointId } of candidates) {
      if ((await this.removeIfUnused(endpointId, new Date(since))) === 'suspended') return true
    }
    return false
  }

  /** Whether this endpoint is of a past moment. */
  owns(endpointId: string): boolean {
    return this.#byEndpoint.has(endpointId)
  }

  /** Nothing has flowed for long enough; but somebody may sit there and think. `since`: when bytes last flowed. */
  async removeIfUnused(endpointId: string, since: Date): Promise<IdleOutcome> {
    const open = this.#byEndpoint.get(endpointId)
    if (!open) return 'not running'
    return await this.#lock.run(open.key, async () => {
      if (!this.owns(endpointId)) return 'not running'
      const lastActiveAt = this.#idle.lastActiveAt(endpointId)
      // A client was told of it just now, and is about to log in.
      if (lastActiveAt && lastActiveAt > since) return 'busy'
      if (await this.#isLookedAt(endpointId)) return 'busy'
      await this.#remove(open)
      return 'suspended'
    })
  }

  async #isLookedAt(endpointId: string): Promise<boolean> {
    const { engine, logger } = this.#needs.parts
    const ref = this.#needs.computes.ref(endpointId)
    if ((await engine.observe(ref)).phase !== 'ready') return false
    try {
      return await withCompute(await engine.adminLogin(ref), hasSessions)
    } catch (error) {
      logger.warn({ endpoint: endpointId, err: error }, 'a past moment does not answer; asked again later')
      return true
    }
  }

  /** A compute has stopped; if it is one of ours and nobody starts it again, the rest of it goes too. */
  stopped(endpointId: string): void {
    const open = this.#byEndpoint.get(endpointId)
    if (!open) return
    this.#lock
      .run(open.key, async () => {
        const [endpoint] = await endpoints.findMany(this.#needs.parts.catalog.db, [endpointId])
        const isUp = endpoint?.state === 'running' || endpoint?.state === 'starting'
        if (this.owns(endpointId) && !isUp) await this.#remove(open)
      })
      .catch(error =>
        this.#needs.parts.logger.error({ endpoint: endpointId, err: error }, 'past moment not removed'),
      )
  }

  /** After `reconcile`, which has adopted the computes that run: those are kept for their sessions, others removed. */
  async reconcile(): Promise<void> {
    for (const row of await ephemerals.list(this.#needs.parts.catalog.db)) {
      const { origin, endpoint_id } = row
      const at = origin.from === 'branch' ? origin.at : { head: true as const }
      const past = 'head' in at ? null : at
      const source = origin.from === 'branch' ? origin.source : ''
      const open: Open = {
        key: `${source} ${past ? momentText(past) : `head:${++this.#heads}`}`,
        ...{ projectId: row.project_id, branchId: row.branch_id, endpointId: endpoint_id ?? '' },
      }
      this.#enter(open)
      if (!row.running || row.state !== 'ready') await this.#lock.run(open.key, () => this.#remove(open))
    }
  }

  /** Pilotlight stops as a whole. */
  async removeAll(): Promise<void> {
    await Promise.all(
      [...this.#byEndpoint.values()].map(open => this.#lock.run(open.key, () => this.#remove(open))),
    )
  }

  #enter(open: Open): void {
    this.#byKey.set(open.key, open)
    this.#byEndpoint.set(open.endpointId, open)
  }

  #leave(open: Open): void {
    if (this.#byKey.get(open.key) === open) this.#byKey.delete(open.key)
    this.#byEndpoint.delete(open.endpointId)
  }

  /** Under its lock. A failure is the log's and the next attempt's: nobody waits for this. */
  async #remove(open: Open): Promise<void> {
    const { clock, logger } = this.#needs.parts
    // First: whoever comes from here on makes another.
    this.#leave(open)
    try {
      await removePastBranch(this.#needs, open)
    } catch (error) {
      logger.error({ branch: open.branchId, err: error }, 'past moment not removed; tried again in a while')
      clock.after(retryMs, () => void this.#lock.run(open.key, () => this.#remove(open)))
    }
  }
}
