// Figures of a noisy machine: medians and quartiles, never means.

export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

export const median = (values: number[]): number => quantile(values, 0.5)

export interface Summary {
  n: number
  p25: number
  p50: number
  p75: number
  p99: number
}

export function summarize(values: number[]): Summary {
  return {
    n: values.length,
    p25: quantile(values, 0.25),
    p50: quantile(values, 0.5),
    p75: quantile(values, 0.75),
    p99: quantile(values, 0.99),
  }
}

/** Pair by pair, so that a machine that slows down slows both. */
export function ratios(ours: number[], peer: number[]): number[] {
  return ours.map((value, at) => value / peer[at]!)
}

export function shuffled<T>(items: readonly T[], random: () => number = Math.random): T[] {
  const result = [...items]
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[result[at], result[other]] = [result[other]!, result[at]!]
  }
  return result
}
