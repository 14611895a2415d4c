// Accepts clients, and keeps count of them.

import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Logger } from '../lib/logger.ts'

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
  /** `full`: only to be told so. */
  open(socket: Socket, full: boolean): Ending
}

/** A burst of clients waits in the kernel, not in retries; the kernel's own limit (somaxconn) cuts it. */
const backlog = 4_096
/** Dead peers are found within minutes. */
const keepAliveDelayMs = 60_000
/**
 * Beyond the cap, so many at a time go through TLS to hear why they are turned away: libpq shows nobody what a server
 * says in clear (CVE-2024-10977). The rest are dropped.
 */
const maxTurnedAway = 100

export class Listener {
  readonly #options: ListenerOptions
  readonly #sessions = new Set<Ending>()
  readonly #empty: (() => void)[] = []
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
    const over = this.#sessions.size - this.#options.maxConnections
    if (over >= maxTurnedAway) {
      socket.destroy()
      return
    }
    const session = this.#options.open(socket, over >= 0)
    this.#sessions.add(session)
    void session.run().finally(() => {
      this.#sessions.delete(session)
      if (this.#sessions.size === 0) for (const tell of this.#empty.splice(0)) tell()
    })
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
