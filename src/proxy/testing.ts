// For tests only: a proxy on a free port with scripted ports, a compute that speaks just enough, and a client.

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { momentText } from '../contract/moment.ts'
import { systemClock } from '../lib/clock.ts'
import { type Logger, silentLogger } from '../lib/logger.ts'
import { createVerifier, hmacSha256, parseVerifier, saltedPassword } from '../lib/scram-verifier.ts'
import {
  type BackendMessage,
  errorFields,
  parseBackendMessage,
  parseSASLInitialResponse,
  parseStartupPacket,
  ScramClient,
  ScramServer,
  type StartupParameters,
  serializeBackendMessage,
  serializeFrontendMessage,
  serializeStartupPacket,
  takeStartupPacket,
} from '../wire/index.ts'
import { Channel } from './channel.ts'
import type { ComputeAddress } from './ports.ts'
import { type ProxyLimits, type ProxyPorts, startProxyWith } from './proxy.ts'
import { type Certificates, ensureCertificates } from './tls/authority.ts'

export const hostSuffix = 'local.localhost'
export const password = 'sesame'
const salt = Buffer.from('0123456789abcdef')
/** Few iterations: tests hash often. */
export const verifier = await createVerifier(password, { salt, iterations: 16 })

/** Two ends of one connection. */
export async function pair(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const near = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [far] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [near, far]
}

const shared: { dir: string; certificates: Certificates } = await (async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-proxy-tls-'))
  const certificates = await ensureCertificates({ dir, hostSuffix, clock: systemClock })
  await rm(dir, { recursive: true })
  return { dir, certificates }
})()
export const { certificates } = shared

export interface ScriptedPorts extends ProxyPorts {
  /** What was asked, in order. */
  calls: string[]
  verifiers: Map<string, string>
  /** What `refreshRoleSecret` finds; by role. */
  refreshed: Map<string, string>
  onWake(): Promise<ComputeAddress>
}

export function scriptedPorts(onWake: () => Promise<ComputeAddress>): ScriptedPorts {
  const ports: ScriptedPorts = {
    calls: [],
    verifiers: new Map([['app', verifier]]),
    refreshed: new Map(),
    onWake,
    access: {
      async roleSecret(endpoint, role) {
        ports.calls.push(`access ${endpoint} ${role}`)
        return { verifier: ports.verifiers.get(role) ?? null }
      },
      async refreshRoleSecret(endpoint, role) {
        ports.calls.push(`refresh ${endpoint} ${role}`)
        const found = ports.refreshed.get(role) ?? ports.verifiers.get(role)
        if (found) ports.verifiers.set(role, found)
        return { verifier: found ?? null }
      },
    },
    wake: {
      async wake(endpoint, moment) {
        ports.calls.push(`wake ${endpoint}${moment ? ` ${momentText(moment)}` : ''}`)
        return await ports.onWake()
      },
      forget: endpoint => void ports.calls.push(`forget ${endpoint}`),
    },
    activity: {
      opened: id => void ports.calls.push(`opened ${id}`),
      touched() {},
      sent() {},
      closed: id => void ports.calls.push(`closed ${id}`),
    },
  }
  return ports
}

export interface FakeCompute {
  address: ComputeAddress
  startups: StartupParameters[]
  cancels: { processId: number; secretKey: number }[]
  sockets: Set<Socket>
  /** What it answers to a login, instead of letting it in. */
  refusal: { severity: 'FATAL'; code: string; message: string } | null
  /** Null: it lets everybody in unasked. */
  verifier: string | null
  /** What it does with a session's bytes; by default it sends them back. */
  onSession: (socket: Socket, early: Buffer) => void
  close(): Promise<void>
}

export async function fakeCompute(): Promise<FakeCompute> {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-proxy-compute-'))
  const compute: FakeCompute = {
    address: { endpointId: 'ep-a', host: dir, port: 5432, cached: false, started: false },
    startups: [],
    cancels: [],
    sockets: new Set(),
    refusal: null,
    verifier,
    onSession(socket, early) {
      socket.write(early)
      socket.pipe(socket)
    },
    async close() {
      for (const socket of compute.sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
      await rm(dir, { recursive: true, force: true })
    },
  }
  const server = createServer({ allowHalfOpen: true }, socket => {
    compute.sockets.add(socket)
    socket.once('close', () => compute.sockets.delete(socket))
    serve(socket, compute).catch(() => socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(join(dir, '.s.PGSQL.5432'), resolve))
  return compute
}

async function serve(socket: Socket, compute: FakeCompute): Promise<void> {
  const channel = new Channel(socket)
  const send = (message: BackendMessage) => channel.write(serializeBackendMessage(message))
  const packet = parseStartupPacket(await channel.read(queue => takeStartupPacket(queue, 10_000)))
  if (packet.name === 'CancelRequest') {
    compute.cancels.push(packet.key)
    socket.end()
    return
  }
  if (packet.name !== 'StartupMessage') throw new Error(packet.name)
  compute.startups.push(packet.parameters)
  if (compute.refusal) {
    send({ name: 'ErrorResponse', fields: errorFields(compute.refusal).set('F', 'postinit.c') })
    socket.end()
    return
  }
  if (compute.verifier !== null) await checkPassword(channel, compute.verifier)
  send({ name: 'AuthenticationOk' })
  send({ name: 'ParameterStatus', parameter: 'server_version', value: '18.4' })
  send({ name: 'BackendKeyData', processId: 4711, secretKey: Buffer.from([1, 2, 3, 4]) })
  send({ name: 'ReadyForQuery', status: 'I' })
  compute.onSession(socket, channel.release())
}

async function checkPassword(channel: Channel, expected: string): Promise<void> {
  const send = (message: BackendMessage) => channel.write(serializeBackendMessage(message))
  const scram = new ScramServer({ verifier: parseVerifier(expected)!, channelBinding: null })
  send({ name: 'AuthenticationSASL', mechanisms: scram.mechanisms })
  const initial = parseSASLInitialResponse((await channel.readFrame(512)).body)
  const challenge = scram.first(initial.mechanism, initial.data!)
  if (challenge.outcome !== 'continue') throw new Error(challenge.outcome)
  send({ name: 'AuthenticationSASLContinue', data: challenge.message })
  const verdict = scram.final((await channel.readFrame(512)).body)
  if (verdict.outcome !== 'accepted') throw new Error(verdict.outcome)
  send({ name: 'AuthenticationSASLFinal', data: verdict.message })
}

export interface TestProxy {
  proxy: Awaited<ReturnType<typeof startProxyWith>>
  runDir: string
  close(): Promise<void>
}

export async function testProxy(
  ports: ProxyPorts,
  options: { limits?: Partial<ProxyLimits>; index?: number; runDir?: string; logger?: Logger } = {},
): Promise<TestProxy> {
  const runDir = options.runDir ?? (await mkdtemp(join(tmpdir(), 'pilotlight-proxy-run-')))
  const proxy = await startProxyWith(
    {
      listen: '127.0.0.1',
      port: 0,
      index: options.index ?? 0,
      runDir,
      controlSocketPath: join(runDir, 'control.sock'),
      certificates,
      hostSuffix,
      logger: options.logger ?? silentLogger,
      clock: systemClock,
      ...(options.limits && { limits: options.limits }),
    },
    ports,
  )
  return {
    proxy,
    runDir,
    async close() {
      await proxy.close()
      if (!options.runDir) await rm(runDir, { recursive: true, force: true })
    },
  }
}

export function rawClient(port: number): Channel {
  return new Channel(createConnection({ port, host: '127.0.0.1', noDelay: true }))
}

export const sslRequest = serializeStartupPacket({ name: 'SSLRequest' })

export async function secureClient(
  port: number,
  options: { servername?: string; alpn?: string[]; direct?: boolean; ca?: string } = {},
): Promise<Channel> {
  const plain = rawClient(port)
  if (!options.direct) {
    plain.write(sslRequest)
    const answer = await plain.read(queue => queue.take(1))
    if (answer.toString() !== 'S') throw new Error(`answer to SSLRequest: ${answer}`)
  }
  plain.release()
  const secure = tlsConnect({
    socket: plain.socket,
    ca: options.ca ?? certificates.caPem,
    ...(options.servername && { servername: options.servername }),
    ...(options.alpn && { ALPNProtocols: options.alpn }),
    // Without SNI there is no name to check; the chain still is.
    checkServerIdentity: () => undefined,
  })
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve)
    secure.once('error', reject)
    secure.once('close', () => reject(new Error('closed during the TLS handshake')))
  })
  return new Channel(secure)
}

export function startup(channel: Channel, parameters: Record<string, string>, minor = 0): void {
  const message = { name: 'StartupMessage', major: 3, minor, parameters: new Map(Object.entries(parameters)) }
  channel.write(serializeStartupPacket(message as Parameters<typeof serializeStartupPacket>[0]))
}

export const nextMessage = async (channel: Channel): Promise<BackendMessage> =>
  parseBackendMessage(await channel.readFrame(1_000_000))

/** Everything up to and with ReadyForQuery or ErrorResponse. */
export async function untilSettled(channel: Channel): Promise<BackendMessage[]> {
  const messages: BackendMessage[] = []
  for (;;) {
    const message = await nextMessage(channel)
    messages.push(message)
    if (message.name === 'ReadyForQuery' || message.name === 'ErrorResponse') return messages
  }
}

/** The client's part of SCRAM, as a driver does it that knows a password. */
export async function sasl(channel: Channel, secret = password): Promise<BackendMessage[]> {
  const first = await nextMessage(channel)
  if (first.name !== 'AuthenticationSASL') return [first]
  const nonce = 'abcdefghijklmnop'
  const bare = `n=,r=${nonce}`
  channel.write(
    serializeFrontendMessage({
      name: 'SASLInitialResponse',
      mechanism: 'SCRAM-SHA-256',
      data: Buffer.from(`n,,${bare}`),
    }),
  )
  const challenge = await nextMessage(channel)
  if (challenge.name !== 'AuthenticationSASLContinue') return [challenge]
  const attributes = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge.data.toString())!
  const offered = { salt: Buffer.from(attributes[2]!, 'base64'), iterations: Number(attributes[3]) }
  const salted = await saltedPassword(secret, offered.salt, offered.iterations)
  const keys = {
    clientKey: hmacSha256(salted, 'Client Key'),
    serverKey: hmacSha256(salted, 'Server Key'),
    ...offered,
  }
  const client = new ScramClient(keys, nonce)
  const answer = client.continue(challenge.data)
  if (answer.outcome !== 'continue') throw new Error(answer.outcome)
  channel.write(serializeFrontendMessage({ name: 'SASLResponse', data: answer.message }))
  return await untilSettled(channel)
}

export function errorOf(messages: BackendMessage[]): Record<string, string> {
  const last = messages.at(-1)
  if (last?.name !== 'ErrorResponse') throw new Error(`no error: ${last?.name}`)
  return Object.fromEntries(last.fields)
}

export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let left = 500; left > 0; left--) {
    if (holds()) return
    await systemClock.sleep(10)
  }
  throw new Error(`never came true: ${what}`)
}
