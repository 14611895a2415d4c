// What a spec says of a compute: its size, and what somebody chose beside it, with which Postgres may not come up.

import type { ComputeSpec, PreloadLibrary } from '../../engine.ts'
import type { Size } from './size.ts'

/** Whether somebody chose something with which Postgres may not come up. */
export function isChosen({ settings, preload }: ComputeSpec): boolean {
  return Object.keys(settings).length > 0 || (preload?.also.length ?? 0) > 0
}

export const chosenText = ({ settings, preload }: ComputeSpec): string => JSON.stringify([settings, preload])

/** No start fails on it, and a quota may stand behind it. */
const kept = 'default_transaction_read_only'

export const withoutChosen = (spec: ComputeSpec): ComputeSpec => ({
  ...spec,
  settings: spec.settings[kept] === undefined ? {} : { [kept]: spec.settings[kept] },
  preload: { defaults: true, also: [] },
})

/** What the build does not have (it may be another one than when they were chosen) is left out: a start would fail on it. */
export function preloadNames(
  available: PreloadLibrary[],
  { defaults, also }: NonNullable<ComputeSpec['preload']> = { defaults: true, also: [] },
): string[] {
  const wanted = new Set(also)
  return available
    .filter(({ name, isDefault }) => wanted.has(name) || (defaults && isDefault))
    .map(({ name }) => name)
}

export function sizeOf({ memoryMb, memoryMaxMb = memoryMb, vcpu }: ComputeSpec): Size {
  return { memoryMb, memoryMaxMb, vcpu }
}
