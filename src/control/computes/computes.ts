// Starts and stops computes: the one place that asks the engine to, and that moves their state in the catalog.
// Whatever wants a compute up or down, a client, an operation or the idle clock, comes through here, one at a time per
// endpoint. Any number of callers who want it up share one start.

import { setImmediate } from 'node:timers/promises'
import * as activeTime from '../../catalog/active-time.ts'
import * as branches from '../../catalog/branches.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { AdminLogin, Phase, Ref, Status } from '../../engine/engine.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { ChangeFeed } from '../changes.ts'
import { logicalBytes } from '../consumption/measure.ts'
import { quotaError } from '../consumption/quota-errors.ts'
import type { Parts } from '../parts.ts'
import { type Recording, record } from './compute-records.ts'
import { addressOf, specOf } from './compute-spec.ts'
import { isBusy } from './compute-sql.ts'
import type { Contents, Place } from './contents.ts'

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

/** What the engine says of a compute that no longer is. */
const endedPhases: ReadonlySet<Phase> = new Set(['failed', 'stopped', 'gone'])
/** … and of one that is on its way up. */
export const halfStartedPhases: ReadonlySet<Phase> = new Set(['pending', 'working'])

/** A kilobyte each; who slept for longer is woken a millisecond later. */
const mostAsleep = 1000

export interface ComputeListener {
  /** A compute accepts sessions: just started, or adopted. */
  running(endpoint: endpoints.Endpoint): void
  /** Its end is in the catalog. */
  stopped(endpointId: string): void
  /** All that had to be done about its end is done: its endpoint may go. */
  settled?(endpointId: string): Promise<void>
  /** So much it holds, right before its stop. */
  sized?(endpointId: string, bytes: number): void
}

export class Computes {
  readonly #parts: Parts
  readonly #changes: ChangeFeed
  readonly #contents: Contents
  readonly #lock = new KeyedLock()
  readonly #starts = new SingleFlight<RunningCompute>()
  /** Those that we sent to sleep last, as they then were. */
  readonly #asleep = new Map<string, endpoints.EndpointWithProject>()
  #listener: ComputeListener = { running() {}, stopped() {} }
  #closed = false

  constructor(parts: Parts, changes: ChangeFeed, contents: Contents) {
    this.#parts = parts
    this.#changes = changes
    this.#contents = contents
  }

  listen(listener: ComputeListener): void {
    this.#listener = listener
  }

  ref(endpointId: string): Ref {
    return { cell: this.#parts.settings.cell, id: endpointId }
  }

  /**
   * Brings the compute up, or joins whoever is doing so. A branch that is still being made is waited for, and so is a
   * stop that is under way. Errors: endpoint_gone, endpoint_disabled, compute_start_failed, compute_wake_timeout, and
   * those of used up quotas.
   */
  start(endpointId: string, recording: Recording): Promise<RunningCompute> {
    return this.#starts.run(endpointId, () => this.#startNow(endpointId, recording))
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
    const early = this.#startEarly(endpointId)
    for (;;) {
      const asleep = await endpoints.startIfAsleep(this.#parts.catalog.unsynced, endpointId)
      if (asleep) {
        const starting = early && isSameStart(early, asleep) ? early.starting : this.#ensureRunning(asleep)
        await this.#launch(asleep, recording, starting, ready)
        return 'done'
      }
      if (early) await this.#takeBack(endpointId, early.endpoint.gen)
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

  /**
   * Who was sent to sleep by us is started while the catalog is still being asked: it says yes, but for a project that
   * was deleted this very moment, whose compute is then stopped again. A millisecond or two of a wake of forty.
   */
  #startEarly(endpointId: string): EarlyStart | undefined {
    const last = this.#asleep.get(endpointId)
    if (!last) return undefined
    this.#asleep.delete(endpointId)
    const next = { ...last, gen: last.gen + 1 }
    const starting = this.#ensureRunning(next)
    // Heard by #launch, if the catalog says yes.
    starting.catch(() => {})
    return { endpoint: next, starting }
  }

  /** The engine has seen a higher fence by now than the catalog has handed out. */
  async #takeBack(endpointId: string, gen: number): Promise<void> {
    await this.#parts.engine.ensureStopped(this.ref(endpointId), gen, 'fast')
    await endpoints.raiseGen(this.#parts.catalog.unsynced, endpointId, gen)
  }

  #ensureRunning(endpoint: endpoints.EndpointWithProject): Promise<Status> {
    return this.#parts.engine.ensureRunning(
      this.ref(endpoint.id),
      endpoint.gen,
      specOf(this.#parts.settings.cell, endpoint),
    )
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
    await this.#noteDeath(endpoint)
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
      const address = await this.#addressOf(endpoint.id, status)
      if (endpoint.branch_contents !== 'known') {
        await this.#settle(endpoint)
      } else if (endpoint.roles_pending) {
        const login = await engine.adminLogin(this.ref(endpoint.id))
        await this.#contents.applyPending(placeOf(endpoint), login)
      }
      ready({ endpoint, address, started: true })
    } catch (error) {
      await endpoints.moveState(catalog.unsynced, endpoint.id, 'failed')
      await recorded.end('failed', String((error as Error).message))
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

  #addressOf(endpointId: string, first: Status): Promise<{ host: string; port: number }> {
    return addressOf(this.#parts, this.ref(endpointId), first)
  }

  async #settle(endpoint: endpoints.Endpoint): Promise<void> {
    const login = await this.#parts.engine.adminLogin(this.ref(endpoint.id))
    await this.#contents.settle(placeOf(endpoint), login)
  }

  /** Ends the compute's sessions and stops it. Nothing to do is no error. */
  async suspend(endpointId: string, recording: Recording): Promise<void> {
    await this.#lock.run(endpointId, async () => {
      const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
      if (!endpoint) return
      const status = await this.#parts.engine.observe(this.ref(endpointId))
      if (status.phase === 'ready') await this.#learnBeforeStop(endpoint)
      await this.#stop(endpoint, recording)
    })
  }

  /**
   * As `suspend`, for work on the data below: nobody starts it again by remembering how it was. The caller has moved the
   * branch out of `ready`, so that the catalog refuses every start until that is over.
   */
  async hold(endpointId: string): Promise<void> {
    await this.suspend(endpointId, 'recorded')
    // Who came between the two has been turned away by the catalog, and its early start been taken back.
    await this.#lock.run(endpointId, async () => void this.#asleep.delete(endpointId))
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
      await this.#addressOf(endpoint.id, await this.#ensureRunning(starting))
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
        await this.#noteDeath(endpoint)
        return 'not running'
      }
      const login = await this.#parts.engine.adminLogin(this.ref(endpointId))
      const bytes = await this.#contents.inspect(placeOf(endpoint), login, async client =>
        (await isBusy(client, since)) ? null : await logicalBytes(client),
      )
      if (bytes === null) return 'busy'
      this.#listener.sized?.(endpointId, bytes)
      await this.#stop(endpoint, recording)
      return 'suspended'
    })
  }

  /** Roles made in SQL are learnt before the only place that knows them goes to sleep. */
  async #learnBeforeStop(endpoint: endpoints.EndpointWithBranch): Promise<void> {
    try {
      const login = await this.#parts.engine.adminLogin(this.ref(endpoint.id))
      const bytes = await this.#contents.inspect(placeOf(endpoint), login, logicalBytes)
      this.#listener.sized?.(endpoint.id, bytes)
    } catch (error) {
      // A compute that no longer answers must still be stoppable.
      this.#parts.logger.warn({ endpoint: endpoint.id, err: error }, 'could not read roles before the stop')
    }
  }

  async #stop(endpoint: endpoints.EndpointWithBranch, recording: Recording): Promise<void> {
    const { catalog, engine, logger } = this.#parts
    const startedAt = this.#parts.clock.now()
    const recorded = record(this.#parts, recording, endpoint, 'suspend_compute')
    // Proxies forget the address first: who comes now asks us, and waits at the lock.
    this.#changes.publish({ change: 'compute', endpoint_id: endpoint.id })
    const moved = await endpoints.moveState(catalog.unsynced, endpoint.id, 'stopping')
    try {
      await engine.ensureStopped(this.ref(endpoint.id), moved?.gen ?? endpoint.gen, 'fast')
    } catch (error) {
      await endpoints.moveState(catalog.unsynced, endpoint.id, 'failed')
      await recorded.end('failed', String((error as Error).message))
      throw error
    }
    const suspended = await endpoints.moveState(catalog.unsynced, endpoint.id, 'suspended')
    if (suspended) this.#noteAsleep(suspended)
    this.#listener.stopped(endpoint.id)
    await recorded.end('finished')
    logger.info({ endpoint: endpoint.id, tookMs: this.#parts.clock.now() - startedAt }, 'compute suspended')
  }

  #noteAsleep(endpoint: endpoints.EndpointWithProject): void {
    this.#asleep.set(endpoint.id, endpoint)
    const [oldest] = this.#asleep.keys()
    if (this.#asleep.size > mostAsleep && oldest !== undefined) this.#asleep.delete(oldest)
  }

  /** Takes the compute away for good, with its endpoint's project. */
  async remove(endpoint: endpoints.Endpoint): Promise<void> {
    await this.#lock.run(endpoint.id, async () => {
      this.#asleep.delete(endpoint.id)
      this.#changes.publish({ change: 'compute', endpoint_id: endpoint.id })
      const moved = await endpoints.moveState(this.#parts.catalog.unsynced, endpoint.id, 'stopping')
      // The caller's row may be older than a start that was refused or went wrong meanwhile.
      const seen = await this.#parts.engine.observe(this.ref(endpoint.id))
      const gen = Math.max(moved?.gen ?? endpoint.gen, seen.gen)
      await this.#parts.engine.ensureStopped(this.ref(endpoint.id), gen, 'fast')
      await this.#parts.engine.ensureGone(this.ref(endpoint.id), gen)
      await endpoints.moveState(this.#parts.catalog.unsynced, endpoint.id, 'suspended')
      this.#listener.stopped(endpoint.id)
      await this.#listener.settled?.(endpoint.id)
    })
  }

  /** Sets the catalog right after a start of control: what runs is adopted, what does not run is asleep. */
  async adopt(endpoint: endpoints.Endpoint): Promise<'running' | 'asleep'> {
    return await this.#lock.run(endpoint.id, async () => {
      const { db } = this.#parts.catalog
      const status = await this.#parts.engine.observe(this.ref(endpoint.id))
      await endpoints.raiseGen(db, endpoint.id, status.gen)
      if (status.phase === 'ready') {
        // Its start was among the catalog's last commits, and is lost.
        if (endpoint.state === 'suspended') await endpoints.moveState(db, endpoint.id, 'starting')
        const running =
          endpoint.state === 'running' ? endpoint : await endpoints.moveState(db, endpoint.id, 'running')
        if (running) {
          this.#listener.running(running)
          return 'running'
        }
      }
      // When it ended is not known: time that nobody saw it run is not counted.
      const now = new Date()
      if (endpoint.state !== 'suspended') await activeTime.giveUp(db, endpoint.id, now)
      const moved =
        endpoint.state === 'suspended'
          ? undefined
          : await endpoints.moveState(db, endpoint.id, 'suspended', now)
      if (halfStartedPhases.has(status.phase)) {
        await this.#stopHalfStarted(endpoint.id, moved?.gen ?? Math.max(endpoint.gen, status.gen))
      }
      return 'asleep'
    })
  }

  /** Whoever wanted it is gone. Left alone it would come up, and never be sent to sleep. */
  async #stopHalfStarted(endpointId: string, gen: number): Promise<void> {
    try {
      await this.#parts.engine.ensureStopped(this.ref(endpointId), gen, 'fast')
    } catch (error) {
      this.#parts.logger.error({ endpoint: endpointId, err: error }, 'half-started compute not stopped')
    }
  }

  /** Hears from the engine about computes that end by themselves, until `close`. */
  async watch(): Promise<void> {
    for await (const event of this.#parts.engine.watch(this.#parts.settings.cell)) {
      if (this.#closed) return
      if ('resync' in event) {
        for (const { id, state } of await endpoints.listNotSuspended(this.#parts.catalog.db)) {
          if (state === 'running') this.#checkAlive(id)
        }
      } else if (event.status.kind === 'compute' && endedPhases.has(event.status.phase)) {
        this.#checkAlive(event.status.ref.id)
      }
    }
  }

  /** Nobody waits for the answer: an endpoint that takes its time must not keep the news of others back. */
  #checkAlive(endpointId: string): void {
    this.#lock
      .run(endpointId, async () => {
        const endpoint = await endpoints.findWithBranch(this.#parts.catalog.db, endpointId)
        if (this.#closed || endpoint?.state !== 'running') return
        const status = await this.#parts.engine.observe(this.ref(endpointId))
        if (status.phase !== 'ready') await this.#noteDeath(endpoint)
      })
      .catch(error =>
        this.#parts.logger.error({ endpoint: endpointId, err: error }, 'end of compute not noted'),
      )
  }

  async #noteDeath(endpoint: endpoints.EndpointWithBranch): Promise<void> {
    this.#parts.logger.warn(
      { endpoint: endpoint.id },
      'compute ended by itself; the next connection starts it again',
    )
    this.#changes.publish({ change: 'compute', endpoint_id: endpoint.id })
    await endpoints.moveState(this.#parts.catalog.unsynced, endpoint.id, 'suspended')
    this.#listener.stopped(endpoint.id)
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

  /** The next fencing token for the branch's data. */
  async nextDataGen(branchId: string): Promise<number> {
    const gen = await branches.nextGen(this.#parts.catalog.db, branchId)
    if (gen === undefined) throw new PilotlightError('branch_not_found')
    return gen
  }

  close(): void {
    this.#closed = true
  }
}

/** A start that was begun by what we remembered. */
interface EarlyStart {
  endpoint: endpoints.EndpointWithProject
  starting: Promise<Status>
}

/** Its settings may have been changed since; the engine then takes up the right ones. */
function isSameStart({ endpoint }: EarlyStart, actual: endpoints.EndpointWithProject): boolean {
  const [remembered, wanted] = [endpoint, actual].map(one => JSON.stringify(specOf('', one)))
  return endpoint.gen === actual.gen && remembered === wanted
}

function assertUsable(endpoint: endpoints.EndpointWithBranch | undefined): endpoints.EndpointWithBranch {
  if (!endpoint || endpoint.gone) throw new PilotlightError('endpoint_gone')
  if (endpoint.disabled) throw new PilotlightError('endpoint_disabled')
  if (endpoint.over_quota) throw quotaError(endpoint.over_quota)
  return endpoint
}

function placeOf(endpoint: endpoints.Endpoint): Place {
  return { endpointId: endpoint.id, branchId: endpoint.branch_id }
}

/** What a waiting client is told; the log has the cause. */
function wakeError(error: unknown): PilotlightError {
  if (error instanceof PilotlightError) return error
  return new PilotlightError('compute_start_failed', {}, { cause: error })
}
