// Moments and durations as people write them: `10m`, `2 hours ago`, what psql prints for now(), an LSN, RFC 3339.

import { InvalidArgumentError } from 'commander'
import { limits } from '../contract/limits.ts'
import * as shapes from '../contract/shapes.ts'
import type { Context } from './command.ts'
import { usageError } from './errors.ts'

/** As the API takes it: one of the two. */
export type MomentParts = { lsn: string } | { timestamp: string }

const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const units = 's(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:r|ours?)?|d(?:ays?)?|w(?:eeks?)?'
const durationText = new RegExp(`^(?:\\d+(?:\\.\\d+)?\\s*(?:${units})\\s*)+$`, 'i')
const durationPart = new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${units})`, 'gi')

const timeText = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i

const momentForms = 'It takes 2026-11-25T10:00:00Z, an LSN such as 0/1DE2850, or how long ago: 10m, 2h, 1d.'

/** `90s`, `10m`, `1h30m`, `2 days`; undefined: it is no duration. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim()
  if (!durationText.test(trimmed)) return undefined
  let seconds = 0
  for (const [, count, unit] of trimmed.matchAll(durationPart)) {
    seconds += Number(count) * secondsOf[unit![0]!.toLowerCase()]!
  }
  return Math.round(seconds)
}

/** `isRelative`: it was reckoned from this machine's clock, and should be shown. Throws usage. */
export function readMoment(text: string, now: number): MomentParts & { isRelative: boolean } {
  const given = text.trim()
  if (shapes.lsn.safeParse(given).success) return { lsn: given, isRelative: false }
  const ago = parseDuration(given.replace(/\s+ago$/i, ''))
  if (ago !== undefined) return { timestamp: timestampOf(now - ago * 1000), isRelative: true }
  return { timestamp: readTime(given, momentForms), isRelative: false }
}

/** Whether a text after an `@` means a moment; names may have an `@` too. */
export function isMoment(text: string): boolean {
  const given = text.trim()
  return (
    shapes.lsn.safeParse(given).success ||
    timeText.test(given) ||
    parseDuration(given.replace(/\s+ago$/i, '')) !== undefined
  )
}

/** When something is to end: a time, or how long from now; null: never. Throws usage. */
export function readExpiry(text: string, now: number): string | null {
  const given = text.trim()
  if (/^(never|none)$/i.test(given)) return null
  const seconds = parseDuration(given)
  if (seconds === undefined) {
    return readTime(given, 'It takes 2026-12-31T23:59:59Z, how long from now (12h, 7d), or never.')
  }
  if (seconds === 0) throw usageError('it would expire at once', 'Give a longer time, or delete it.')
  return timestampOf(now + seconds * 1000)
}

function readTime(text: string, forms: string): string {
  const parts = timeText.exec(text)
  if (!parts) throw usageError(`${JSON.stringify(text)} is no moment`, forms)
  const [, date, minutes, seconds = ':00', zone] = parts
  if (zone === undefined) {
    throw usageError(
      `${JSON.stringify(text)} has no time zone`,
      `Add Z for UTC, or an offset: ${date}T${minutes}${seconds}Z, ${date}T${minutes}${seconds}+02:00.`,
    )
  }
  // As psql shows a timestamptz: 2026-11-25 10:00:00.123456+00
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const time = shapes.moment.safeParse(`${date}T${minutes}${seconds}${offset}`)
  if (time.success) return time.data
  throw usageError(`${JSON.stringify(text)} ${time.error.issues[0]?.message ?? 'is no moment'}`, forms)
}

function timestampOf(ms: number): string {
  return new Date(ms).toISOString()
}

export function momentName(moment: MomentParts): string {
  return 'lsn' in moment ? moment.lsn : moment.timestamp
}

/** The moment of a flag; one that was reckoned from this machine's clock is said, to those who watch. */
export function momentOf({ out, json, system }: Context, text: string): MomentParts {
  const { isRelative, ...moment } = readMoment(text, system.clock.now())
  if (isRelative && !json) out.note(`${text} is ${momentName(moment)}, by the clock of this machine.`)
  return moment
}

/** For `Option.argParser`: how far back a project can be opened, in seconds. */
export function historyWindow(text: string): number {
  const seconds = /^(0|off|none)$/i.test(text.trim()) ? 0 : parseDuration(text)
  if (seconds !== undefined && seconds <= limits.historyRetentionMaxSeconds) return seconds
  throw new InvalidArgumentError('It takes a duration up to 30d, such as 12h or 7d; 0 keeps none.')
}
