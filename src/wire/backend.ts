// Messages that a server sends before the first ReadyForQuery. Later ones are relayed unread.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

import { type ErrorFields, parseErrorFields, serializeErrorFields } from './error-fields.ts'
import { FieldReader } from './fields.ts'
import { cstring, type Frame, frame, int32, ProtocolViolation } from './frames.ts'

export type TransactionStatus = 'I' | 'T' | 'E'

export type BackendMessage =
  | { name: 'AuthenticationOk' }
  | { name: 'AuthenticationCleartextPassword' }
  | { name: 'AuthenticationSASL'; mechanisms: string[] }
  | { name: 'AuthenticationSASLContinue'; data: Buffer }
  | { name: 'AuthenticationSASLFinal'; data: Buffer }
  /** MD5, GSS, SSPI and whatever comes later: methods by which this proxy does not log in. */
  | { name: 'AuthenticationOther'; method: number; data: Buffer }
  | { name: 'ParameterStatus'; parameter: string; value: string }
  /** Four bytes of secret in protocol 3.0, up to 256 in 3.2. */
  | { name: 'BackendKeyData'; processId: number; secretKey: Buffer }
  | { name: 'ReadyForQuery'; status: TransactionStatus }
  | { name: 'ErrorResponse'; fields: ErrorFields }
  | { name: 'NoticeResponse'; fields: ErrorFields }
  | { name: 'NegotiateProtocolVersion'; minor: number; unrecognized: string[] }
  | { name: 'Other'; type: string; body: Buffer }

const authentication = { ok: 0, cleartext: 3, sasl: 10, saslContinue: 11, saslFinal: 12 } as const

export function parseBackendMessage({ type, body }: Frame): BackendMessage {
  const fields = new FieldReader(body)
  switch (type) {
    case 'R':
      return parseAuthentication(fields)
    case 'S': {
      const message = {
        name: 'ParameterStatus',
        parameter: fields.cstring(),
        value: fields.cstring(),
      } as const
      fields.end()
      return message
    }
    case 'K': {
      const processId = fields.int32()
      if (fields.rest < 4 || fields.rest > 256)
        throw new ProtocolViolation('BackendKeyData of a wrong length')
      return { name: 'BackendKeyData', processId, secretKey: fields.bytes(fields.rest) }
    }
    case 'Z': {
      const status = String.fromCharCode(fields.byte())
      fields.end()
      if (status !== 'I' && status !== 'T' && status !== 'E')
        throw new ProtocolViolation('ReadyForQuery with an unknown status')
      return { name: 'ReadyForQuery', status }
    }
    case 'E':
      return { name: 'ErrorResponse', fields: parseErrorFields(fields) }
    case 'N':
      return { name: 'NoticeResponse', fields: parseErrorFields(fields) }
    case 'v': {
      const minor = fields.int32()
      const count = fields.int32()
      if (count < 0 || count > fields.rest)
        throw new ProtocolViolation('NegotiateProtocolVersion of a wrong length')
      const unrecognized = Array.from({ length: count }, () => fields.cstring())
      fields.end()
      return { name: 'NegotiateProtocolVersion', minor, unrecognized }
    }
    default:
      return { name: 'Other', type, body }
  }
}

function parseAuthentication(fields: FieldReader): BackendMessage {
  const method = fields.int32()
  switch (method) {
    case authentication.ok:
      fields.end()
      return { name: 'AuthenticationOk' }
    case authentication.cleartext:
      fields.end()
      return { name: 'AuthenticationCleartextPassword' }
    case authentication.sasl: {
      const mechanisms: string[] = []
      for (let next = fields.cstring(); next !== ''; next = fields.cstring()) mechanisms.push(next)
      fields.end()
      return { name: 'AuthenticationSASL', mechanisms }
    }
    case authentication.saslContinue:
      return { name: 'AuthenticationSASLContinue', data: fields.bytes(fields.rest) }
    case authentication.saslFinal:
      return { name: 'AuthenticationSASLFinal', data: fields.bytes(fields.rest) }
    default:
      return { name: 'AuthenticationOther', method, data: fields.bytes(fields.rest) }
  }
}

export function serializeBackendMessage(message: BackendMessage): Buffer {
  switch (message.name) {
    case 'AuthenticationOk':
      return frame('R', int32(authentication.ok))
    case 'AuthenticationCleartextPassword':
      return frame('R', int32(authentication.cleartext))
    case 'AuthenticationSASL':
      return frame('R', int32(authentication.sasl), ...message.mechanisms.map(cstring), Buffer.from([0]))
    case 'AuthenticationSASLContinue':
      return frame('R', int32(authentication.saslContinue), message.data)
    case 'AuthenticationSASLFinal':
      return frame('R', int32(authentication.saslFinal), message.data)
    case 'AuthenticationOther':
      return frame('R', int32(message.method), message.data)
    case 'ParameterStatus':
      return frame('S', cstring(message.parameter), cstring(message.value))
    case 'BackendKeyData':
      return frame('K', int32(message.processId), message.secretKey)
    case 'ReadyForQuery':
      return frame('Z', Buffer.from(message.status))
    case 'ErrorResponse':
      return frame('E', serializeErrorFields(message.fields))
    case 'NoticeResponse':
      return frame('N', serializeErrorFields(message.fields))
    case 'NegotiateProtocolVersion':
      return frame(
        'v',
        int32(message.minor),
        int32(message.unrecognized.length),
        ...message.unrecognized.map(cstring),
      )
    case 'Other':
      return frame(message.type, message.body)
  }
}
