// What a chart shows, and what of it can be said in words. Pure.

export interface Series {
  name: string
  /** One for each time; null: not known. */
  values: readonly (number | null)[]
}

export interface TimeSpan {
  fromMs: number
  toMs: number
}

export interface Mark {
  atMs: number
  text: string
}

export interface ChartData {
  times: readonly number[]
  series: readonly Series[]
}

export type ValueText = (value: number) => string

/** Runs of values that hang together: nothing is drawn across a gap, for nobody knows what was there. */
export function runs(
  times: readonly number[],
  values: readonly (number | null)[],
  gapMs: number,
): number[][] {
  const all: number[][] = []
  let run: number[] = []
  times.forEach((at, index) => {
    const before = run.at(-1)
    if (values[index] == null || (before !== undefined && at - times[before]! > gapMs)) {
      if (run.length > 0) all.push(run)
      run = []
    }
    if (values[index] != null) run.push(index)
  })
  if (run.length > 0) all.push(run)
  return all
}

export function highest(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap(({ values }) => values.filter(value => value !== null)))
}

/** `active: 3 now, between 0 and 12; idle: …` For those who do not see the lines. */
export function summary(series: readonly Series[], text: ValueText): string {
  const parts = series.map(({ name, values }) => {
    const known = values.filter(value => value !== null)
    const last = known.at(-1)
    if (last === undefined) return `${name}: not known`
    const [least, most] = [Math.min(...known), Math.max(...known)]
    const span = least === most ? 'all the time' : `last, between ${text(least)} and ${text(most)}`
    return `${name}: ${text(last)} ${span}`
  })
  return `${parts.join('; ')}.`
}
