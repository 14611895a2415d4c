// A past moment of a branch, as a client names it: `neon_lsn:…` or `neon_timestamp:…` in its options, `lsn` or `timestamp`
// in a query of the API.

import { PilotlightError } from './errors.ts'
import * as shapes from './shapes.ts'

/** `time` is RFC 3339 in UTC, to the microsecond at most. */
export type PastMoment = { lsn: string } | { time: string }

/**
 * The moment in its one spelling, so that two who mean the same share one compute; null: none is named. Throws
 * moment_ambiguous, moment_invalid.
 */
export function readMoment(given: {
  lsn?: string | undefined
  timestamp?: string | undefined
}): PastMoment | null {
  const { lsn, timestamp } = given
  if (lsn !== undefined && timestamp !== undefined) throw new PilotlightError('moment_ambiguous')
  if (lsn !== undefined) return { lsn: canonicalLsn(checked(shapes.lsn, lsn)) }
  if (timestamp !== undefined) return { time: canonicalTime(checked(shapes.moment, timestamp)) }
  return null
}

/** Names a moment in a key and in a log. */
export function momentText(moment: PastMoment): string {
  return 'lsn' in moment ? `lsn:${moment.lsn}` : `timestamp:${moment.time}`
}

/** As it stands in a sentence. */
export function momentWords(moment: PastMoment): string {
  return 'lsn' in moment ? `LSN ${moment.lsn}` : moment.time
}

function checked(shape: typeof shapes.lsn | typeof shapes.moment, text: string): string {
  const parsed = shape.safeParse(text)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new PilotlightError('moment_invalid', { moment: text, detail: issue?.message ?? 'is not valid' })
}

function canonicalLsn(text: string): string {
  return text
    .split('/')
    .map(half => Number.parseInt(half, 16).toString(16).toUpperCase())
    .join('/')
}

function canonicalTime(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1]?.replace(/0+$/, '') ?? ''
  const seconds = new Date(text.replace(/\.\d+/, '')).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)
  return `${seconds}${fraction && `.${fraction}`}Z`
}
