// Where what stands on a chart. Pure.

export type Scale = (value: number) => number

export function linear([fromIn, toIn]: [number, number], [fromOut, toOut]: [number, number]): Scale {
  const span = toIn - fromIn || 1
  return value => fromOut + ((value - fromIn) / span) * (toOut - fromOut)
}

/** From 0 up to at least `most`, in steps that people count in. */
export function valueTicks(most: number, wanted = 4): number[] {
  if (!(most > 0)) return [0, 1]
  const rough = most / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find(factor => factor * power >= rough) ?? 10)
  const count = Math.ceil(most / step - 1e-9)
  // Not by adding up: 0.1 + 0.2 is not 0.3.
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const timeSteps = [1, 2, 5, 10, 15, 30]
  .map(minutes => minutes * minuteMs)
  .concat([1, 2, 3, 6, 12].map(hours => hours * hourMs))
  .concat([1, 2, 7].map(days => days * dayMs))

/** Moments between the two that are round where the reader is, also in a week in which clocks are changed. */
export function timeTicks(fromMs: number, toMs: number, wanted: number): number[] {
  const step = timeSteps.find(ms => (toMs - fromMs) / ms <= wanted) ?? 7 * dayMs
  const ticks = new Set<number>()
  const endOnClock = clockOf(toMs)
  for (let clock = Math.ceil(clockOf(fromMs) / step) * step; clock <= endOnClock; clock += step) {
    ticks.add(momentOf(clock))
  }
  return [...ticks].filter(ms => ms >= fromMs && ms <= toMs)
}

/** What the reader's clock shows, as if it were one of UTC. */
const clockOf = (ms: number): number => ms - new Date(ms).getTimezoneOffset() * minuteMs

function momentOf(clock: number): number {
  const shown = new Date(clock)
  const [year, month, day] = [shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate()]
  return new Date(year, month, day, shown.getUTCHours(), shown.getUTCMinutes()).getTime()
}

/** The index of the time that lies nearest; -1: there are none. `times` are in order. */
export function nearest(times: readonly number[], ms: number): number {
  let [low, high] = [0, times.length - 1]
  if (high < 0) return -1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (times[middle]! <= ms) low = middle
    else high = middle
  }
  return Math.abs(times[low]! - ms) <= Math.abs(times[high]! - ms) ? low : high
}
