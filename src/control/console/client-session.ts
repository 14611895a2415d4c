// A session of the console's own on somebody's database: as any client has one, through the proxy's door, by TLS, with the
// host name and the role's password. So wakes, quotas, idleness and cancelling are as for everybody.

import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { endpointHost } from '../../contract/connection-string.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { PastMoment } from '../../contract/moment.ts'
import { consolePass } from '../../lib/console-pass.ts'
import type { ControlSettings } from '../parts.ts'
import { boundMessages } from './frame-bound.ts'
import type { ServerMessage } from './query-errors.ts'

export interface ClientSessionRequest {
  /** An endpoint, or, for a past moment, a branch. */
  endpoint: string
  role: string
  password: string
  database: string
  moment: PastMoment | null
  /** Of the server, as `name=value` without spaces. */
  settings?: string[]
  /** Whether IP allow counts, for the address of this machine. */
  obeysIpAllow?: boolean
}

export type SessionSettings = Pick<
  ControlSettings,
  'hostSuffix' | 'pgPort' | 'pgAddress' | 'caFile' | 'consoleSecret'
>

/** `I`: no transaction · `T`: in one · `E`: in one that has failed. */
export type TransactionStatus = 'I' | 'T' | 'E'

/** The proxy itself gives up on a compute earlier. */
const connectTimeoutMs = 300_000

/** A proxy that is on its way out may not answer any more. */
const cancelTimeoutMs = 5_000

export const applicationName = 'pilotlight-console'

export class ClientSession {
  readonly #settings: SessionSettings
  readonly #client: pg.Client
  readonly #stops: () => void
  #key: { processID: number; secretKey: number } | undefined
  #started = false
  #isAlive = true

  private constructor(settings: SessionSettings, client: pg.Client, signal: AbortSignal) {
    this.#settings = settings
    this.#client = client
    // It ends at any moment; whatever is under way then fails by itself.
    client.on('error', () => {})
    client.connection.once('end', () => {
      this.#isAlive = false
    })
    client.connection.on('backendKeyData', (key: { processID: number; secretKey: number }) => {
      this.#key = key
    })
    client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
      if (status.parameterName === 'pilotlight.started') this.#started = status.parameterValue === 'true'
    })
    const stop = () => this.destroy()
    signal.addEventListener('abort', stop)
    this.#stops = () => signal.removeEventListener('abort', stop)
  }

  /**
   * `signal` ends it, and what it runs, at once. `watch` sees the connection before anything happens on it. Throws what the
   * server or the proxy answers (pg.DatabaseError), and faults of the connection.
   */
  static async open(
    settings: SessionSettings,
    request: ClientSessionRequest,
    signal: AbortSignal,
    watch: (connection: pg.Connection) => void = () => {},
  ): Promise<ClientSession> {
    const ca = await readFile(settings.caFile, 'utf8')
    const client = new pg.Client({
      host: settings.pgAddress,
      port: settings.pgPort,
      user: request.role,
      password: request.password,
      database: request.database,
      application_name: applicationName,
      options: optionsOf(settings, request),
      ssl: { servername: endpointHost(request.endpoint, settings.hostSuffix), ca },
      connectionTimeoutMillis: connectTimeoutMs,
    })
    const session = new ClientSession(settings, client, signal)
    watch(client.connection)
    try {
      signal.throwIfAborted()
      await client.connect()
      signal.throwIfAborted()
      return session
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  /** The compute was asleep. */
  get woke(): boolean {
    return this.#started
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get status(): TransactionStatus {
    return this.#client.getTransactionStatus() ?? 'I'
  }

  /** The socket: what is read from it can be held up. */
  get stream(): Duplex {
    return this.#client.connection.stream
  }

  /** Rows and values of more than `maxBytes` are left out, and `leftOut` called; see frame-bound.ts. */
  boundMessages(maxBytes: number, leftOut: () => void): void {
    boundMessages(this.stream, { maxBytes, leftOut, tooLarge: () => this.destroy() })
  }

  onNotice(listener: (notice: ServerMessage) => void): void {
    this.#client.on('notice', notice => listener(notice))
  }

  onNotification(listener: (notification: pg.Notification) => void): void {
    this.#client.on('notification', listener)
  }

  /** Answers when the session is ready for another, or lost. What comes of it the statement itself is told. */
  async run(statement: pg.Submittable): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { connection } = this.#client
    connection.once('readyForQuery', resolve)
    connection.once('end', resolve)
    try {
      if (!this.#isAlive) throw new PilotlightError('database_session_lost')
      this.#client.query(statement)
      await promise
    } finally {
      connection.off('readyForQuery', resolve)
      connection.off('end', resolve)
    }
  }

  /** Of ours. Throws pg.DatabaseError, database_session_lost. */
  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    if (!this.#isAlive) throw new PilotlightError('database_session_lost')
    try {
      return (await this.#client.query<Row>(sql, values)).rows
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw error
      throw new PilotlightError('database_session_lost', {}, { cause: error })
    }
  }

  /** Asks for the running statement to be stopped; answers once the request has been delivered, or cannot be. */
  async cancel(): Promise<void> {
    if (!this.#key) return
    const { processID, secretKey } = this.#key
    const packet = Buffer.alloc(16)
    packet.writeInt32BE(16, 0)
    packet.writeInt32BE(80_877_102, 4)
    packet.writeInt32BE(processID, 8)
    packet.writeInt32BE(secretKey, 12)
    const { pgAddress, pgPort } = this.#settings
    const { promise, resolve } = Promise.withResolvers<void>()
    const socket = connect({ host: pgAddress, port: pgPort })
    socket.on('connect', () => socket.write(packet))
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.setTimeout(cancelTimeoutMs, () => socket.destroy())
    socket.resume()
    await promise
  }

  /** Says goodbye. Never throws. */
  async close(): Promise<void> {
    this.#stops()
    await this.#client.end().catch(() => {})
  }

  /** Hangs up: the proxy then has what is running cancelled. */
  destroy(): void {
    this.#stops()
    this.#client.connection.stream.destroy()
  }
}

function optionsOf(settings: SessionSettings, request: ClientSessionRequest): string {
  const { endpoint, role, moment } = request
  // The proxy's own; what follows `-c` is the server's. A query id is answered with what the proxy did.
  const options = ['neon_query_id:console']
  if (!request.obeysIpAllow) {
    options.push(`neon_console_pass:${consolePass(settings.consoleSecret, endpoint, role)}`)
  }
  if (moment) options.push('lsn' in moment ? `neon_lsn:${moment.lsn}` : `neon_timestamp:${moment.time}`)
  for (const setting of request.settings ?? []) options.push(`-c ${setting}`)
  return options.join(' ')
}
