// A check looks at one thing, says what it found, and what to do if that is not good.

import type { MachineShape } from '../../contract/shapes.ts'
import type { Place } from '../place.ts'
import type { System } from '../system.ts'

/** warn: it works, with a drawback · fail: something does not work · skip: it cannot be told while nothing runs */
export type Outcome = 'ok' | 'warn' | 'fail' | 'skip'

export interface Finding {
  outcome: Outcome
  found: string
  remedy?: string
}

export interface Surroundings {
  system: System
  env: Record<string, string | undefined>
  place: Place
  /** Undefined: nothing that answers runs. */
  machine: MachineShape | undefined
  /** Why there is no machine, where that is a fault. */
  apiError: Error | undefined
}

export interface Check {
  name: string
  look(around: Surroundings): Promise<Finding> | Finding
}

export const ok = (found: string): Finding => ({ outcome: 'ok', found })
export const warn = (found: string, remedy: string): Finding => ({ outcome: 'warn', found, remedy })
export const fail = (found: string, remedy: string): Finding => ({ outcome: 'fail', found, remedy })
export const skip: Finding = { outcome: 'skip', found: 'known while Pilotlight runs' }
