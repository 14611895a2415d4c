// Why something was begun, in words that fit behind "by" (`wokenBy`), or stand alone.

import type { OperationCause } from '../../../src/contract/operation-causes.ts'
import { durationText } from '../lib/duration.ts'

/** As the SQL editor and the tables call themselves (control/console/client-session.ts). */
const ourApplication = 'pilotlight-console'

/** `a connection of role app (application django) from 127.0.0.1`; null: it is not remembered. */
export function askerText(cause: OperationCause | null): string {
  switch (cause?.by) {
    case 'connection': {
      const { role, database, application, address } = cause
      const who = role === undefined ? '' : ` of role ${role}`
      const where = database === undefined ? '' : ` to ${database}`
      if (application === ourApplication)
        return `SQL in the console,${who === '' ? ' as somebody' : ` as ${role}`}`
      const what = application === undefined ? '' : ` (application ${application})`
      return `a connection${who}${where}${what}${address === undefined ? '' : ` from ${address}`}`
    }
    case 'request':
      if (cause.via === 'console') return 'somebody in the console'
      return cause.key_name === undefined ? 'a call of the API' : `the API key “${cause.key_name}”`
    case undefined:
      return 'somebody: by whom is not known any more'
    default:
      return 'Pilotlight itself'
  }
}

/** Why a compute went to sleep: `nobody had used it for 5 minutes`. */
export function sleepReasonText(cause: OperationCause | null): string {
  switch (cause?.by) {
    case 'idle':
      return `nobody had used it for ${durationText(cause.quiet_seconds)}`
    case 'quota':
      return `its project has used up its quota (${cause.quota.replaceAll('_', ' ')})`
    case 'shutdown':
      return 'Pilotlight was stopped'
    case 'crash':
      return 'it ended by itself, or with its machine'
    case undefined:
      return 'why is not known any more'
    case 'pilotlight':
      return 'Pilotlight had no more use for it'
    default:
      return `asked by ${askerText(cause)}`
  }
}

/** In a table: `role app`, `console`, `key ci`. */
export function shortCauseText(cause: OperationCause | null): string {
  switch (cause?.by) {
    case 'connection':
      if (cause.application === ourApplication) return 'SQL in the console'
      return cause.role === undefined ? 'a connection' : `connection of ${cause.role}`
    case 'request':
      if (cause.via === 'console') return 'console'
      return cause.key_name === undefined ? 'API' : `API key “${cause.key_name}”`
    case undefined:
      return '–'
    case 'idle':
      return 'idle'
    case 'quota':
      return 'quota'
    case 'shutdown':
      return 'Pilotlight stopped'
    case 'crash':
      return 'ended by itself'
    default:
      return 'Pilotlight'
  }
}
