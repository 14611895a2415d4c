// From which snapshot, through which WAL, a moment is reached; and which of both can go. Pure: facts in, a plan out.

import { EngineError } from '../../engine.ts'
import { hasGap, type Lineage } from './lineage.ts'
import { type Lsn, parseLsn, segmentOf } from './lsn.ts'

export interface Moment {
  lsn: string
  /** RFC 3339, to the microsecond. */
  time: string
}

/** A stretch of a branch's life that one lineage has. The last one of a branch has no end. */
export interface Era {
  lineage: string
  from: Moment
  until?: Moment
}

/** The files of a cluster. `lsn` and `time`: the earliest moment that can be reached from it. */
export interface KeptSnapshot extends Moment {
  id: string
  lineage: string
  /** Where its replay begins. */
  redo: string
  timeline: number
  /** It is a copy of a running server, whose replay has to come this far before its pages are whole. */
  isFuzzy?: boolean
  /** CRC-32 of the files that have no checksums of their own. */
  manifest?: Record<string, string>
  /** When its pages were last read and found whole. */
  checkedAt?: string
  /** Why it must not be used, where something is wrong with it. */
  damage?: string
}

export type Target = { lsn: string } | { time: string }

/** A stretch of WAL, up to an LSN or to where it ends. */
export interface Stretch {
  lineage: string
  timeline: number
  upTo: Lsn | null
}

export interface Plan {
  base: { snapshot: KeptSnapshot } | { template: string }
  /** In the order of the replay. */
  wal: Stretch[]
  /** The era that holds the moment. */
  era: Era
}

export interface Kept {
  lineages: ReadonlyMap<string, Lineage>
  /** Of each lineage, oldest first. */
  snapshots: ReadonlyMap<string, KeptSnapshot[]>
  hasTemplate(template: string): boolean
}

/** Microseconds since 1970: JavaScript's own times stop at milliseconds, and Postgres's do not. Throws `invalid`. */
export function microseconds(time: string): bigint {
  const match = /^(.+T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/.exec(time)
  const seconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN
  if (!match || Number.isNaN(seconds)) {
    throw new EngineError('invalid', `"${time.slice(0, 60)}" is no time; one looks like 2026-11-25T10:00:00Z`)
  }
  return BigInt(seconds) * 1000n + BigInt((match[2] ?? '').padEnd(6, '0').slice(0, 6) || '0')
}

export function formatTime(micros: bigint): string {
  const text = new Date(Number(micros / 1000n)).toISOString()
  return `${text.slice(0, -1)}${(micros % 1000n).toString().padStart(3, '0')}Z`
}

function isReached(target: Target, at: Moment): boolean {
  return 'lsn' in target
    ? parseLsn(at.lsn) <= parseLsn(target.lsn)
    : microseconds(at.time) <= microseconds(target.time)
}

/** The stretch of the branch's life that holds the moment: where lineages overlap in LSNs, the newest. */
export function eraOf(eras: Era[], target: Target): Era | null {
  for (const era of eras.toReversed()) {
    if (!isReached(target, era.from)) continue
    // An LSN behind the end of a lineage that was left belongs to none; a time always belongs to one.
    if ('lsn' in target && era.until && parseLsn(target.lsn) > parseLsn(era.until.lsn)) continue
    return era
  }
  return null
}

/** Null: nothing that is kept leads there. */
export function planMoment(kept: Kept, eras: Era[], target: Target): Plan | null {
  const era = eraOf(eras, target)
  if (!era) return null
  const upTo = 'lsn' in target ? parseLsn(target.lsn) : era.until ? parseLsn(era.until.lsn) : null
  const found = reach(kept, era.lineage, target, upTo)
  return found && { ...found, era }
}

function reach(
  kept: Kept,
  lineageId: string,
  target: Target,
  upTo: Lsn | null,
): Pick<Plan, 'base' | 'wal'> | null {
  const lineage = kept.lineages.get(lineageId)
  if (!lineage) return null
  const here: Stretch = { lineage: lineageId, timeline: lineage.timeline, upTo }
  const snapshots = kept.snapshots.get(lineageId) ?? []
  // One that was taken before anything was written says what the beginning says, however late it was taken.
  const snapshot = snapshots.findLast(
    candidate =>
      candidate.damage === undefined &&
      (isReached(target, candidate) || parseLsn(candidate.lsn) <= parseLsn(lineage.startLsn)),
  )
  const since = snapshot ? snapshot.redo : lineage.startLsn
  if (hasGap(lineage, parseLsn(since), reachOf(snapshots, target, upTo))) return null
  if (snapshot) return { base: { snapshot }, wal: [here] }
  const { origin } = lineage
  if (!origin) return null
  if ('template' in origin) {
    return kept.hasTemplate(origin.template) ? { base: { template: origin.template }, wal: [here] } : null
  }
  const before = reach(kept, origin.lineage, { lsn: origin.lsn }, parseLsn(origin.lsn))
  return before && { base: before.base, wal: [...before.wal, here] }
}

/** How far the WAL has to go: where an LSN is not known, to what surely lies behind it; null: as far as there is any. */
function reachOf(snapshots: KeptSnapshot[], target: Target, upTo: Lsn | null): Lsn | null {
  if ('lsn' in target) return parseLsn(target.lsn)
  const next = snapshots.find(candidate => !isReached(target, candidate))
  if (!next) return upTo
  const behind = parseLsn(next.lsn)
  return upTo === null || behind < upTo ? behind : upTo
}

/** The eras of who begins at this moment of a branch, without the one that begins there. */
export function erasUpTo(eras: Era[], era: Era, at: Moment): Era[] {
  const index = eras.indexOf(era)
  return [...eras.slice(0, index), { ...era, until: at }]
}

/** What one piece of data may still be asked for. */
export interface Member {
  eras: Era[]
  windowSeconds: number
  /** Its own line goes on, whatever its window. */
  lineage: string
}

export interface Needed {
  /** Lineages of which something is needed, or that are being written. Others can go as a whole. */
  lineages: Map<string, LineageNeed>
}

export interface LineageNeed {
  /** WAL before this place can go; null: all of it can. */
  walFrom: Lsn | null
  /** WAL from the segment behind this place on can go; null: none of it. */
  walUpTo: Lsn | null
  snapshots: Set<string>
}

/**
 * What has to stay so that every member can be opened at every moment of its window. `spacing`: snapshots between two
 * others that are no further apart than this many bytes of WAL save nobody much, and go.
 */
export function needed(kept: Kept, members: Member[], now: bigint, spacing: Lsn): Needed {
  const lineages = new Map<string, LineageNeed>()
  const needOf = (id: string): LineageNeed => {
    const known = lineages.get(id) ?? { walFrom: null, walUpTo: -1n, snapshots: new Set<string>() }
    lineages.set(id, known)
    return known
  }
  for (const member of members) {
    needOf(member.lineage)
    if (member.windowSeconds === 0) continue
    const from = now - BigInt(member.windowSeconds) * 1_000_000n
    for (const era of member.eras) {
      if (era.until && microseconds(era.until.time) < from) continue
      const begin = microseconds(era.from.time)
      const first: Target = begin > from ? { lsn: era.from.lsn } : { time: formatTime(from) }
      const upTo = era.until ? parseLsn(era.until.lsn) : null
      let plan = reach(kept, era.lineage, first, upTo)
      // Nothing leads to the window's beginning any more: then what leads to its earliest moment stays.
      if (!plan) {
        const earliest = firstUnbroken(kept, era, 0n)
        if (earliest) {
          const timeline = kept.lineages.get(era.lineage)?.timeline ?? 0
          plan = { base: { snapshot: earliest }, wal: [{ lineage: era.lineage, timeline, upTo }] }
        }
      }
      if (plan) keepPlan(kept, plan, needOf)
    }
  }
  for (const need of lineages.values()) if (need.walUpTo === -1n) need.walUpTo = null
  for (const [id, need] of lineages) thinOut(kept.snapshots.get(id) ?? [], need, spacing)
  return { lineages }
}

function keepPlan(
  kept: Kept,
  { base, wal }: Pick<Plan, 'base' | 'wal'>,
  needOf: (id: string) => LineageNeed,
): void {
  wal.forEach((stretch, index) => {
    const need = needOf(stretch.lineage)
    const first = index === 0 && 'snapshot' in base ? base.snapshot : null
    const start = first ? parseLsn(first.redo) : parseLsn(kept.lineages.get(stretch.lineage)!.startLsn)
    need.walFrom = need.walFrom === null || start < need.walFrom ? start : need.walFrom
    if (stretch.upTo === null || need.walUpTo === null) need.walUpTo = null
    else if (stretch.upTo > need.walUpTo) need.walUpTo = stretch.upTo
    const since = first ? parseLsn(first.lsn) : start
    for (const snapshot of kept.snapshots.get(stretch.lineage) ?? []) {
      const lsn = parseLsn(snapshot.lsn)
      if (lsn >= since && (stretch.upTo === null || lsn <= stretch.upTo)) need.snapshots.add(snapshot.id)
    }
  })
}

/** Whether a segment of a lineage has to stay. */
export function isNeeded({ walFrom, walUpTo }: LineageNeed, segment: bigint): boolean {
  if (walFrom === null || segment < segmentOf(walFrom)) return false
  return walUpTo === null || segment <= segmentOf(walUpTo)
}

function thinOut(snapshots: KeptSnapshot[], need: LineageNeed, spacing: Lsn): void {
  const staying = snapshots.filter(({ id, damage }) => need.snapshots.has(id) && damage === undefined)
  need.snapshots = new Set(staying.map(({ id }) => id))
  let before = staying[0]
  for (let at = 1; at < staying.length - 1; at++) {
    const gap = parseLsn(staying[at + 1]!.lsn) - parseLsn(before!.lsn)
    if (gap <= spacing) need.snapshots.delete(staying[at]!.id)
    else before = staying[at]
  }
}

/** The first snapshot since a time from which all the WAL is there, up to the era's end. */
function firstUnbroken(kept: Kept, era: Era, since: bigint): KeptSnapshot | undefined {
  const lineage = kept.lineages.get(era.lineage)
  const upTo = era.until ? parseLsn(era.until.lsn) : null
  return (kept.snapshots.get(era.lineage) ?? []).find(
    ({ damage, time, lsn, redo }) =>
      damage === undefined &&
      microseconds(time) >= since &&
      (upTo === null || parseLsn(lsn) <= upTo) &&
      !(lineage && hasGap(lineage, parseLsn(redo), upTo)),
  )
}

/** Since when every moment can be opened; null: none before now. */
export function earliestMoment(kept: Kept, eras: Era[], windowFrom: bigint): string | null {
  let earliest: string | null = null
  for (const era of eras.toReversed()) {
    if (era.until && microseconds(era.until.time) < windowFrom) break
    const begin = microseconds(era.from.time)
    const start = begin > windowFrom ? begin : windowFrom
    const first: Target = begin > windowFrom ? { lsn: era.from.lsn } : { time: formatTime(start) }
    const upTo = era.until ? parseLsn(era.until.lsn) : null
    if (!isWhole(kept, era, first, upTo)) return firstUnbroken(kept, era, start)?.time ?? earliest
    earliest = formatTime(start)
  }
  return earliest
}

/** Whether this moment of an era and all that follow in it can be opened. */
function isWhole(kept: Kept, era: Era, first: Target, upTo: Lsn | null): boolean {
  const plan = reach(kept, era.lineage, first, upTo)
  if (!plan) return false
  const lineage = kept.lineages.get(era.lineage)!
  const isHere = plan.wal.length === 1 && 'snapshot' in plan.base
  const since = isHere && 'snapshot' in plan.base ? plan.base.snapshot.redo : lineage.startLsn
  return !hasGap(lineage, parseLsn(since), upTo)
}

export function outOfWindow(text: string, from: string | null): EngineError {
  const window = from ? `its history can be opened from ${from} on` : 'it keeps no history'
  return new EngineError('out_of_window', `${text} cannot be opened: ${window}`)
}
