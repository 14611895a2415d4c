// Where a page of a list ended: opaque to clients, and all that the next page has to know. It names no row that has to be
// there still.

import { PilotlightError } from '../contract/errors.ts'

export function writeCursor(...parts: string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Throws invalid_request for what `writeCursor` did not write, or wrote for another list. */
export function readCursor(cursor: string, count: number): string[] {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw foreignCursor()
  }
  if (!Array.isArray(parts) || parts.length !== count || !parts.every(part => typeof part === 'string')) {
    throw foreignCursor()
  }
  return parts
}

export function foreignCursor(): PilotlightError {
  return new PilotlightError('invalid_request', { detail: 'cursor: not one that this list gave out' })
}

const timePattern = /^((?!0000)\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d){0,2}$/

/**
 * A time as Postgres writes it: whatever else stands in a cursor is not to reach a query as one. Postgres would refuse the
 * 31st of February, and that is the caller's mistake, not ours.
 */
export function isCursorTime(text: string): boolean {
  const [, day, time] = timePattern.exec(text) ?? []
  if (!day || !time) return false
  const date = new Date(`${day}T${time}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${day}T${time}`)
}
