// A moment of a branch's past, as somebody chooses it in a form.

import { timeText } from '../lib/local-time.ts'
import { isLsn } from '../lib/lsn.ts'

export type MomentKind = 'now' | 'time' | 'lsn'

export interface ChosenMoment {
  kind: MomentKind
  /** Undefined: what the field holds is no time. */
  timeMs: number | undefined
  lsn: string
}

/** In a form: until somebody has chosen a time, or has emptied the field, a likely one stands in it. */
export interface WantedMoment extends Omit<ChosenMoment, 'timeMs'> {
  timeMs: ChosenMoment['timeMs'] | 'likely'
}

/** Which moments there are. Whole seconds, as the field has them. */
export interface HistoryWindow {
  /** Undefined: no past is kept. */
  fromMs: number | undefined
  untilMs: number
}

const secondMs = 1000
/** How long ago what people want back was still there, mostly. */
const likelyAgoMs = 300_000

export function historyWindow(from: string | undefined, nowMs: number): HistoryWindow {
  const fromMs = from === undefined ? undefined : Math.ceil(Date.parse(from) / secondMs) * secondMs
  const untilMs = Math.floor(nowMs / secondMs) * secondMs
  // One that begins within this second holds no moment that a field could name.
  return { fromMs: fromMs !== undefined && fromMs <= untilMs ? fromMs : undefined, untilMs }
}

/** Five minutes ago, or where the history begins. */
export function likelyMoment({ fromMs, untilMs }: HistoryWindow): number {
  return Math.min(untilMs, Math.max(fromMs ?? untilMs, untilMs - likelyAgoMs))
}

export interface MomentShortcut {
  text: string
  timeMs: number
}

const agos = [
  ['1 minute ago', 60],
  ['10 minutes ago', 600],
  ['1 hour ago', 3600],
  ['1 day ago', 86_400],
  ['7 days ago', 604_800],
] as const

/** Those that lie in the history. `changes` are the newest first; before the newest of them is what people mean mostly. */
export function momentShortcuts(
  { fromMs, untilMs }: HistoryWindow,
  changes: readonly { text: string; atMs: number }[],
): MomentShortcut[] {
  if (fromMs === undefined) return []
  const [change] = changes
  const shortcuts = [
    ...agos.map(([text, seconds]) => ({ text, timeMs: untilMs - seconds * secondMs })),
    ...(change ? [{ text: `Before “${change.text}”`, timeMs: wholeSecondBefore(change.atMs) }] : []),
    { text: 'The beginning', timeMs: fromMs },
  ]
  return shortcuts.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= untilMs)
}

/** What happened within a second is not in its beginning. */
const wholeSecondBefore = (ms: number): number => (Math.ceil(ms / secondMs) - 1) * secondMs

/** Why it is no moment that can be had. `window` undefined: it is still being read. */
export function momentProblem(chosen: ChosenMoment, window: HistoryWindow | undefined): string | undefined {
  if (chosen.kind === 'now') return undefined
  if (chosen.kind === 'lsn') {
    return isLsn(chosen.lsn) ? undefined : 'An LSN is written like 0/1DE2850'
  }
  if (!window) return 'The history is being read'
  if (window.fromMs === undefined) return 'This branch has no past that can be opened'
  if (chosen.timeMs === undefined) return 'Choose a time'
  if (chosen.timeMs < window.fromMs) return `Its history begins ${timeText(window.fromMs)}`
  if (chosen.timeMs > window.untilMs) return 'That has not happened yet'
  return undefined
}

/** As the API takes it; neither for now. */
export function momentWords(chosen: ChosenMoment): { time?: string; lsn?: string } {
  if (chosen.kind === 'time' && chosen.timeMs !== undefined) {
    return { time: new Date(chosen.timeMs).toISOString() }
  }
  return chosen.kind === 'lsn' ? { lsn: chosen.lsn } : {}
}

/** Behind `the state of`: `Nov 25, 2026, 6:40:12 PM`. */
export function momentText(chosen: ChosenMoment): string {
  if (chosen.kind === 'lsn') return `LSN ${chosen.lsn}`
  if (chosen.kind === 'now') return 'now'
  return chosen.timeMs === undefined ? 'at a time' : timeText(chosen.timeMs)
}
