// "Test this connection": connects as a program on this machine would, and says how far it got.

import type { TLSSocket } from 'node:tls'
import pg from 'pg'
import type {
  ConsoleConnectionTest,
  ConsoleConnectionTestStep,
  ConsoleConnectionTestStepName,
} from '../../contract/console-connection-test.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { lookUpName } from '../../lib/name-lookup.ts'
import type { ConnectionRequest, Connections } from '../connections.ts'
import type { Parts } from '../parts.ts'
import { ClientSession } from './client-session.ts'
import { errorCodeOf, remedyOf } from './known-errors.ts'
import type { Places } from './places.ts'

const lookupTimeoutMs = 3_000

/** Longer than any wake. */
const testTimeoutMs = 90_000

const order: ConsoleConnectionTestStepName[] = ['resolve', 'connect', 'tls', 'login', 'query']

type Phase = Exclude<ConsoleConnectionTestStepName, 'resolve'>

type Reached = Pick<ConsoleConnectionTest, 'certificate_verified' | 'woke' | 'server_version'>

type Failure = NonNullable<ConsoleConnectionTestStep['error']>

export class ConnectionTests {
  readonly #parts: Parts
  readonly #connections: Connections
  readonly #places: Places

  constructor(parts: Parts, connections: Connections, places: Places) {
    this.#parts = parts
    this.#connections = connections
    this.#places = places
  }

  /**
   * Throws what cannot be tried: project_, branch_, endpoint_, database_ and role_not_found, password_not_stored,
   * console_queries_limit. Whatever is tried is an answer. `signal`: whoever asked has left.
   */
  async run(request: ConnectionRequest, signal: AbortSignal): Promise<ConsoleConnectionTest> {
    const { host, port, password, endpointId } = await this.#connections.describe(request)
    const leave = this.#places.take()
    const startedAt = performance.now()
    const steps = new Steps()
    try {
      const address = await this.#resolve(host, steps)
      const limited = AbortSignal.any([signal, AbortSignal.timeout(testTimeoutMs)])
      const reached = await this.#connect({ ...request, endpointId, password }, address, steps, limited)
      return {
        ...{ connected: steps.succeeded('query'), host, port, address, ...reached },
        host_resolves: steps.succeeded('resolve'),
        ms: Math.round(performance.now() - startedAt),
        steps: steps.all(),
      }
    } finally {
      leave()
    }
  }

  /** The address to go on with. */
  async #resolve(host: string, steps: Steps): Promise<string> {
    const { pgAddress } = this.#parts.settings
    try {
      const { addresses, own } = await lookUpName(host, lookupTimeoutMs)
      const [first] = own
      if (first !== undefined) {
        steps.ok('resolve', addresses.join(', '))
        return own.includes(pgAddress) ? pgAddress : first
      }
      steps.failed('resolve', ours('host_name_elsewhere', { host, addresses: addresses.join(', ') }))
    } catch (error) {
      steps.failed('resolve', ours('host_name_unresolved', { host, detail: faultOf(error) }))
    }
    return pgAddress
  }

  async #connect(
    {
      endpointId,
      role,
      password,
      database,
    }: { endpointId: string; role: string; password: string; database: string },
    address: string,
    steps: Steps,
    signal: AbortSignal,
  ): Promise<Reached> {
    const reached: Reached = { certificate_verified: null, woke: null, server_version: null }
    const at: { phase: Phase } = { phase: 'connect' }
    const watch = (connection: pg.Connection) => {
      connection.once('connect', () => {
        steps.ok('connect', `${address}:${this.#parts.settings.pgPort}`)
        at.phase = 'tls'
      })
      connection.once('sslconnect', () => {
        const secure = connection.stream as TLSSocket
        secure.once('secureConnect', () => {
          reached.certificate_verified = secure.authorized
          steps.ok('tls', secure.getProtocol() ?? undefined)
          at.phase = 'login'
        })
      })
    }
    let session: ClientSession | undefined
    try {
      const settings = { ...this.#parts.settings, pgAddress: address }
      const request = { endpoint: endpointId, role, password, database, moment: null, obeysIpAllow: true }
      session = await ClientSession.open(settings, request, signal, watch)
      reached.woke = session.woke
      steps.ok('login', session.woke ? 'the compute was asleep, and was woken' : 'the compute was awake')
      at.phase = 'query'
      const [row] = await session.query<{ version: string }>('select version()')
      reached.server_version = row?.version ?? null
      steps.ok('query', row?.version)
    } catch (error) {
      if (at.phase === 'tls') reached.certificate_verified = false
      steps.failed(at.phase, failureOf(at.phase, error, `${address}:${this.#parts.settings.pgPort}`))
    } finally {
      await session?.close()
    }
    return reached
  }
}

class Steps {
  readonly #done: ConsoleConnectionTestStep[] = []
  #since = performance.now()

  ok(step: ConsoleConnectionTestStepName, detail: string | undefined): void {
    this.#done.push({ step, outcome: 'ok', ms: this.#lap(), ...(detail !== undefined && { detail }) })
  }

  failed(step: ConsoleConnectionTestStepName, error: Failure): void {
    this.#done.push({ step, outcome: 'failed', ms: this.#lap(), error })
  }

  succeeded(step: ConsoleConnectionTestStepName): boolean {
    return this.#done.some(done => done.step === step && done.outcome === 'ok')
  }

  all(): ConsoleConnectionTestStep[] {
    return order.map(
      step => this.#done.find(done => done.step === step) ?? { step, outcome: 'skipped', ms: 0 },
    )
  }

  #lap(): number {
    const now = performance.now()
    const ms = Math.round((now - this.#since) * 10) / 10
    this.#since = now
    return ms
  }
}

function failureOf(phase: Phase, error: unknown, address: string): Failure {
  if (error instanceof pg.DatabaseError) {
    const code = errorCodeOf(error) ?? error.code ?? ''
    return { code, message: error.message, remedy: remedyOf(error) }
  }
  if (phase === 'connect') return ours('proxy_unreachable', { address, detail: faultOf(error) })
  if (phase === 'tls') return ours('certificate_refused', { detail: faultOf(error) })
  return ours('database_session_lost', {})
}

function ours(...given: ConstructorParameters<typeof PilotlightError>): Failure {
  const error = new PilotlightError(...given)
  return { code: error.code, message: error.message, remedy: error.definition.remedy }
}

/** `ECONNREFUSED`; else its sentence. */
function faultOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
