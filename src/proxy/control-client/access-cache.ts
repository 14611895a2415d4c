// Who may log in, asked of control and remembered. Changes are told (changes.ts); the time limit is for what is missed.

import { accessControlSchema } from '../../contract/control-plane.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { Access, RoleSecret } from '../ports.ts'
import { ControlAway, type ControlHttp } from './control-http.ts'
import { endpointIdOf, namesBranch } from './endpoint-key.ts'
import { holdWhileAway } from './hold.ts'
import { Lru } from './lru.ts'

interface Entry {
  secret: RoleSecret
  readMs: number
}

const freshMs = 240_000
/** An unknown role may be created at any moment: remembered only as long as a flood lasts. */
const unknownFreshMs = 1_000
/** Changes are told by endpoint: of a branch that was named itself, nobody says that a password is a new one. It is asked. */
const branchFreshMs = 0
const maxEndpoints = 10_000
const maxRolesPerEndpoint = 10
const timeoutMs = 10_000

export class AccessCache implements Access {
  readonly #http: ControlHttp
  readonly #clock: Clock
  readonly #endpoints = new Lru<Lru<Entry>>(maxEndpoints)
  readonly #flights = new SingleFlight<RoleSecret>()
  /** Counts what was dropped: an answer that was on its way then may be old, and is not remembered. */
  #drops = 0

  constructor(http: ControlHttp, clock: Clock) {
    this.#http = http
    this.#clock = clock
  }

  async roleSecret(endpoint: string, role: string): Promise<RoleSecret> {
    const entry = this.#endpoints.get(endpointIdOf(endpoint))?.get(role)
    if (!entry) return await this.#ask(endpoint, role, true)
    const ageMs = this.#clock.now() - entry.readMs
    if (ageMs >= 0 && ageMs < freshFor(endpoint, entry.secret)) return entry.secret
    try {
      return await this.#ask(endpoint, role, false)
    } catch (error) {
      // While control is away, what it said last goes on counting: awake computes are served.
      if (error instanceof ControlAway) return entry.secret
      throw error
    }
  }

  async #ask(endpoint: string, role: string, hold: boolean): Promise<RoleSecret> {
    const key = JSON.stringify([hold, endpoint, role])
    return await this.#flights.run(key, async () => {
      const drops = this.#drops
      const question = async () =>
        this.#read(
          await this.#http.ask({
            method: 'GET',
            path: '/get_endpoint_access_control',
            query: { endpointish: endpoint, role, session_id: '', application_name: 'pilotlight/tcp' },
            timeoutMs,
          }),
        )
      const secret = await orUnknown(hold ? () => holdWhileAway(this.#clock, question) : question)
      if (drops === this.#drops) this.#remember(endpoint, role, secret)
      return secret
    })
  }

  async refreshRoleSecret(endpoint: string, role: string): Promise<RoleSecret> {
    return await this.#flights.run(JSON.stringify(['refresh', endpoint, role]), async () => {
      try {
        const secret = await orUnknown(async () =>
          this.#read(
            await this.#http.ask({
              method: 'POST',
              path: '/refresh_role',
              body: { endpointish: endpoint, role },
              timeoutMs,
            }),
          ),
        )
        this.#remember(endpoint, role, secret)
        return secret
      } catch (error) {
        if (error instanceof ControlAway)
          throw new PilotlightError('control_unreachable', {}, { cause: error })
        throw error
      }
    })
  }

  #read(reply: unknown): RoleSecret {
    const {
      role_secret,
      allowed_ips = [],
      block_public_connections = false,
    } = accessControlSchema.parse(reply)
    const isGuarded = allowed_ips.length > 0 || block_public_connections
    return {
      verifier: role_secret === '' ? null : role_secret,
      ...(isGuarded && { network: { allowedIps: allowed_ips, blockPublic: block_public_connections } }),
    }
  }

  #remember(endpoint: string, role: string, secret: RoleSecret): void {
    const id = endpointIdOf(endpoint)
    const roles = this.#endpoints.get(id) ?? new Lru<Entry>(maxRolesPerEndpoint)
    this.#endpoints.set(id, roles)
    roles.set(role, { secret, readMs: this.#clock.now() })
  }

  drop(endpointId: string): void {
    this.#drops++
    this.#endpoints.delete(endpointId)
  }

  dropAll(): void {
    this.#drops++
    this.#endpoints.clear()
  }
}

function freshFor(endpoint: string, secret: RoleSecret): number {
  if (!secret.verifier) return unknownFreshMs
  return namesBranch(endpoint) ? branchFreshMs : freshMs
}

/** An endpoint that does not exist has no roles: its client gets the same exchange as one with a wrong password. */
async function orUnknown(question: () => Promise<RoleSecret>): Promise<RoleSecret> {
  try {
    return await question()
  } catch (error) {
    if (error instanceof PilotlightError && error.code === 'endpoint_gone') return { verifier: null }
    throw error
  }
}
