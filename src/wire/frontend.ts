// Messages that a client sends while it authenticates. All of them are of type `p`: which one is meant, only the
// state of the exchange tells. https://www.postgresql.org/docs/current/protocol-message-formats.html

import { FieldReader, utf8 } from './fields.ts'
import { cstring, frame, int32, ProtocolViolation } from './frames.ts'

export type FrontendMessage =
  | { name: 'PasswordMessage'; password: string }
  | { name: 'SASLInitialResponse'; mechanism: string; data: Buffer | null }
  | { name: 'SASLResponse'; data: Buffer }

export const passwordFrameType = 'p'

export function parsePasswordMessage(body: Buffer): FrontendMessage & { name: 'PasswordMessage' } {
  if (body.at(-1) !== 0) throw new ProtocolViolation('Malformed password message: missing terminator')
  return { name: 'PasswordMessage', password: utf8(body.subarray(0, -1)) }
}

export function parseSASLInitialResponse(body: Buffer): FrontendMessage & { name: 'SASLInitialResponse' } {
  const fields = new FieldReader(body)
  const mechanism = fields.cstring()
  const length = fields.int32()
  // -1: the mechanism and nothing with it.
  const data = length === -1 ? null : fields.bytes(length)
  fields.end()
  return { name: 'SASLInitialResponse', mechanism, data }
}

export function parseSASLResponse(body: Buffer): FrontendMessage & { name: 'SASLResponse' } {
  return { name: 'SASLResponse', data: body }
}

export function serializeFrontendMessage(message: FrontendMessage): Buffer {
  switch (message.name) {
    case 'PasswordMessage':
      return frame(passwordFrameType, cstring(message.password))
    case 'SASLInitialResponse':
      return frame(
        passwordFrameType,
        cstring(message.mechanism),
        int32(message.data ? message.data.length : -1),
        message.data ?? Buffer.alloc(0),
      )
    case 'SASLResponse':
      return frame(passwordFrameType, message.data)
  }
}
