// What people are offered for settings that are numbers. The API takes more: what is set already is offered, too.

import { limits } from '../../../src/contract/limits.ts'

export type Choice = readonly [value: number, text: string]

export const suspendChoices: readonly Choice[] = [
  [60, '1 minute'],
  [300, '5 minutes'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [-1, 'Never'],
]

export const historyChoices: readonly Choice[] = [
  [0, 'None: only the present'],
  [21_600, '6 hours'],
  [86_400, '1 day'],
  [604_800, '7 days'],
  [limits.historyRetentionMaxSeconds, '30 days'],
]

/** In compute units: what the API takes, up to the largest. */
export const sizeChoices: readonly Choice[] = [
  0.25,
  0.5,
  ...Array.from({ length: limits.computeUnitsMax }, (_, index) => index + 1),
].map(units => [units, sizeText(units)] as const)

/** A unit is 4 GB of memory and a processor. */
export function sizeText(units: number): string {
  return `${units} CU: ${units * 4} GB`
}

/** The choices, with what is set now among them. */
export function withCurrent(
  choices: readonly Choice[],
  current: number,
  text: (value: number) => string,
): readonly Choice[] {
  return choices.some(([value]) => value === current) ? choices : [...choices, [current, text(current)]]
}
