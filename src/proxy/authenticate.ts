// Checks a password, before anything is woken: no stranger can start a compute. A good proof gives the keys with which
// the proxy logs in to the compute as the same role.

import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import type { Clock } from '../lib/clock.ts'
import { isConsolePass } from '../lib/console-pass.ts'
import type { Logger } from '../lib/logger.ts'
import {
  hmacSha256,
  parseVerifier,
  type ScramVerifier,
  saltedPassword,
  sha256,
} from '../lib/scram-verifier.ts'
import {
  endpointFromPassword,
  isEndpointId,
  mockVerifier,
  ProtocolViolation,
  parsePasswordMessage,
  parseSASLInitialResponse,
  parseSASLResponse,
  passwordFrameType,
  type ScramKeys,
  ScramServer,
  type ScramServerResult,
  sameBytes,
  serializeBackendMessage,
} from '../wire/index.ts'
import type { Channel } from './channel.ts'
import type { Credentials } from './credentials.ts'
import { checkNetwork } from './network-guard.ts'
import type { Permits } from './permits.ts'
import type { Access } from './ports.ts'
import type { RefreshGate } from './refresh-gate.ts'

export interface Authenticated {
  endpoint: string
  keys: ScramKeys
}

export interface AuthenticateContext {
  access: Access
  clock: Clock
  logger: Logger
  gate: RefreshGate
  hashing: Permits
  /** The same in every proxy, so that an unknown role has one salt wherever it is tried. */
  mockSecret: Buffer
  /** Shared with control; undefined: IP allow counts for everybody. */
  consoleSecret: string | undefined
  /** SHA-256 of the served leaf. */
  channelBinding: Buffer
  authenticationTimeoutMs: number
}

/** `address`: where the client is. Throws PilotlightError: address_not_allowed, network_blocked, password_wrong, … */
export async function authenticate(
  channel: Channel,
  credentials: Credentials,
  address: string,
  context: AuthenticateContext,
): Promise<Authenticated> {
  return credentials.endpoint === null
    ? await byPasswordHack(channel, credentials.role, address, context)
    : await bySasl(channel, credentials, credentials.endpoint, address, context)
}

async function bySasl(
  channel: Channel,
  { role, consolePass }: Credentials,
  endpoint: string,
  address: string,
  context: AuthenticateContext,
): Promise<Authenticated> {
  const isConsole = isConsolePass(consolePass, context.consoleSecret, endpoint, role)
  const known = await lookUp(endpoint, role, isConsole ? null : address, context)
  const verifier = known ?? mockVerifier(context.mockSecret, `${endpoint}\0${role}`)
  const scram = new ScramServer({ verifier, channelBinding: context.channelBinding })
  channel.write(serializeBackendMessage({ name: 'AuthenticationSASL', mechanisms: scram.mechanisms }))

  const initial = await readPassword(channel, context, parseSASLInitialResponse)
  const challenge = scram.first(initial.mechanism, initial.data ?? Buffer.alloc(0))
  if (challenge.outcome !== 'continue') throw refused(challenge, role)
  channel.write(serializeBackendMessage({ name: 'AuthenticationSASLContinue', data: challenge.message }))

  const verdict = scram.final((await readPassword(channel, context, parseSASLResponse)).data)
  if (verdict.outcome !== 'accepted') {
    // A SASL exchange cannot be run again on this connection: what the compute says counts from the next one on.
    if (verdict.outcome === 'mismatch') refreshLater(endpoint, role, context)
    throw refused(verdict, role)
  }
  // A mock is accepted by nobody; this says so to whoever changes the code.
  if (!known) throw new PilotlightError('password_wrong', { role })
  channel.write(serializeBackendMessage({ name: 'AuthenticationSASLFinal', data: verdict.message }))
  return { endpoint, keys: keysOf(verifier, verdict.clientKey) }
}

function refused(result: ScramServerResult, role: string): PilotlightError {
  return result.outcome === 'violation'
    ? new PilotlightError('protocol_violation', { detail: result.detail })
    : new PilotlightError('password_wrong', { role })
}

async function byPasswordHack(
  channel: Channel,
  role: string,
  address: string,
  context: AuthenticateContext,
): Promise<Authenticated> {
  channel.write(serializeBackendMessage({ name: 'AuthenticationCleartextPassword' }))
  const { password: payload } = await readPassword(channel, context, parsePasswordMessage)
  const named = endpointFromPassword(payload)
  if (!named) throw new PilotlightError('endpoint_unspecified')
  const { endpoint, password } = named
  if (!isEndpointId(endpoint)) throw new PilotlightError('endpoint_malformed', { endpoint })

  const verifier = await lookUp(endpoint, role, address, context)
  const keys = await checkPassword(password, verifier, endpoint, role, context)
  if (keys) return { endpoint, keys }
  if (context.gate.allows(endpoint, role)) {
    // Here we have the password, so a fresh verifier can be tried at once.
    const fresh = parseSecret((await context.access.refreshRoleSecret(endpoint, role)).verifier)
    const changed = fresh && (!verifier || !fresh.storedKey.equals(verifier.storedKey))
    const second = changed ? await checkPassword(password, fresh, endpoint, role, context) : null
    if (second) return { endpoint, keys: second }
  }
  throw new PilotlightError('password_wrong', { role })
}

async function checkPassword(
  password: string,
  known: ScramVerifier | null,
  endpoint: string,
  role: string,
  context: AuthenticateContext,
): Promise<ScramKeys | null> {
  // An unknown role costs the same hashing: else the time would tell.
  const verifier = known ?? mockVerifier(context.mockSecret, `${endpoint}\0${role}`)
  const salted = await context.hashing.run(() => saltedPassword(password, verifier.salt, verifier.iterations))
  const clientKey = hmacSha256(salted, 'Client Key')
  if (!sameBytes(sha256(clientKey), verifier.storedKey) || !known) return null
  return keysOf(verifier, clientKey)
}

const keysOf = (verifier: ScramVerifier, clientKey: Buffer): ScramKeys => ({
  clientKey,
  serverKey: verifier.serverKey,
  salt: verifier.salt,
  iterations: verifier.iterations,
})

/**
 * The role's verifier, for a client that may come from where it is; null if there is no such role. A role that control
 * does not know may have been made in SQL since: then the running compute is asked, so that `CREATE ROLE` and a first
 * login need no pause between them. `address` null: the console's, for which IP allow does not count.
 */
async function lookUp(
  endpoint: string,
  role: string,
  address: string | null,
  context: AuthenticateContext,
): Promise<ScramVerifier | null> {
  const secret = await context.access.roleSecret(endpoint, role)
  // First of all: who is in the wrong place costs nobody anything, and learns of no role.
  if (address !== null) checkNetwork(secret.network, address)
  if (secret.verifier || !context.gate.allows(endpoint, role)) return parseSecret(secret.verifier)
  return parseSecret((await context.access.refreshRoleSecret(endpoint, role)).verifier)
}

const parseSecret = (text: string | null): ScramVerifier | null => (text ? parseVerifier(text) : null)

/** Nobody waits for it: the client gets its answer first. */
export function refreshLater(endpoint: string, role: string, context: AuthenticateContext): void {
  if (!context.gate.allows(endpoint, role)) return
  context.access.refreshRoleSecret(endpoint, role).catch((error: unknown) => {
    context.logger.debug({ endpoint, role, err: error }, 'role could not be read again')
  })
}

async function readPassword<T>(
  channel: Channel,
  context: AuthenticateContext,
  parse: (body: Buffer) => T,
): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = context.clock.after(context.authenticationTimeoutMs, () =>
    late.reject(new PilotlightError('authentication_timeout')),
  )
  try {
    const frame = await Promise.race([channel.readFrame(limits.passwordMessageBytes), late.promise])
    if (frame.type !== passwordFrameType) throw new ProtocolViolation('authentication protocol violation')
    return parse(frame.body)
  } catch (error) {
    if (error instanceof ProtocolViolation)
      throw new PilotlightError('protocol_violation', { detail: error.message }, { cause: error })
    throw error
  } finally {
    timer.cancel()
  }
}
