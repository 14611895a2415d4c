// A server for HTTP/1.1, with bounds against clients that are slow, silent or many.

import { chmod, rm } from 'node:fs/promises'
import type { Server, ServerOptions } from 'node:http'
import {
  createServer as createTlsServer,
  type ServerOptions as TlsOptions,
  type Server as TlsServer,
} from 'node:https'
import { createAdaptorServer } from '@hono/node-server'
import { systemClock } from '../lib/clock.ts'
import type { ApiCertificate } from './api-certificate.ts'

export type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch']

export interface HttpLimits {
  /** From the connection (TLS is shaken by then) to the end of the headers. */
  headersTimeoutMs: number
  /** To the end of the body: a megabyte at most, in 35 KB a second. */
  requestTimeoutMs: number
  /** Between two requests. Above what clients and reverse proxies keep an idle connection (Node 5 s, nginx 60 s). */
  idleTimeoutMs: number
  /** Nothing flows in either direction, for example because a client does not read its answer. The slowest answers take two minutes. */
  silenceTimeoutMs: number
  handshakeTimeoutMs: number
  /** About 30 KiB each. The proxies' door has a socket of its own, so a full API wakes databases all the same. */
  maxConnections: number
  /** How often the two timeouts at the top are looked at. */
  checkEveryMs: number
}

export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 75_000,
  silenceTimeoutMs: 300_000,
  handshakeTimeoutMs: 10_000,
  maxConnections: 2000,
  checkEveryMs: 2000,
}

/** With `certificate`: over TLS. */
export function createHttpServer(
  fetch: Fetch,
  certificate?: ApiCertificate,
  limits: HttpLimits = defaultHttpLimits,
): Server {
  const serverOptions: ServerOptions = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAlive: true,
    noDelay: true,
  }
  const server = certificate
    ? createTls(fetch, certificate, { ...serverOptions, handshakeTimeout: limits.handshakeTimeoutMs })
    : createAdaptorServer({ fetch, serverOptions })
  const http = server as Server
  http.timeout = limits.silenceTimeoutMs
  http.maxConnections = limits.maxConnections
  return http
}

function createTls(fetch: Fetch, certificate: ApiCertificate, options: TlsOptions) {
  const server = createAdaptorServer({
    fetch,
    createServer: createTlsServer,
    serverOptions: {
      ...options,
      ...certificate.byDefault,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, done) => done(null, certificate.contextFor(name)),
    },
  }) as TlsServer
  certificate.onChange(() => server.setSecureContext(certificate.byDefault))
  return server
}

/** A predecessor that is on its way out may hold the address for a moment. */
const listenAttempts = 50
const listenRetryMs = 100

/** `path` is a Unix socket, for this user only. A file that is there was left by somebody who is gone. */
export async function listen(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if ('path' in where) await rm(where.path, { force: true })
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(where, () => {
          server.off('error', reject)
          resolve()
        })
      })
      if ('path' in where) await chmod(where.path, 0o600)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt >= listenAttempts) throw error
      await systemClock.sleep(listenRetryMs)
    }
  }
}

/** Requests under way get so long to be answered. */
const requestGraceMs = 2000
const lookForIdleMs = 50

/** Takes no more, answers what is under way, and resolves when the last connection is gone. */
export async function closeHttpServer(server: Server): Promise<void> {
  // A connection that has its answer would otherwise be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), lookForIdleMs)
  const late = setTimeout(() => server.closeAllConnections(), requestGraceMs)
  await new Promise<void>(resolve => server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(late)
}
