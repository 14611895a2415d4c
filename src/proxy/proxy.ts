// One proxy process: its parts, started in order and stopped in reverse.

import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import { hmacSha256, sha256 } from '../lib/scram-verifier.ts'
import { type CancelContext, openCancelDoor } from './cancel.ts'
import { CancelKeys } from './cancel-keys.ts'
import { ControlClient } from './control-client/index.ts'
import { FirstLogin } from './first-login.ts'
import { Listener } from './listener.ts'
import { Permits } from './permits.ts'
import type { Access, Activity, Wake } from './ports.ts'
import { RefreshGate } from './refresh-gate.ts'
import { Session, type SessionContext } from './session.ts'
import type { Certificates } from './tls/authority.ts'

export interface ProxyLimits {
  /** About 40 KiB a TLS session: half a gigabyte at the cap. */
  maxConnections: number
  /** From the first byte to the StartupMessage. */
  handshakeTimeoutMs: number
  /** For each message of the client's while it authenticates. */
  authenticationTimeoutMs: number
  /** PBKDF2 at a time (password hack only): half of Node's thread pool, which files need too. */
  concurrentHashes: number
}

export const defaultProxyLimits: ProxyLimits = {
  maxConnections: 10_000,
  handshakeTimeoutMs: 15_000,
  authenticationTimeoutMs: 15_000,
  concurrentHashes: 2,
}

export interface ProxyOptions {
  listen: string
  port: number
  /** Several proxies on one port; the kernel deals the connections out. */
  reusePort?: boolean
  /** Which of them this is, from 0. */
  index: number
  runDir: string
  controlSocketPath: string
  certificates: Certificates
  hostSuffix: string
  /** Shared with control (lib/console-pass.ts). */
  consoleSecret?: string
  logger: Logger
  clock: Clock
  limits?: Partial<ProxyLimits>
}

/** What knows the endpoints; ControlClient unless a test plugs in a script. */
export interface ProxyPorts {
  access: Access
  wake: Wake
  activity: Activity
}

export interface Proxy {
  readonly port: number
  readonly sessions: number
  /** Takes no more clients, waits for those there are, and after `graceMs` ends what is left. */
  drain(options: { graceMs: number }): Promise<void>
  /** From now on clients get this certificate; those that are in the midst of their login keep theirs. */
  renew(certificates: Certificates): void
  close(): Promise<void>
}

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const control = new ControlClient({
    socketPath: options.controlSocketPath,
    proxyName: `proxy-${options.index}-${randomUUID().slice(0, 8)}`,
    clock: options.clock,
    logger: options.logger,
  })
  control.start()
  try {
    const proxy = await startProxyWith(options, control)
    return {
      get port() {
        return proxy.port
      },
      get sessions() {
        return proxy.sessions
      },
      drain: async drainOptions => {
        await proxy.drain(drainOptions)
        await control.stop()
      },
      renew: certificates => proxy.renew(certificates),
      close: async () => {
        await proxy.close()
        await control.stop()
      },
    }
  } catch (error) {
    await control.stop()
    throw error
  }
}

export async function startProxyWith(options: ProxyOptions, ports: ProxyPorts): Promise<Proxy> {
  const { certificates, clock, logger, index, runDir } = options
  const bounds = { ...defaultProxyLimits, ...options.limits }
  await mkdir(runDir, { recursive: true, mode: 0o700 })
  const cancel: CancelContext = { index, runDir, keys: new CancelKeys(index), clock, logger }
  let context: SessionContext = {
    ...ports,
    clock,
    logger,
    cancel,
    firstLogin: new FirstLogin(),
    hostSuffix: options.hostSuffix,
    gate: new RefreshGate(() => clock.now()),
    hashing: new Permits(bounds.concurrentHashes),
    // The leaf's key is the one secret that all proxies have.
    mockSecret: hmacSha256(Buffer.from(certificates.keyPem), 'mock verifier'),
    consoleSecret: options.consoleSecret,
    ...servedWith(certificates),
    handshakeTimeoutMs: bounds.handshakeTimeoutMs,
    authenticationTimeoutMs: bounds.authenticationTimeoutMs,
  }

  const door = await openCancelDoor(cancel)
  const listener = new Listener({
    listen: options.listen,
    port: options.port,
    reusePort: options.reusePort ?? false,
    maxConnections: bounds.maxConnections,
    logger,
    open: (socket, full) => new Session(socket, context, full),
  })
  let port: number
  try {
    port = await listener.start()
  } catch (error) {
    await door.close()
    throw error
  }

  const drain = async ({ graceMs }: { graceMs: number }): Promise<void> => {
    listener.stopAccepting()
    const empty = listener.whenEmpty()
    const late = clock.after(graceMs, () => listener.endAll())
    await empty
    late.cancel()
    // Last: as long as there are sessions, they can be cancelled through our siblings.
    await door.close()
  }
  return {
    port,
    get sessions() {
      return listener.sessions
    },
    drain,
    renew(renewed) {
      // A new object: what a session hashes for channel binding is the certificate that it served.
      context = { ...context, ...servedWith(renewed) }
    },
    close: () => drain({ graceMs: 0 }),
  }
}

function servedWith({
  certPem,
  keyPem,
  leafDer,
}: Certificates): Pick<SessionContext, 'channelBinding' | 'secureContext'> {
  return {
    channelBinding: sha256(leafDer),
    secureContext: createSecureContext({ cert: certPem, key: keyPem }),
  }
}
