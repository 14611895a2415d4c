// Who was sent to sleep by us is started while the catalog is still being asked: it says yes, but for a project that was
// deleted this very moment, whose compute is then stopped again. A millisecond or two of a wake of forty.

import * as endpoints from '../../catalog/endpoints.ts'
import type { Status } from '../../engine/engine.ts'
import type { Parts } from '../parts.ts'
import { ensureRunning, refOf, specOf } from './compute-spec.ts'

/** A kilobyte each; who slept for longer is woken a millisecond later. */
const mostAsleep = 1000

/** A start that was begun by what we remembered. */
export interface EarlyStart {
  /** As it will be, should the catalog say yes. */
  endpoint: endpoints.EndpointWithProject
  starting: Promise<Status>
}

/** Every call is made under the endpoint's lock. */
export class EarlyStarts {
  readonly #parts: Parts
  /** Those that we sent to sleep last, as they then were. */
  readonly #asleep = new Map<string, endpoints.EndpointWithProject>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** It has just been sent to sleep: its next start may be early. */
  remember(endpoint: endpoints.EndpointWithProject): void {
    this.#asleep.set(endpoint.id, endpoint)
    const [oldest] = this.#asleep.keys()
    if (this.#asleep.size > mostAsleep && oldest !== undefined) this.#asleep.delete(oldest)
  }

  /** Its next start waits for the catalog's word. */
  forget(endpointId: string): void {
    this.#asleep.delete(endpointId)
  }

  /** Asks the engine for it, and forgets it. Undefined, and nothing asked, where it is not remembered. */
  begin(endpointId: string): EarlyStart | undefined {
    const last = this.#asleep.get(endpointId)
    if (!last) return undefined
    this.#asleep.delete(endpointId)
    const next = { ...last, gen: last.gen + 1 }
    const starting = ensureRunning(this.#parts, next)
    // Heard by whoever launches it, if the catalog says yes.
    starting.catch(() => {})
    return { endpoint: next, starting }
  }

  /** The catalog said no. The engine has seen a higher fence by now than the catalog has handed out. */
  async takeBack({ endpoint: { id, gen } }: EarlyStart): Promise<void> {
    await this.#parts.engine.ensureStopped(refOf(this.#parts, id), gen, 'fast')
    await endpoints.raiseGen(this.#parts.catalog.unsynced, id, gen)
  }
}

/** Whether the early start is the one that the catalog asks for. Settings that were changed since make it another. */
export function isSameStart({ endpoint }: EarlyStart, actual: endpoints.EndpointWithProject): boolean {
  const [remembered, wanted] = [endpoint, actual].map(one => JSON.stringify(specOf('', one)))
  return endpoint.gen === actual.gen && remembered === wanted
}
