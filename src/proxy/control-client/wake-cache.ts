// Where awake computes are, and the one wake of a sleeping one that all its clients share.

import { wakeComputeSchema } from '../../contract/control-plane.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { ComputeAddress, Wake } from '../ports.ts'
import type { ControlHttp } from './control-http.ts'
import { endpointIdOf } from './endpoint-key.ts'
import { holdWhileAway } from './hold.ts'
import { Lru } from './lru.ts'

interface Entry {
  address: ComputeAddress
  usedMs: number
}

/** Shorter than the usual suspend (5 min), so that a compute nobody used is asked about again. */
const idleMs = 240_000
const maxEntries = 4_000
/** Control limits a start by itself; this is for a control that hangs. */
const timeoutMs = 65_000

export class WakeCache implements Wake {
  readonly #http: ControlHttp
  readonly #clock: Clock
  readonly #entries = new Lru<Entry>(maxEntries)
  readonly #flights = new SingleFlight<ComputeAddress>()
  #drops = 0

  constructor(http: ControlHttp, clock: Clock) {
    this.#http = http
    this.#clock = clock
  }

  async wake(endpoint: string): Promise<ComputeAddress> {
    const id = endpointIdOf(endpoint)
    const entry = this.#entries.get(id)
    const now = this.#clock.now()
    if (entry && now - entry.usedMs < idleMs) {
      entry.usedMs = now
      return entry.address
    }
    return await this.#flights.run(id, () => this.#ask(endpoint, id))
  }

  async #ask(endpoint: string, id: string): Promise<ComputeAddress> {
    const drops = this.#drops
    const reply = await holdWhileAway(this.#clock, () =>
      this.#http.ask({
        method: 'GET',
        path: '/wake_compute',
        query: { endpointish: endpoint, session_id: '', application_name: 'pilotlight/tcp' },
        timeoutMs,
      }),
    )
    const { address, aux } = wakeComputeSchema.parse(reply)
    const fresh: ComputeAddress = {
      endpointId: aux.endpoint_id,
      ...parseAddress(address),
      cached: false,
      started: aux.cold_start_info === 'pool_miss' || aux.cold_start_info === 'pool_hit',
    }
    // An address that was told to be dead while the answer was on its way is used once, not kept.
    if (drops === this.#drops)
      this.#entries.set(id, {
        address: { ...fresh, cached: true, started: false },
        usedMs: this.#clock.now(),
      })
    return fresh
  }

  forget(endpoint: string): void {
    this.drop(endpointIdOf(endpoint))
  }

  drop(endpointId: string): void {
    this.#drops++
    this.#entries.delete(endpointId)
  }

  dropAll(): void {
    this.#drops++
    this.#entries.clear()
  }
}

function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  const port = Number(address.slice(colon + 1))
  if (colon <= 0 || !Number.isInteger(port) || port <= 0 || port > 65_535)
    throw new PilotlightError('control_unreachable', {}, { cause: new Error(`odd address ${address}`) })
  return { host: address.slice(0, colon), port }
}
