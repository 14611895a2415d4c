// Randomness that can be had again, for tests: the seed is in the test's name, and the environment may give it.

/** A new one where there is none in the environment. */
export function seedOf(variable: string): number {
  const given = Number(process.env[variable] || Number.NaN)
  return Number.isInteger(given) ? given : Math.floor(Math.random() * 1e9)
}

/** Numbers from 0 to below 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Whole numbers from 0 to below what is asked for. */
export function seededInteger(seed: number): (below: number) => number {
  const random = seededRandom(seed)
  return below => Math.floor(random() * below)
}
