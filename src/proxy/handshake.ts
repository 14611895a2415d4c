// From the first byte to the StartupMessage: one loop over what a client may say before it says who it is.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP

import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import {
  type BackendKey,
  type ByteQueue,
  parseStartupPacket,
  type StartupParameters,
  serializeBackendMessage,
  takeStartupPacket,
} from '../wire/index.ts'
import { Channel, ChannelClosed } from './channel.ts'

export type Handshake =
  | { kind: 'startup'; channel: Channel; parameters: StartupParameters; serverName: string | null }
  | { kind: 'cancel'; key: BackendKey }

/** Closed without a word: whoever speaks like this would not understand an ErrorResponse either. */
export class HandshakeRefused extends Error {
  constructor(detail: string, options: { cause?: unknown } = {}) {
    super(detail, options)
    this.name = 'HandshakeRefused'
  }
}

export interface HandshakeOptions {
  secureContext: SecureContext
  /** Told about the socket that now carries the session, so that its owner can end it at any moment. */
  upgraded(socket: TLSSocket): void
  /** After TLS stands. */
  secured(): void
  /** The client says that it is one we can send an ErrorResponse to. */
  speaking(channel: Channel): void
}

const alpnProtocol = 'postgresql'
/** The first byte of a TLS record that carries a ClientHello; as a startup packet's length it would be absurd. */
const tlsHandshakeRecord = 0x16

export async function handshake(socket: Socket, options: HandshakeOptions): Promise<Handshake> {
  let channel = new Channel(socket)
  let secure: TLSSocket | null = null
  let gssAsked = false

  for (;;) {
    const first = await channel.read(queue => queue.peek(1))
    if (first[0] === tlsHandshakeRecord && !secure) {
      // Direct TLS (libpq 17, sslnegotiation=direct).
      secure = await startTls(channel, options, null)
      channel = new Channel(secure)
      continue
    }
    const packet = parseStartupPacket(await channel.read(takeBounded))
    switch (packet.name) {
      case 'SSLRequest':
        if (secure) throw new HandshakeRefused('SSLRequest inside TLS')
        secure = await startTls(channel, options, Buffer.from('S'))
        channel = new Channel(secure)
        continue
      case 'GSSENCRequest':
        if (secure || gssAsked) throw new HandshakeRefused('GSSENCRequest where none may be')
        gssAsked = true
        channel.write(Buffer.from('N'))
        continue
      case 'CancelRequest':
        return { kind: 'cancel', key: packet.key }
      case 'Unsupported':
        throw new HandshakeRefused(`unsupported frontend protocol ${packet.major}.${packet.minor}`)
      case 'StartupMessage': {
        options.speaking(channel)
        // Whatever the minor version: no role, and no password, in clear.
        if (!secure) throw new PilotlightError('insecure_connection')
        negotiateProtocol(channel, packet.minor, packet.parameters)
        return {
          kind: 'startup',
          channel,
          parameters: packet.parameters,
          serverName: serverNameOf(secure),
        }
      }
    }
  }
}

const takeBounded = (queue: ByteQueue): Buffer | null => takeStartupPacket(queue, limits.startupPacketBytes)

function serverNameOf(socket: TLSSocket): string | null {
  const { servername } = socket as TLSSocket & { servername?: string | false | null }
  return typeof servername === 'string' && servername !== '' ? servername : null
}

/** We speak 3.0, and none of the protocol extensions that clients ask for by `_pq_.` parameters. */
function negotiateProtocol(channel: Channel, minor: number, parameters: StartupParameters): void {
  const unrecognized = [...parameters.keys()].filter(name => name.startsWith('_pq_.'))
  for (const name of unrecognized) parameters.delete(name)
  if (minor === 0 && unrecognized.length === 0) return
  channel.write(serializeBackendMessage({ name: 'NegotiateProtocolVersion', minor: 0, unrecognized }))
}

/** Ends TLS on a raw socket. Bytes that came with the request are the ClientHello: they go to TLS, never to us. */
async function startTls(
  channel: Channel,
  options: HandshakeOptions,
  answer: Buffer | null,
): Promise<TLSSocket> {
  const raw = channel.socket
  const early = channel.release()
  if (raw.destroyed || channel.closed) throw new ChannelClosed()
  if (answer) raw.write(answer)
  if (early.length > 0) raw.unshift(early)
  const secure = new TLSSocket(raw, {
    isServer: true,
    secureContext: options.secureContext,
    // No common protocol fails the handshake; a client that offers none is let in.
    ALPNCallback: ({ protocols }) => (protocols.includes(alpnProtocol) ? alpnProtocol : undefined),
  })
  options.upgraded(secure)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const failed = (error?: Error) => reject(new HandshakeRefused('TLS handshake failed', { cause: error }))
  const closed = () => reject(new ChannelClosed())
  secure.once('secure', resolve)
  secure.on('error', failed)
  secure.once('close', closed)
  try {
    await promise
  } finally {
    secure.off('secure', resolve)
    secure.off('close', closed)
  }
  options.secured()
  // `failed` stays: rejecting twice does nothing, and an error without a listener would end the process.
  return secure
}
