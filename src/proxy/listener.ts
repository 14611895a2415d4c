// Accepts clients, and keeps count of them.

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { PilotlightError } from '../contract/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { errorResponse } from './client-error.ts'

export interface Ending {
  run(): Promise<void>
  end(): void
}

export interface ListenerOptions {
  listen: string
  port: number
  reusePort: boolean
  maxConnections: number
  logger: Logger
  open(socket: Socket): Ending
}

/** A burst of clients waits in the kernel, not in retries; the kernel's own limit (somaxconn) cuts it. */
const backlog = 4_096
/** Dead peers are found within minutes. */
const keepAliveDelayMs = 60_000
/** Who is turned away gets the words, and so long to take them. */
const refusalMs = 1_000
/** Beyond the cap, so many are told at a time; the rest are dropped. */
const maxRefusing = 1_000

export class Listener {
  readonly #options: ListenerOptions
  readonly #sessions = new Set<Ending>()
  readonly #empty: (() => void)[] = []
  #refusing = 0
  readonly #server

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#server = createServer(
      {
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveDelayMs,
        // The relay decides when a half-closed connection ends.
        allowHalfOpen: true,
      },
      this.#accept,
    )
  }

  get sessions(): number {
    return this.#sessions.size
  }

  async start(): Promise<number> {
    const { listen, port, reusePort, logger } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen({ host: listen, port, backlog, reusePort }, resolve)
    await promise
    this.#server.off('error', reject)
    // For example EMFILE: one client less, not one proxy less.
    this.#server.on('error', error => logger.error({ err: error }, 'accept failed'))
    return (this.#server.address() as AddressInfo).port
  }

  readonly #accept = (socket: Socket): void => {
    if (this.#sessions.size >= this.#options.maxConnections) {
      this.#refuse(socket)
      return
    }
    const session = this.#options.open(socket)
    this.#sessions.add(session)
    void session.run().finally(() => {
      this.#sessions.delete(session)
      if (this.#sessions.size === 0) for (const tell of this.#empty.splice(0)) tell()
    })
  }

  /**
   * Clients ask for TLS first and read one byte as the answer: an `E` they take for a server's refusal of old, and read on
   * (libpq, pgx, JDBC). So the message goes out in clear, unasked; it tells nothing secret.
   */
  #refuse(socket: Socket): void {
    socket.on('error', () => {})
    if (this.#refusing >= maxRefusing) {
      socket.destroy()
      return
    }
    this.#refusing++
    socket.once('close', () => this.#refusing--)
    socket.setTimeout(refusalMs, () => socket.destroy())
    // Unread input would turn our close into a reset, which takes the message away.
    socket.resume()
    socket.once('data', () => socket.end(errorResponse(new PilotlightError('too_many_connections'))))
    socket.once('end', () => socket.end())
  }

  /** Takes no more clients. Those there are stay. */
  stopAccepting(): void {
    if (this.#server.listening) this.#server.close()
  }

  whenEmpty(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve()
    return new Promise(resolve => this.#empty.push(resolve))
  }

  endAll(): void {
    for (const session of this.#sessions) session.end()
  }
}
