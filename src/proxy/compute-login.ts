// One attempt at a compute: connect, log in as the client's role, and hear everything up to ReadyForQuery.

import { createConnection, type Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import {
  type BackendMessage,
  type ErrorFields,
  errorField,
  parseBackendMessage,
  ScramClient,
  type ScramKeys,
  type StartupParameters,
  scramSha256,
  serializeBackendMessage,
  serializeFrontendMessage,
  serializeStartupPacket,
} from '../wire/index.ts'
import { Channel } from './channel.ts'
import type { ComputeAddress } from './ports.ts'

export interface ComputeKey {
  address: ComputeAddress
  processId: number
  secretKey: number
}

export interface ComputeSession {
  socket: Socket
  key: ComputeKey
  /** ParameterStatus and notices, as they came, for the client. */
  greeting: Buffer
  /** Bytes that came behind ReadyForQuery. */
  early: Buffer
}

export type LoginResult =
  | { outcome: 'session'; session: ComputeSession }
  /** Nobody there, or not for long any more, or not yet: another wake may help. */
  | { outcome: 'refused'; cause: unknown; fields?: ErrorFields }
  /** Postgres says no, and would again: the client is to hear its words. */
  | { outcome: 'rejected'; fields: ErrorFields }
  /** The role's password is not what our verifier says. */
  | { outcome: 'password changed' }

export interface Login {
  parameters: StartupParameters
  keys: ScramKeys
}

/** A local socket answers in microseconds; a compute that is being replayed says so by 57P03. */
const connectTimeoutMs = 5_000
/** Messages before ReadyForQuery are short; an error with a long context is the longest. */
const maxMessageBytes = 1_048_576
/** cannot_connect_now, admin_shutdown, crash_shutdown: a matter of moments. */
const passingStates = new Set(['57P03', '57P01', '57P02'])
const wrongPassword = '28P01'

export function connectSocket(address: ComputeAddress): Socket {
  const { host, port } = address
  return host.startsWith('/')
    ? createConnection({ path: `${host}/.s.PGSQL.${port}`, allowHalfOpen: true })
    : createConnection({ host, port, noDelay: true, keepAlive: true, allowHalfOpen: true })
}

export async function logIn(
  address: ComputeAddress,
  login: Login,
  clock: Clock,
  signal: AbortSignal,
): Promise<LoginResult> {
  const socket = connectSocket(address)
  const channel = new Channel(socket)
  const timer = clock.after(connectTimeoutMs, () =>
    socket.destroy(new Error('login to the compute timed out')),
  )
  const abort = () => socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  let result: LoginResult
  try {
    // Written before the connection stands: Node sends it as soon as it does.
    socket.write(
      serializeStartupPacket({ name: 'StartupMessage', major: 3, minor: 0, parameters: login.parameters }),
    )
    result = await converse(channel, address, login)
  } catch (cause) {
    result = { outcome: 'refused', cause }
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', abort)
  }
  if (result.outcome !== 'session') socket.destroy()
  return result
}

async function converse(channel: Channel, address: ComputeAddress, login: Login): Promise<LoginResult> {
  const scram = new ScramClient(login.keys)
  const greeting: Buffer[] = []
  const key: ComputeKey = { address, processId: 0, secretKey: 0 }

  for (;;) {
    const message = parseBackendMessage(await channel.readFrame(maxMessageBytes))
    switch (message.name) {
      case 'AuthenticationSASL':
        if (!message.mechanisms.includes(scramSha256)) return refused('the compute offers no SCRAM-SHA-256')
        send(channel, { name: 'SASLInitialResponse', mechanism: scramSha256, data: scram.first() })
        break
      case 'AuthenticationSASLContinue': {
        const answer = scram.continue(message.data)
        if (answer.outcome === 'verifier changed') return { outcome: 'password changed' }
        if (answer.outcome !== 'continue') return refused('the compute broke the SASL exchange')
        send(channel, { name: 'SASLResponse', data: answer.message })
        break
      }
      case 'AuthenticationSASLFinal':
        if (scram.final(message.data).outcome !== 'accepted')
          return refused('the compute does not know the verifier')
        break
      case 'AuthenticationOk':
        break
      case 'ParameterStatus':
      case 'NoticeResponse':
        greeting.push(serializeBackendMessage(message))
        break
      case 'BackendKeyData':
        key.processId = message.processId
        key.secretKey = message.secretKey.readInt32BE(0)
        break
      case 'ErrorResponse':
        return failed(message)
      case 'ReadyForQuery': {
        const session = { socket: channel.socket, key, greeting: Buffer.concat(greeting) }
        return { outcome: 'session', session: { ...session, early: channel.release() } }
      }
      default:
        return refused(`unexpected ${message.name} from the compute`)
    }
  }
}

function send(channel: Channel, message: Parameters<typeof serializeFrontendMessage>[0]): void {
  channel.write(serializeFrontendMessage(message))
}

const refused = (detail: string): LoginResult => ({ outcome: 'refused', cause: new Error(detail) })

function failed({ fields }: BackendMessage & { name: 'ErrorResponse' }): LoginResult {
  const code = fields.get(errorField.code) ?? ''
  if (code === wrongPassword) return { outcome: 'password changed' }
  if (passingStates.has(code))
    return { outcome: 'refused', fields, cause: new Error(fields.get(errorField.message) ?? code) }
  return { outcome: 'rejected', fields }
}
