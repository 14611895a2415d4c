// When a branch ends by itself, as somebody chooses it.

import type { Choice } from '../lib/setting-choices.ts'

export interface ChosenExpiry {
  /** Seconds from now; 0: never; -1: at `atMs`. */
  seconds: number
  atMs: number | undefined
}

export const never: ChosenExpiry = { seconds: 0, atMs: undefined }

export const expiryChoices: readonly Choice[] = [
  [0, 'Never'],
  [3600, 'In 1 hour'],
  [86_400, 'In 1 day'],
  [604_800, 'In 7 days'],
  [2_592_000, 'In 30 days'],
  [-1, 'At a time'],
]

/** Undefined: never. */
export function expiryMs({ seconds, atMs }: ChosenExpiry, nowMs: number): number | undefined {
  if (seconds === 0) return undefined
  return seconds === -1 ? atMs : nowMs + seconds * 1000
}

export function expiryProblem({ seconds, atMs }: ChosenExpiry, nowMs: number): string | undefined {
  if (seconds !== -1) return undefined
  if (atMs === undefined) return 'Choose a time'
  return atMs <= nowMs ? 'That is over already' : undefined
}
