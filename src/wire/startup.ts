// The packets without a type byte, which open a connection: SSLRequest, GSSENCRequest, CancelRequest, StartupMessage.
// https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE

import { FieldReader } from './fields.ts'
import { cstring, int32, ProtocolViolation } from './frames.ts'

export type StartupParameters = Map<string, string>

export type StartupPacket =
  | { name: 'SSLRequest' }
  | { name: 'GSSENCRequest' }
  | { name: 'CancelRequest'; key: BackendKey }
  | { name: 'StartupMessage'; major: 3; minor: number; parameters: StartupParameters }
  /** Another major version, or a request code that nobody knows. */
  | { name: 'Unsupported'; major: number; minor: number }

/** What a CancelRequest names a session by. Protocol 3.0: both four bytes. */
export interface BackendKey {
  processId: number
  secretKey: number
}

/** Request codes hide in the place of the protocol version, as major version 1234. */
const requestMajor = 1234
const requestMinor = { CancelRequest: 5678, SSLRequest: 5679, GSSENCRequest: 5680 } as const

export const protocolMajor = 3

/** `body` is the packet behind its length. */
export function parseStartupPacket(body: Buffer): StartupPacket {
  const fields = new FieldReader(body)
  const version = fields.int32()
  const major = version >>> 16
  const minor = version & 0xffff
  if (major === requestMajor) return parseRequest(minor, fields)
  if (major !== protocolMajor) return { name: 'Unsupported', major, minor }
  return { name: 'StartupMessage', major, minor, parameters: parseParameters(fields) }
}

function parseRequest(minor: number, fields: FieldReader): StartupPacket {
  switch (minor) {
    case requestMinor.SSLRequest:
      fields.end()
      return { name: 'SSLRequest' }
    case requestMinor.GSSENCRequest:
      fields.end()
      return { name: 'GSSENCRequest' }
    case requestMinor.CancelRequest: {
      // A longer key (protocol 3.2) is none of ours, for we speak 3.0; a violation like any other.
      const key = { processId: fields.int32(), secretKey: fields.int32() }
      fields.end()
      return { name: 'CancelRequest', key }
    }
    default:
      return { name: 'Unsupported', major: requestMajor, minor }
  }
}

function parseParameters(fields: FieldReader): StartupParameters {
  const parameters: StartupParameters = new Map()
  for (;;) {
    const name = fields.cstring()
    if (name === '') break
    parameters.set(name, fields.cstring())
  }
  fields.end()
  return parameters
}

function packet(major: number, minor: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat([int32((major << 16) | minor), ...parts])
  return Buffer.concat([int32(body.length + 4), body])
}

export function serializeStartupPacket(message: Exclude<StartupPacket, { name: 'Unsupported' }>): Buffer {
  switch (message.name) {
    case 'SSLRequest':
    case 'GSSENCRequest':
      return packet(requestMajor, requestMinor[message.name])
    case 'CancelRequest':
      return packet(
        requestMajor,
        requestMinor.CancelRequest,
        int32(message.key.processId),
        int32(message.key.secretKey),
      )
    case 'StartupMessage': {
      const parts: Buffer[] = []
      for (const [name, value] of message.parameters) {
        // A NUL inside would end the string early and turn its rest into parameters of somebody's choosing.
        if (name === '' || name.includes('\0') || value.includes('\0'))
          throw new ProtocolViolation('startup parameter has no name, or holds a NUL')
        parts.push(cstring(name), cstring(value))
      }
      return packet(protocolMajor, message.minor, ...parts, Buffer.from([0]))
    }
  }
}
