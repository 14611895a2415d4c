// What is known about a session, filled in as it goes; one structured line at its end.

import type { PilotlightError } from '../contract/errors.ts'
import type { Logger } from '../lib/logger.ts'

export interface Phases {
  tlsMs: number
  authMs: number
  wakeMs: number
  connectMs: number
  retryMs: number
}

export class SessionLog {
  endpoint: string | null = null
  role: string | null = null
  database: string | null = null
  /** The past moment that was looked at. */
  moment: string | null = null
  started = false
  attempts = 0
  bytesFromClient = 0
  bytesFromCompute = 0
  outcome = 'client closed'
  error: PilotlightError | null = null
  /** The SQLSTATE with which the compute refused. */
  sqlstate: string | null = null
  readonly phases: Phases = { tlsMs: 0, authMs: 0, wakeMs: 0, connectMs: 0, retryMs: 0 }
  readonly id: string
  readonly #client: string
  readonly #startMs: number

  constructor(id: string, client: string, startMs: number) {
    this.id = id
    this.#client = client
    this.#startMs = startMs
  }

  /** Connections that never said who they are (port scans, health checks) are worth a line only to who looks for them. */
  write(logger: Logger, nowMs: number): void {
    const fields = {
      session: this.id,
      client: this.#client,
      endpoint: this.endpoint,
      role: this.role,
      database: this.database,
      ...(this.moment !== null && { moment: this.moment }),
      ...rounded(this.phases),
      totalMs: nowMs - this.#startMs,
      started: this.started,
      attempts: this.attempts,
      bytesFromClient: this.bytesFromClient,
      bytesFromCompute: this.bytesFromCompute,
      outcome: this.outcome,
      ...(this.sqlstate !== null && { sqlstate: this.sqlstate }),
      ...(this.error && { error: this.error.code, owner: this.error.definition.owner }),
      ...(this.error?.definition.owner === 'platform' && { err: this.error }),
    }
    if (this.role === null && !this.error) logger.debug(fields, 'session ended')
    else logger.info(fields, 'session ended')
  }
}

/** To the microsecond: what is below it is noise. */
function rounded(phases: Phases): Phases {
  const round = (ms: number) => Math.round(ms * 1_000) / 1_000
  const { tlsMs, authMs, wakeMs, connectMs, retryMs } = phases
  return {
    tlsMs: round(tlsMs),
    authMs: round(authMs),
    wakeMs: round(wakeMs),
    connectMs: round(connectMs),
    retryMs: round(retryMs),
  }
}
