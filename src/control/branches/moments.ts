// Moments of the past: what is asked for is checked before it is entered, so that a caller is told at once. The engine
// judges again when the work is done: its word counts.

import type { Branch } from '../../catalog/branches.ts'
import type { Moment } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { momentWords, type PastMoment } from '../../contract/moment.ts'
import type { Status } from '../../engine/engine.ts'
import type { Parts } from '../parts.ts'
import { dataRef } from './origin.ts'

export function momentOf(past: PastMoment | null): Moment {
  return past ?? { head: true }
}

/** `field` is the caller's. Throws moment_in_future, moment_out_of_window. */
export async function checkMoment(
  { engine, clock, settings }: Parts,
  branch: Branch,
  past: PastMoment | null,
  field: string,
): Promise<void> {
  if (!past || !('time' in past)) return
  const wanted = Date.parse(past.time)
  if (wanted > clock.now()) throw new PilotlightError('moment_in_future', { field, moment: past.time })
  const { history } = await engine.observe(dataRef(settings.cell, branch.id))
  if (history && wanted >= Date.parse(history.from)) return
  throw new PilotlightError('moment_out_of_window', {
    moment: momentWords(past),
    branch: branch.id,
    from: windowBegin(history),
  })
}

/** As it stands in a text. */
export function windowBegin(history: Status['history']): string {
  return history?.from ?? 'its newest state: it keeps none'
}

/** When something is to end by itself. Throws invalid_request where that has passed. */
export function futureDate({ clock }: Parts, field: string, text: string): Date {
  const at = new Date(text)
  if (at.getTime() <= clock.now()) {
    throw new PilotlightError('invalid_request', { detail: `${field}: must lie in the future` })
  }
  return at
}
