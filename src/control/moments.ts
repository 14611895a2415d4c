// Moments of the past: what is asked for is checked before it is entered, so that a caller is told at once. The engine
// judges again when the work is done: its word counts.

import type { Branch } from '../catalog/branches.ts'
import * as branches from '../catalog/branches.ts'
import type { Db } from '../catalog/catalog.ts'
import type { Moment } from '../catalog/schema.ts'
import { PilotlightError } from '../contract/errors.ts'
import { momentText, type PastMoment } from '../contract/moment.ts'
import { dataRef } from './origin.ts'
import type { Parts } from './parts.ts'

export function momentOf(past: PastMoment | null): Moment {
  return past ?? { head: true }
}

/** `field` is the caller's. Throws moment_in_future, moment_out_of_window. */
export async function checkMoment(
  { catalog, engine, clock, settings }: Parts,
  branch: Branch,
  past: PastMoment | null,
  field: string,
): Promise<void> {
  if (!past) return
  await assertRowsMayBeSeen(catalog.db, branch, past)
  if (!('time' in past)) return
  const wanted = Date.parse(past.time)
  if (wanted > clock.now()) throw new PilotlightError('moment_in_future', { field, moment: past.time })
  const { history } = await engine.observe(dataRef(settings.cell, branch.id))
  if (history && wanted < Date.parse(history.from)) {
    throw new PilotlightError('moment_out_of_window', {
      moment: momentText(past),
      branch: branch.id,
      from: history.from,
    })
  }
}

/**
 * A branch that was to have the schema alone was begun with rows, and so were its descendants: what lies before their
 * removal is nobody's to see.
 */
async function assertRowsMayBeSeen(db: Db, branch: Branch, past: PastMoment): Promise<void> {
  let ancestor: Branch | undefined = branch
  while (ancestor) {
    const { init_source, parent_timestamp: time, parent_lsn: lsn, parent_id }: Branch = ancestor
    if (init_source === 'schema-only' && time && lsn) {
      const before = 'time' in past ? Date.parse(past.time) < time.getTime() : lsnOf(past.lsn) < lsnOf(lsn)
      if (before) {
        const from = time.toISOString()
        throw new PilotlightError('moment_out_of_window', {
          moment: momentText(past),
          branch: branch.id,
          from,
        })
      }
    }
    ancestor = parent_id === null ? undefined : await branches.find(db, parent_id)
  }
}

/** `0/1A2B3C4` is one number, its halves apart. */
function lsnOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

/** When something is to end by itself. Throws invalid_request where that has passed. */
export function futureDate({ clock }: Parts, field: string, text: string): Date {
  const at = new Date(text)
  if (at.getTime() <= clock.now()) {
    throw new PilotlightError('invalid_request', { detail: `${field}: must lie in the future` })
  }
  return at
}
