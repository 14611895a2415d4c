// Stops computes: what only a compute knows is learnt before it goes, the proxies forget its address, and the catalog's
// state moves with it.

import * as endpoints from '../../catalog/endpoints.ts'
import type { ChangeFeed } from '../changes.ts'
import { logicalBytes } from '../consumption/measure.ts'
import type { Parts } from '../parts.ts'
import type { ComputeListener } from './compute-listener.ts'
import { type Recording, record } from './compute-records.ts'
import { refOf } from './compute-spec.ts'
import { isBusy } from './compute-sql.ts'
import { type Contents, placeOf } from './contents.ts'
import type { EarlyStarts } from './early-starts.ts'

export interface StopNeeds {
  parts: Parts
  changes: ChangeFeed
  contents: Contents
  earlyStarts: EarlyStarts
  listener(): ComputeListener
}

/** Every call is made under the endpoint's lock. */
export class ComputeStops {
  readonly #needs: StopNeeds

  constructor(needs: StopNeeds) {
    this.#needs = needs
  }

  /** Ends its sessions. Where nothing runs the catalog is set right all the same. Errors: those of the engine. */
  async stop(endpoint: endpoints.Endpoint, recording: Recording): Promise<void> {
    const { parts } = this.#needs
    const status = await parts.engine.observe(refOf(parts, endpoint.id))
    if (status.phase === 'ready') await this.#learn(endpoint)
    await this.#stop(endpoint, recording)
  }

  /** Stops one that runs, unless a session is at work in it, or on its way. `since`: when bytes last flowed. Errors: as `stop`. */
  async stopIfIdle(
    endpoint: endpoints.Endpoint,
    since: Date,
    recording: Recording,
  ): Promise<'suspended' | 'busy'> {
    const { parts, contents, listener } = this.#needs
    const login = await parts.engine.adminLogin(refOf(parts, endpoint.id))
    const bytes = await contents.inspect(placeOf(endpoint), login, async client =>
      (await isBusy(client, since)) ? null : await logicalBytes(client),
    )
    if (bytes === null || listener().isAskedSince?.(endpoint.id, since)) return 'busy'
    listener().sized?.(endpoint.id, bytes)
    await this.#stop(endpoint, recording)
    return 'suspended'
  }

  /** Stops it, and takes away all that the engine has of it. Errors: those of the engine. */
  async remove(endpoint: endpoints.Endpoint): Promise<void> {
    const { parts, changes, earlyStarts, listener } = this.#needs
    const { engine, catalog } = parts
    const ref = refOf(parts, endpoint.id)
    earlyStarts.forget(endpoint.id)
    changes.publish({ change: 'compute', endpoint_id: endpoint.id })
    const moved = await endpoints.moveState(catalog.unsynced, endpoint.id, 'stopping')
    // The caller's row may be older than a start that was refused or went wrong meanwhile.
    const seen = await engine.observe(ref)
    const gen = Math.max(moved?.gen ?? endpoint.gen, seen.gen)
    await engine.ensureStopped(ref, gen, 'fast')
    await engine.ensureGone(ref, gen)
    await endpoints.moveState(catalog.unsynced, endpoint.id, 'suspended')
    listener().stopped(endpoint.id)
    await listener().settled?.(endpoint.id)
  }

  /** Roles made in SQL are learnt before the only place that knows them goes to sleep. */
  async #learn(endpoint: endpoints.Endpoint): Promise<void> {
    const { parts, contents, listener } = this.#needs
    try {
      const login = await parts.engine.adminLogin(refOf(parts, endpoint.id))
      const bytes = await contents.inspect(placeOf(endpoint), login, logicalBytes)
      listener().sized?.(endpoint.id, bytes)
    } catch (error) {
      // A compute that no longer answers must still be stoppable.
      parts.logger.warn({ endpoint: endpoint.id, err: error }, 'could not read roles before the stop')
    }
  }

  async #stop(endpoint: endpoints.Endpoint, recording: Recording): Promise<void> {
    const { parts, changes, earlyStarts, listener } = this.#needs
    const { catalog, engine, logger, clock } = parts
    const startedAt = clock.now()
    const recorded = record(parts, recording, endpoint, 'suspend_compute')
    // Proxies forget the address first: who comes now asks us, and waits at the lock.
    changes.publish({ change: 'compute', endpoint_id: endpoint.id })
    const moved = await endpoints.moveState(catalog.unsynced, endpoint.id, 'stopping')
    try {
      await engine.ensureStopped(refOf(parts, endpoint.id), moved?.gen ?? endpoint.gen, 'fast')
    } catch (error) {
      await endpoints.moveState(catalog.unsynced, endpoint.id, 'failed')
      await recorded.end('failed', String((error as Error).message))
      throw error
    }
    const suspended = await endpoints.moveState(catalog.unsynced, endpoint.id, 'suspended')
    if (suspended) earlyStarts.remember(suspended)
    listener().stopped(endpoint.id)
    await recorded.end('finished')
    logger.info({ endpoint: endpoint.id, tookMs: clock.now() - startedAt }, 'compute suspended')
  }
}
