// From the starts and stops of a compute to when it slept and when it woke. Pure.

import type { Turn } from '../../catalog/wakes.ts'

export interface SleepSpan {
  fromMs: number
  toMs: number
}

export interface Wake {
  operationId: string
  atMs: number
  tookMs: number
  error: string | null
  cause: Turn['cause']
}

export interface TurnsRange {
  fromMs: number
  toMs: number
  /** Whether it is awake at `toMs`. */
  isAwake: boolean
}

/** `turns` newest first, as the catalog lists them. */
export function readTurns(turns: Turn[], range: TurnsRange): { asleep: SleepSpan[]; wakes: Wake[] } {
  const ended = turns.flatMap(turn =>
    turn.finished_at ? [{ ...turn, endedMs: turn.finished_at.getTime() }] : [],
  )
  const done = ended.filter(({ status }) => status === 'finished').sort((a, b) => a.endedMs - b.endedMs)
  const wakes = ended
    .filter(({ action, endedMs }) => action === 'start_compute' && endedMs >= range.fromMs)
    .map(turn => ({
      operationId: turn.id,
      atMs: turn.endedMs,
      tookMs: turn.endedMs - (turn.started_at ?? turn.created_at).getTime(),
      error: turn.status === 'finished' ? null : (turn.error ?? ''),
      cause: turn.cause,
    }))
  return { asleep: asleepIn(done, range), wakes }
}

function asleepIn(
  done: { action: Turn['action']; endedMs: number }[],
  { fromMs, toMs, isAwake }: TurnsRange,
): SleepSpan[] {
  const spans: SleepSpan[] = []
  // Before its first turn it was what that turn has ended.
  const first = done[0]
  let since = (first ? first.action === 'start_compute' : !isAwake) ? fromMs : null
  for (const { action, endedMs } of done) {
    if (action === 'suspend_compute') since ??= endedMs
    else if (since !== null) {
      spans.push({ fromMs: since, toMs: endedMs })
      since = null
    }
  }
  if (since !== null && !isAwake) spans.push({ fromMs: since, toMs })
  return spans
    .map(span => ({ fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }))
    .filter(span => span.toMs > span.fromMs)
}
