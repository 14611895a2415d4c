// One client, from its first byte to its last: handshake → authenticate → wake and connect → relay.

import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import { PilotlightError } from '../contract/errors.ts'
import { momentText } from '../contract/moment.ts'
import { plainAddress } from '../lib/allow-list.ts'
import { errorField, ProtocolViolation, serializeBackendMessage } from '../wire/index.ts'
import { type AuthenticateContext, authenticate, refreshLater } from './authenticate.ts'
import { type CancelContext, cancel, cancelCompute } from './cancel.ts'
import { type Channel, ChannelClosed } from './channel.ts'
import { asPilotlightError, errorResponse } from './client-error.ts'
import { logIn } from './compute-login.ts'
import { ComputeError, type ConnectTimes, connect } from './connect.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import type { FirstLogin } from './first-login.ts'
import { HandshakeRefused, handshake } from './handshake.ts'
import type { Activity, Wake } from './ports.ts'
import { Relay } from './relay.ts'
import { SessionLog } from './session-log.ts'

export interface SessionContext extends AuthenticateContext {
  wake: Wake
  activity: Activity
  cancel: CancelContext
  firstLogin: FirstLogin
  secureContext: SecureContext
  hostSuffix: string
  handshakeTimeoutMs: number
}

/** How long a client may take to read its ErrorResponse and to hang up. */
const farewellMs = 5_000

export class Session {
  readonly #context: SessionContext
  readonly #log: SessionLog
  /** Where the client is, as its socket says. */
  readonly #address: string
  readonly #full: boolean
  #socket: Socket
  /** Set once the client can understand an ErrorResponse. */
  #channel: Channel | null = null
  readonly #left = new AbortController()
  #relay: Relay | null = null

  /** `full`: there are too many already, and this client is told so in place of being served. */
  constructor(socket: Socket, context: SessionContext, full = false) {
    this.#context = context
    this.#full = full
    this.#socket = socket
    this.#address = socket.remoteAddress ?? 'unknown'
    this.#log = new SessionLog(randomUUID(), this.#address, context.clock.now())
  }

  /** Never rejects; when it settles, nothing of the session is left. */
  async run(): Promise<void> {
    const { clock, logger } = this.#context
    try {
      await this.#walk()
    } catch (error) {
      await this.#fail(error)
    } finally {
      this.#socket.destroy()
      this.#log.write(logger, clock.now())
    }
  }

  /** From outside: the proxy shuts down. The client is told, unless that would fall into the midst of a message. */
  end(): void {
    const words = errorResponse(new PilotlightError('proxy_shutting_down'))
    if (!this.#relay) this.#channel?.write(words)
    else if (this.#relay.atRest && this.#socket.writable) this.#socket.write(words)
    this.#log.outcome = 'proxy shut down'
    this.#left.abort(new PilotlightError('proxy_shutting_down'))
    this.#socket.destroySoon()
    this.#context.clock.after(1_000, () => this.#socket.destroy())
  }

  async #walk(): Promise<void> {
    const opened = await this.#handshake()
    if (!opened) return
    const { channel, credentials } = opened
    // From here on it matters that the client goes away: a wake that nobody waits for is not followed up.
    void channel.gone.then(reason => this.#left.abort(reason))
    const { clock } = this.#context

    const authStartMs = performance.now()
    const { endpoint, keys } = await authenticate(channel, credentials, this.#address, this.#context)
    this.#log.endpoint = endpoint
    this.#log.phases.authMs = performance.now() - authStartMs

    const { signal } = this.#left
    const times: ConnectTimes = { wakeMs: 0, connectMs: 0, retryMs: 0, attempts: 0 }
    const connecting = connect(
      endpoint,
      credentials.role,
      {
        wake: this.#context.wake,
        moment: credentials.moment,
        waker: {
          ...{ role: credentials.role, database: credentials.database },
          ...{ application: credentials.applicationName, address: plainAddress(this.#address) },
        },
        clock,
        signal,
        logIn: address =>
          this.#context.firstLogin.run(`${address.endpointId}/${credentials.database}`, address.started, () =>
            logIn(address, { parameters: credentials.forwarded, keys }, clock, signal),
          ),
        passwordChanged: () => refreshLater(endpoint, credentials.role, this.#context),
      },
      times,
    ).finally(() => {
      this.#log.attempts = times.attempts
      const { wakeMs, connectMs, retryMs } = times
      Object.assign(this.#log.phases, { wakeMs, connectMs, retryMs })
    })
    // The client need not be kept until control answers; `connect` cleans up behind itself when it does.
    const found = await Promise.race([connecting, this.#whenLeft(signal)])
    this.#log.started = found.started
    await this.#serve(channel, credentials, found)
  }

  #whenLeft(signal: AbortSignal): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>()
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    // It loses most races, and then nobody listens.
    promise.catch(() => {})
    return promise
  }

  async #handshake(): Promise<{ channel: Channel; credentials: Credentials } | null> {
    const { clock, handshakeTimeoutMs, secureContext, hostSuffix } = this.#context
    const timer = clock.after(handshakeTimeoutMs, () => this.#socket.destroy())
    try {
      const startMs = performance.now()
      const result = await handshake(this.#socket, {
        secureContext,
        upgraded: (socket: TLSSocket) => {
          this.#socket = socket
        },
        secured: () => {
          this.#log.phases.tlsMs = performance.now() - startMs
        },
        speaking: channel => {
          this.#channel = channel
        },
      })
      if (result.kind === 'cancel') {
        this.#log.outcome = 'cancel request'
        await cancel(result.key, this.#context.cancel)
        return null
      }
      if (this.#full) throw new PilotlightError('too_many_connections')
      const credentials = readCredentials(result.parameters, result.serverName, hostSuffix)
      this.#log.endpoint = credentials.endpoint
      this.#log.role = credentials.role
      this.#log.database = credentials.database
      this.#log.moment = credentials.moment && momentText(credentials.moment)
      return { channel: result.channel, credentials }
    } finally {
      timer.cancel()
    }
  }

  async #serve(
    channel: Channel,
    credentials: Credentials,
    found: Awaited<ReturnType<typeof connect>>,
  ): Promise<void> {
    const { session } = found
    const { activity, cancel: cancelContext, clock, logger } = this.#context
    const { endpointId } = found.address
    const key = cancelContext.keys.issue(session.key)
    channel.write(this.#greeting(session.greeting, key, credentials, found.started))
    const client = channel.socket
    const relay = new Relay({
      client,
      compute: session.socket,
      clock,
      touched: () => activity.touched(endpointId),
      sent: bytes => activity.sent(endpointId, bytes),
      lastWords: () => errorResponse(new PilotlightError('compute_stopped')),
      abandoned: () => {
        cancelCompute(session.key, clock).catch((error: unknown) => {
          logger.debug({ endpoint: endpointId, err: error }, 'abandoned work could not be cancelled')
        })
      },
    })
    this.#relay = relay
    activity.opened(endpointId)
    try {
      const end = await relay.run(channel.release(), session.early)
      if (!this.#left.signal.aborted) this.#log.outcome = end
    } finally {
      activity.closed(endpointId)
      cancelContext.keys.forget(key)
      session.socket.destroy()
      this.#log.bytesFromClient = relay.bytesFromClient
      this.#log.bytesFromCompute = relay.bytesFromCompute
    }
  }

  /** Everything up to ReadyForQuery, in one write. */
  #greeting(
    fromCompute: Buffer,
    { processId, secretKey }: { processId: number; secretKey: number },
    credentials: Credentials,
    started: boolean,
  ): Buffer {
    const secret = Buffer.alloc(4)
    secret.writeInt32BE(secretKey)
    return Buffer.concat([
      serializeBackendMessage({ name: 'AuthenticationOk' }),
      fromCompute,
      ...this.#probe(credentials, started),
      serializeBackendMessage({ name: 'BackendKeyData', processId, secretKey: secret }),
      serializeBackendMessage({ name: 'ReadyForQuery', status: 'I' }),
    ])
  }

  /** For who measures (`neon_query_id`): where the time went, in microseconds; and, of ours, whether it was woken. */
  #probe({ queryId }: Credentials, started: boolean): Buffer[] {
    if (queryId === null) return []
    const { tlsMs, authMs, wakeMs, connectMs, retryMs } = this.#log.phases
    const values = {
      'neon.testodrome_id': queryId,
      'neon.cplane_latency': micros(wakeMs),
      'neon.client_latency': micros(tlsMs + authMs),
      'neon.compute_latency': micros(connectMs),
      'neon.retry_latency': micros(retryMs),
      'pilotlight.started': String(started),
    }
    return Object.entries(values).map(([parameter, value]) =>
      serializeBackendMessage({ name: 'ParameterStatus', parameter, value }),
    )
  }

  async #fail(error: unknown): Promise<void> {
    if (error instanceof ChannelClosed) {
      this.#log.outcome = 'client left before its session began'
      return
    }
    if (error instanceof HandshakeRefused || (error instanceof ProtocolViolation && !this.#channel)) {
      this.#log.outcome = error.message
      this.#context.logger.debug({ session: this.#log.id, err: error }, 'handshake refused')
      return
    }
    if (error instanceof ComputeError) {
      this.#log.outcome = 'refused by the compute'
      this.#log.sqlstate = error.fields.get(errorField.code) ?? null
      await this.#farewell(serializeBackendMessage({ name: 'ErrorResponse', fields: error.fields }))
      return
    }
    const known = asPilotlightError(error)
    this.#log.error = known
    this.#log.outcome = known.message
    if (known.code === 'proxy_shutting_down') return
    await this.#farewell(errorResponse(known))
  }

  /** Lets the client read why, then hangs up: a reset would take the words away. */
  async #farewell(bytes: Buffer): Promise<void> {
    const channel = this.#channel
    if (!channel || channel.closed) return
    channel.write(bytes)
    this.#socket.end()
    const timer = this.#context.clock.after(farewellMs, () => this.#socket.destroy())
    await channel.gone
    timer.cancel()
  }
}

const micros = (ms: number): string => String(Math.round(ms * 1_000))
