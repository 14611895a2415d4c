// An error of ours as the client's protocol says it.

import { type ErrorCode, PilotlightError } from '../contract/errors.ts'
import { type ErrorText, errorFields, serializeBackendMessage } from '../wire/index.ts'

/** Where the remedy would help a stranger, or only repeat the message. */
const withoutHint = new Set<ErrorCode>([
  'password_wrong',
  'user_missing',
  'protocol_violation',
  'endpoint_unspecified',
  'insecure_connection',
  'internal',
  'proxy_shutting_down',
])

export function errorResponse(error: PilotlightError): Buffer {
  const text: ErrorText = { severity: 'FATAL', code: error.definition.sqlstate, message: error.message }
  if (!withoutHint.has(error.code)) text.hint = error.definition.remedy
  return serializeBackendMessage({ name: 'ErrorResponse', fields: errorFields(text) })
}

export function asPilotlightError(error: unknown): PilotlightError {
  return error instanceof PilotlightError ? error : new PilotlightError('internal', {}, { cause: error })
}
