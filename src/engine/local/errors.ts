// What the operating system says, in the words of the seam.

import { EngineError } from '../engine.ts'

/** What the kernel says, and what Postgres does (SQLSTATE disk_full). */
const outOfSpace = new Set(['ENOSPC', 'EDQUOT', '53100'])

export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

export const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT'

export const isOutOfSpace = (error: unknown): boolean => outOfSpace.has(errnoOf(error) ?? '')

/** `doing` is a verb and its object: `clone branch br-…`. An EngineError passes as it is. */
export function asEngineError(error: unknown, doing: string): EngineError {
  if (error instanceof EngineError) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = isOutOfSpace(error) ? 'no_capacity' : 'internal'
  return new EngineError(code, `${doing}: ${text}`, { cause: error })
}
