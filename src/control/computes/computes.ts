// Starts and stops computes: whatever wants one up or down, a client, an operation or the idle clock, comes through here,
// one at a time per endpoint. Any number of callers who want it up share one start. How a compute is stopped, adopted, or
// found dead stands beside this file; nobody outside of the folder asks the engine for an endpoint's compute, or moves its
// state.

import { setImmediate } from 'node:timers/promises'
import * as endpoints from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin, Ref, Status } from '../../engine/engine.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { ChangeFeed } from '../changes.ts'
import { quotaError } from '../consumption/quota-errors.ts'
import type { Parts } from '../parts.ts'
import { adopt } from './adoption.ts'
import { ComputeEnds } from './compute-ends.ts'
import { type ComputeListener, nobody } from './compute-listener.ts'
import { type Recording, record } from './compute-records.ts'
import { addressOf, ensureRunning, refOf, specOf } from './compute-spec.ts'
import { ComputeStops } from './compute-stops.ts'
import { type Contents, placeOf } from './contents.ts'
import { EarlyStarts, isSameStart } from './early-starts.ts'

export interface RunningCompute {
  endpoint: endpoints.EndpointWithBranch
  address: { host: string; port: number }
  /** Whether this call's flight had to start it. */
  started: boolean
}

export type IdleOutcome = 'suspended' | 'busy' | 'not running'

/** How long a client is held while its branch is being made, before it is told to come back. */
const branchWaitMs = 60_000
const branchPollMs = 20

export class Computes {
  readonly #parts: Parts
  readonly #contents: Contents
  readonly #lock = new KeyedLock()
  readonly #starts = new SingleFlight<RunningCompute>()
  readonly #earlyStarts: EarlyStarts
  readonly #stops: ComputeStops
  readonly #ends: ComputeEnds
  #listener = nobody

  constructor(parts: Parts, changes: ChangeFeed, contents: Contents) {
    this.#parts = parts
    this.#contents = contents
    const listener = () => this.#listener
    this.#earlyStarts = new EarlyStarts(parts)
    this.#stops = new ComputeStops({ parts, changes, contents, earlyStarts: this.#earlyStarts, listener })
    this.#ends = new ComputeEnds({ parts, changes, lock: this.#lock, listener })
  }

  listen(listener: ComputeListener): void {
    this.#listener = listener
  }

  ref(endpointId: string): Ref {
    return refOf(this.#parts, endpointId)
  }

  /**
   * Brings the compute up, or joins whoever is doing so. A branch that is still being made is waited for, and so is a
   * stop that is under way. Errors: endpoint_gone, endpoint_disabled, compute_start_failed, compute_wake_timeout, and
   * those of used up quotas.
   */
  start(endpointId: string, recording: Recording): Promise<RunningCompute> {
    return this.#starts.run(endpointId, () => this.#startNow(endpointId, recording))
  }

  /** As `start`, until the catalog says that it runs: whoever hears that the operation has ended may look. */
  async startUntilKnown(endpointId: string, recording: Recording): Promise<void> {
    await this.start(endpointId, recording)
    await this.#lock.run(endpointId, async () => {})
  }

  async #startNow(endpointId: string, recording: Recording): Promise<RunningCompute> {
    const { promise: ready, resolve, reject } = Promise.withResolvers<RunningCompute>()
    this.#startOnceReady(endpointId, recording, resolve).catch(error => {
      const known = wakeError(error)
      if (known.definition.owner === 'platform') {
        this.#parts.logger.error({ endpoint: endpointId, err: error }, 'compute not started')
      }
      reject(known)
    })
    return await ready
  }

  /** While its branch is being made, or given other data, the lock is free: that work needs it. */
  async #startOnceReady(
    endpointId: string,
    recording: Recording,
    ready: (running: RunningCompute) => void,
  ): Promise<void> {
    const deadline = this.#parts.clock.now() + branchWaitMs
    for (;;) {
      // The lock is held until the catalog knows; the callers need not wait for that.
      const outcome = await this.#lock.run(endpointId, () => this.#startLocked(endpointId, recording, ready))
      if (outcome === 'done') return
      if (this.#parts.clock.now() > deadline) throw new PilotlightError('compute_wake_timeout')
      await this.#parts.clock.sleep(branchPollMs)
    }
  }

  async #startLocked(
    endpointId: string,
    recording: Recording,
    ready: (running: RunningCompute) => void,
  ): Promise<'done' | 'branch not ready'> {
    const early = this.#earlyStarts.begin(endpointId)
    for (;;) {
      const asleep = await endpoints.startIfAsleep(this.#parts.catalog.unsynced, endpointId)
      if (asleep) {
        const starting =
          early && isSameStart(early, asleep) ? early.starting : ensureRunning(this.#parts, asleep)
        await this.#launch(asleep, recording, starting, ready)
        return 'done'
      }
      if (early) await this.#earlyStarts.takeBack(early)
      const endpoint = assertUsable(await endpoints.findWithBranch(this.#parts.catalog.db, endpointId))
      // Even where its compute still runs: the data below it is about to be other data.
      if (endpoint.branch_state === 'init') return 'branch not ready'
      const running = await this.#alreadyRunning(endpoint)
      if (running) {
        ready(running)
        return 'done'
      }
      if (endpoint.branch_state === 'failed') throw new PilotlightError('compute_start_failed')
      // We hold the lock, so nobody is at it: its end was not written down. The start sees to what may run all the same.
      if (endpoint.state === 'starting' || endpoint.state === 'stopping') {
        await endpoints.moveState(this.#parts.catalog.unsynced, endpointId, 'suspended')
      }
    }
  }

  async #alreadyRunning(endpoint: endpoints.EndpointWithBranch): Promise<RunningCompute | undefined> {
    if (endpoint.state !== 'running') return undefined
    const status = await this.#parts.engine.observe(this.ref(endpoint.id))
    if (status.phase === 'ready' && status.address) {
      // The control that started it ended before its contents were made.
      if (endpoint.branch_contents !== 'known') await this.#settle(endpoint)
      return { endpoint, address: status.address, started: false }
    }
    // It died, and we are here before the news.
    await this.#ends.note(endpoint)
    return undefined
  }

  async #launch(
    endpoint: endpoints.EndpointWithBranch,
    recording: Recording,
    starting: Promise<Status>,
    ready: (running: RunningCompute) => void,
  ): Promise<void> {
    const { catalog, engine, logger } = this.#parts
    const startedAt = this.#parts.clock.now()
    // Recorded beside the start, not before it: the client is waiting.
    const recorded = record(this.#parts, recording, endpoint, 'start_compute')
    try {
      const status = await starting
      if (status.settingsIgnored !== undefined) {
        const reason = status.settingsIgnored
        logger.warn({ endpoint: endpoint.id, reason }, 'compute runs without the settings that were chosen')
      }
      const address = await addressOf(this.#parts, endpoint.id, status)
      if (endpoint.branch_contents !== 'known') {
        await this.#settle(endpoint)
      } else if (endpoint.roles_pending) {
        const login = await engine.adminLogin(this.ref(endpoint.id))
        await this.#contents.applyPending(placeOf(endpoint), login)
      }
      ready({ endpoint, address, started: true })
    } catch (error) {
      await endpoints.moveState(catalog.unsynced, endpoint.id, 'failed')
      await recorded.end('failed', String((error as Error).message), wakeError(error).code)
      throw error
    }
    const tookMs = this.#parts.clock.now() - startedAt
    // The answer to the client goes out before the books are kept.
    await setImmediate()
    logger.info({ endpoint: endpoint.id, tookMs }, 'compute started')
    const running = await endpoints.moveState(catalog.unsynced, endpoint.id, 'running')
    if (running) this.#listener.running(running)
    await recorded.end('finished')
  }

  async #settle(endpoint: endpoints.Endpoint): Promise<void> {
    const login = await this.#parts.engine.adminLogin(this.ref(endpoint.id))
    await this.#contents.settle(placeOf(endpoint), login)
  }

  /** Ends the compute's sessions and stops it. Nothing to do is no error. */
  async suspend(endpointId: string, recording: Recording): Promise<void> {
    await this.#lock.run(endpointId, async () => {
      const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
      if (endpoint) await this.#stops.stop(endpoint, recording)
    })
  }

  /**
   * As `suspend`, for work on the data below: nobody starts it again by remembering how it was. The caller has moved the
   * branch out of `ready`, so that the catalog refuses every start until that is over.
   */
  async hold(endpointId: string): Promise<void> {
    await this.suspend(endpointId, 'recorded')
    // Who came between the two has been turned away by the catalog, and its early start been taken back.
    await this.#lock.run(endpointId, async () => this.#earlyStarts.forget(endpointId))
  }

  /**
   * Runs `work` on a branch's data that no client may meet yet, under an endpoint of our own (`internal`), which is gone
   * afterwards. Also takes up one that a dead control has left.
   */
  async useInternal(endpoint: endpoints.Endpoint, work: (login: AdminLogin) => Promise<void>): Promise<void> {
    await this.#lock.run(endpoint.id, async () => {
      const { catalog, engine } = this.#parts
      await endpoints.moveState(catalog.db, endpoint.id, 'suspended')
      const starting = await endpoints.moveState(catalog.db, endpoint.id, 'starting')
      if (!starting) throw new PilotlightError('endpoint_gone')
      await addressOf(this.#parts, endpoint.id, await ensureRunning(this.#parts, starting))
      await work(await engine.adminLogin(this.ref(endpoint.id)))
    })
    await this.remove(endpoint)
    await endpoints.remove(this.#parts.catalog.db, endpoint.id)
  }

  /** Stops the compute if it is as idle inside as it looks from outside. `since`: when bytes last flowed. */
  async suspendIfIdle(
    endpointId: string,
    since: Date,
    recording: Recording = 'record',
  ): Promise<IdleOutcome> {
    return await this.#lock.run(endpointId, async () => {
      const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
      if (endpoint?.state !== 'running') return 'not running'
      if ((await this.#parts.engine.observe(this.ref(endpointId))).phase !== 'ready') {
        await this.#ends.note(endpoint)
        return 'not running'
      }
      return await this.#stops.stopIfIdle(endpoint, since, recording)
    })
  }

  /** Takes the compute away for good, with its endpoint or branch. */
  async remove(endpoint: endpoints.Endpoint): Promise<void> {
    await this.#lock.run(endpoint.id, () => this.#stops.remove(endpoint))
  }

  /** Sets the catalog right after a start of control: what runs is adopted, what does not run is asleep. */
  async adopt(endpoint: endpoints.Endpoint): Promise<'running' | 'asleep'> {
    return await this.#lock.run(endpoint.id, async () => {
      const running = await adopt(this.#parts, endpoint)
      if (running) this.#listener.running(running)
      return running ? 'running' : 'asleep'
    })
  }

  /** Hears from the engine about computes that end by themselves, until `close`. */
  watch(): Promise<void> {
    return this.#ends.watch()
  }

  /** Gives a running compute what of its endpoint's settings needs no restart. One that sleeps has them at its next start. */
  async configure(endpointId: string): Promise<void> {
    await this.#lock.run(endpointId, async () => {
      const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
      if (endpoint?.state !== 'running') return
      const { cell } = this.#parts.settings
      await this.#parts.engine.ensureConfigured(this.ref(endpointId), endpoint.gen, specOf(cell, endpoint))
    })
  }

  close(): void {
    this.#ends.close()
  }
}

function assertUsable(endpoint: endpoints.EndpointWithBranch | undefined): endpoints.EndpointWithBranch {
  if (!endpoint || endpoint.gone) throw new PilotlightError('endpoint_gone')
  if (endpoint.disabled) throw new PilotlightError('endpoint_disabled')
  if (endpoint.over_quota) throw quotaError(endpoint.over_quota)
  return endpoint
}

/** What a waiting client is told; the log has the cause. */
function wakeError(error: unknown): PilotlightError {
  if (error instanceof PilotlightError) return error
  return new PilotlightError('compute_start_failed', {}, { cause: error })
}
