// An error or a notice as the console is told of it: Postgres's own with its fields, ours with its remedy.

import pg from 'pg'
import type { ConsoleQueryError } from '../../contract/console-query.ts'
import { PilotlightError } from '../../contract/errors.ts'

const texts = ['detail', 'hint', 'where', 'schema', 'table', 'column', 'constraint'] as const

/** The fields of ErrorResponse and NoticeResponse, as the driver names them. */
export type ServerMessage = {
  [Name in 'severity' | 'code' | 'message' | 'position' | (typeof texts)[number]]?: string | undefined
}

export function ofServer(fields: ServerMessage): ConsoleQueryError {
  const { severity, code, message, position, ...rest } = fields
  const line: ConsoleQueryError = { severity: severity ?? 'ERROR', code: code ?? '', message: message ?? '' }
  if (position !== undefined) line.position = Number(position)
  for (const name of texts) {
    const value = rest[name]
    if (value !== undefined) line[name] = value
  }
  return line
}

function ofOurs(error: PilotlightError): ConsoleQueryError {
  const { sqlstate, remedy } = error.definition
  return { severity: 'ERROR', code: sqlstate, message: error.message, hint: remedy, error_code: error.code }
}

/** Whatever else is thrown by a session is a fault of its connection. */
export function queryError(error: unknown): ConsoleQueryError {
  if (error instanceof pg.DatabaseError) return ofServer(error)
  if (error instanceof PilotlightError) return ofOurs(error)
  return ofOurs(new PilotlightError('database_session_lost', {}, { cause: error }))
}

/** SQLSTATE 57014: of a cancel, and of a timeout. */
export function isQueryCanceled(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014'
}
