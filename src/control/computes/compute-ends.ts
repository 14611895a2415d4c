// Computes that end by themselves: killed by the kernel, by a fault of Postgres, by an operator. The engine tells of it, or
// whoever needs the compute finds it dead before the news. Either way the catalog then says that it sleeps.

import * as endpoints from '../../catalog/endpoints.ts'
import type { Phase } from '../../engine/engine.ts'
import type { KeyedLock } from '../../lib/keyed-lock.ts'
import type { ChangeFeed } from '../changes.ts'
import type { Parts } from '../parts.ts'
import type { ComputeListener } from './compute-listener.ts'
import { record } from './compute-records.ts'
import { refOf } from './compute-spec.ts'

/** What the engine says of a compute that no longer is. */
const endedPhases: ReadonlySet<Phase> = new Set(['failed', 'stopped', 'gone'])

export interface EndNeeds {
  parts: Parts
  changes: ChangeFeed
  /** By endpoint. */
  lock: KeyedLock
  listener(): ComputeListener
}

export class ComputeEnds {
  readonly #needs: EndNeeds
  #closed = false

  constructor(needs: EndNeeds) {
    this.#needs = needs
  }

  /** Hears from the engine about computes that end by themselves, until `close`. */
  async watch(): Promise<void> {
    const { engine, catalog, settings } = this.#needs.parts
    for await (const event of engine.watch(settings.cell)) {
      if (this.#closed) return
      if ('resync' in event) {
        for (const { id, state } of await endpoints.listNotSuspended(catalog.db)) {
          if (state === 'running') this.#checkAlive(id)
        }
      } else if (event.status.kind === 'compute' && endedPhases.has(event.status.phase)) {
        this.#checkAlive(event.status.ref.id)
      }
    }
  }

  /** It was found dead. Called under the endpoint's lock. */
  async note(endpoint: endpoints.Endpoint): Promise<void> {
    const { parts, changes, listener } = this.#needs
    parts.logger.warn(
      { endpoint: endpoint.id },
      'compute ended by itself; the next connection starts it again',
    )
    changes.publish({ change: 'compute', endpoint_id: endpoint.id })
    const recorded = record(parts, { by: 'crash' }, endpoint, 'suspend_compute')
    await endpoints.moveState(parts.catalog.unsynced, endpoint.id, 'suspended')
    listener().stopped(endpoint.id)
    // Before it is started again: that is recorded, too, and comes behind it.
    await recorded.end('finished')
  }

  close(): void {
    this.#closed = true
  }

  /** Nobody waits for the answer: an endpoint that takes its time must not keep the news of others back. */
  #checkAlive(endpointId: string): void {
    const { parts, lock } = this.#needs
    lock
      .run(endpointId, async () => {
        const endpoint = await endpoints.findWithBranch(parts.catalog.db, endpointId)
        if (this.#closed || endpoint?.state !== 'running') return
        const status = await parts.engine.observe(refOf(parts, endpointId))
        if (status.phase !== 'ready') await this.note(endpoint)
      })
      .catch(error => parts.logger.error({ endpoint: endpointId, err: error }, 'end of compute not noted'))
  }
}
