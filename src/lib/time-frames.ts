// Hours, days and months of UTC, and how a stretch of time falls into them.

export const grains = ['hour', 'day', 'month'] as const
export type Grain = (typeof grains)[number]

export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** The beginning of the frame that holds `at`. */
export function frameStart(grain: Grain, at: number): number {
  if (grain === 'hour') return at - modulo(at, hourMs)
  if (grain === 'day') return at - modulo(at, dayMs)
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

/** The end of the frame that holds `at`, which is the beginning of the next. */
export function frameEnd(grain: Grain, at: number): number {
  const start = frameStart(grain, at)
  if (grain === 'hour') return start + hourMs
  if (grain === 'day') return start + dayMs
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

/** The beginnings of all frames that share time with `[from, to)`. */
export function framesWithin(grain: Grain, from: number, to: number): number[] {
  const starts: number[] = []
  for (let start = frameStart(grain, from); start < to; start = frameEnd(grain, start)) starts.push(start)
  return starts
}

export interface Piece {
  start: number
  ms: number
}

/** How much of `[from, to)` falls into each hour. Together the pieces are exactly as long as the whole. */
export function hourPieces(from: number, to: number): Piece[] {
  const pieces: Piece[] = []
  for (let at = from; at < to; ) {
    const end = Math.min(to, frameEnd('hour', at))
    pieces.push({ start: frameStart('hour', at), ms: end - at })
    at = end
  }
  return pieces
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by
