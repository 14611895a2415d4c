// The fields of ErrorResponse and NoticeResponse, by the letters that the protocol gives them.
// https://www.postgresql.org/docs/current/protocol-error-fields.html

import type { FieldReader } from './fields.ts'
import { cstring } from './frames.ts'

/** Letter to value, in the order of the wire. Letters that we do not know are kept: the manual asks for it. */
export type ErrorFields = Map<string, string>

export const errorField = {
  severity: 'S',
  /** The severity once more, never translated. */
  severityNonLocalized: 'V',
  code: 'C',
  message: 'M',
  detail: 'D',
  hint: 'H',
} as const

export function parseErrorFields(fields: FieldReader): ErrorFields {
  const parsed: ErrorFields = new Map()
  for (;;) {
    const letter = fields.byte()
    if (letter === 0) break
    parsed.set(String.fromCharCode(letter), fields.cstring())
  }
  fields.end()
  return parsed
}

export function serializeErrorFields(fields: ErrorFields): Buffer {
  const parts: Buffer[] = []
  // Values may hold what a client sent; a NUL would end the field early.
  for (const [letter, value] of fields) parts.push(cstring(letter + value.replaceAll('\0', '')))
  parts.push(Buffer.from([0]))
  return Buffer.concat(parts)
}

export interface ErrorText {
  severity: 'ERROR' | 'FATAL' | 'PANIC'
  code: string
  message: string
  detail?: string
  hint?: string
}

export function errorFields(text: ErrorText): ErrorFields {
  const fields: ErrorFields = new Map([
    [errorField.severity, text.severity],
    [errorField.severityNonLocalized, text.severity],
    [errorField.code, text.code],
    [errorField.message, text.message],
  ])
  if (text.detail !== undefined) fields.set(errorField.detail, text.detail)
  if (text.hint !== undefined) fields.set(errorField.hint, text.hint)
  return fields
}
