// Where awake computes are, and the one wake of a sleeping one that all its clients share.

import { wakeComputeSchema } from '../../contract/control-plane.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { PastMoment } from '../../contract/moment.ts'
import type { Clock } from '../../lib/clock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { ComputeAddress, Wake, Waker } from '../ports.ts'
import type { ControlHttp } from './control-http.ts'
import { isEndpointKey, keyOf } from './endpoint-key.ts'
import { holdWhileAway } from './hold.ts'
import { Lru } from './lru.ts'

interface Entry {
  address: ComputeAddress
  usedMs: number
}

interface Question {
  endpoint: string
  moment: PastMoment | null
  key: string
  /** Of those who share the answer, the first. */
  waker: Waker | undefined
}

/** Shorter than the usual suspend (5 min), so that a compute nobody used is asked about again. */
const idleMs = 240_000
const maxEntries = 4_000
/** Few: each is looked through when a compute goes. */
const maxOthers = 200
/** Control limits a start by itself; this is for a control that hangs. */
const timeoutMs = 65_000

export class WakeCache implements Wake {
  readonly #http: ControlHttp
  readonly #clock: Clock
  /** By the endpoint's id. */
  readonly #entries = new Lru<Entry>(maxEntries)
  /** Of those who named a branch or a moment: by what they said. Whose compute it is only the address tells. */
  readonly #others = new Lru<Entry>(maxOthers)
  readonly #flights = new SingleFlight<ComputeAddress>()
  #drops = 0

  constructor(http: ControlHttp, clock: Clock) {
    this.#http = http
    this.#clock = clock
  }

  async wake(endpoint: string, moment: PastMoment | null = null, waker?: Waker): Promise<ComputeAddress> {
    const key = keyOf(endpoint, moment)
    const entry = this.#entriesOf(key).get(key)
    const now = this.#clock.now()
    if (entry && now - entry.usedMs < idleMs) {
      entry.usedMs = now
      return entry.address
    }
    return await this.#flights.run(key, () => this.#ask({ endpoint, moment, key, waker }))
  }

  async #ask({ endpoint, moment, key, waker }: Question): Promise<ComputeAddress> {
    const drops = this.#drops
    const reply = await holdWhileAway(this.#clock, () =>
      this.#http.ask({
        method: 'GET',
        path: '/wake_compute',
        query: {
          ...{ endpointish: endpoint, session_id: '', application_name: 'pilotlight/tcp' },
          ...(moment && momentQuery(moment)),
          ...(waker && wakerQuery(waker)),
        },
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
      this.#entriesOf(key).set(key, {
        address: { ...fresh, cached: true, started: false },
        usedMs: this.#clock.now(),
      })
    return fresh
  }

  forget(endpoint: string, moment: PastMoment | null = null): void {
    const key = keyOf(endpoint, moment)
    this.#drops++
    this.#entriesOf(key).delete(key)
  }

  /** The compute of this endpoint is going or gone, under whatever name it was asked for. */
  drop(endpointId: string): void {
    this.#drops++
    this.#entries.delete(endpointId)
    for (const [key, { address }] of this.#others.all())
      if (address.endpointId === endpointId) this.#others.delete(key)
  }

  dropAll(): void {
    this.#drops++
    this.#entries.clear()
    this.#others.clear()
  }

  #entriesOf(key: string): Lru<Entry> {
    return isEndpointKey(key) ? this.#entries : this.#others
  }
}

/** Postgres cuts its own names at 63 bytes. A client may send ten thousand, and control takes no such URL. */
const nameChars = 100

/** Whole characters: half a one is no text that the catalog would keep. */
const cut = (name: string): string => [...name.slice(0, 2 * nameChars)].slice(0, nameChars).join('')

/** Additions of ours. */
const wakerQuery = ({ role, database, application, address }: Waker): Record<string, string> => ({
  ...{ role: cut(role), database: cut(database), client_address: address },
  ...(application !== '' && { client_application: cut(application) }),
})

/** As Neon's own proxy writes its options. */
const momentQuery = (moment: PastMoment): Record<string, string> =>
  'lsn' in moment ? { 'options[lsn]': moment.lsn } : { 'options[timestamp]': moment.time }

function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  const port = Number(address.slice(colon + 1))
  if (colon <= 0 || !Number.isInteger(port) || port <= 0 || port > 65_535)
    throw new PilotlightError('control_unreachable', {}, { cause: new Error(`odd address ${address}`) })
  return { host: address.slice(0, colon), port }
}
