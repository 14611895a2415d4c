// Which row of the table of errors an answer of the proxy's comes from: on the wire it has lost its name.

import type pg from 'pg'
import { type ErrorCode, type ErrorDefinition, errorTable } from '../../contract/errors.ts'

interface Pattern {
  code: ErrorCode
  sqlstate: string
  message: RegExp
}

const place = /\{\w+\}/

/** Those whose words are all of a value's would match anything. */
const patterns: Pattern[] = Object.entries<ErrorDefinition>(errorTable)
  .filter(([, { message }]) => message.replace(new RegExp(place, 'g'), '').trim() !== '')
  .map(([code, { message, sqlstate }]) => ({
    ...{ code: code as ErrorCode, sqlstate },
    message: new RegExp(`^${message.split(place).map(escaped).join('.*')}$`, 's'),
  }))

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Undefined: it is Postgres's own. */
export function errorCodeOf({
  code,
  message,
}: Pick<pg.DatabaseError, 'code' | 'message'>): ErrorCode | undefined {
  return patterns.find(pattern => pattern.sqlstate === code && pattern.message.test(message))?.code
}

/** What to do about an answer of Postgres's own to a login, by SQLSTATE. */
const remedies: Record<string, string> = {
  '3D000': errorTable.database_not_found.remedy,
  '28P01': errorTable.password_wrong.remedy,
  '28000': 'Let the role log in: `alter role … login`.',
  '42501': 'Let the role connect: `grant connect on database … to …`.',
  '53300': errorTable.too_many_connections.remedy,
  '57P03': errorTable.compute_wake_timeout.remedy,
}

export function remedyOf(error: Pick<pg.DatabaseError, 'code' | 'message' | 'hint'>): string {
  const known = errorCodeOf(error)
  if (known) return errorTable[known].remedy
  return error.hint ?? remedies[error.code ?? ''] ?? 'This is Postgres’s own answer: look up its SQLSTATE.'
}
