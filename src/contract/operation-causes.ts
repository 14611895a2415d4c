// Why an operation was begun: who woke a compute, and what sent it to sleep.

/**
 * connection: a client of Postgres · request: a call of the API · idle: nobody used it · quota: of its project, used up ·
 * shutdown: Pilotlight was stopped · crash: it ended by itself · pilotlight: a schedule, an expiry, a moment that nobody
 * looks at any more
 */
export type OperationCause =
  | ({ by: 'connection' } & ConnectionCause)
  | { by: 'request'; via: 'console' | 'api'; key_name?: string }
  | { by: 'idle'; quiet_seconds: number }
  | { by: 'quota'; quota: string }
  | { by: 'shutdown' }
  | { by: 'crash' }
  | { by: 'pilotlight' }

/** As far as its proxy says. */
export interface ConnectionCause {
  role?: string
  database?: string
  /** As the client calls itself. */
  application?: string
  /** From where it comes. */
  address?: string
}

/** A step of an operation, as far as it got. Times are RFC 3339. */
export interface OperationStep {
  name: string
  started_at: string
  /** Missing: it is under way, or control was killed in it. */
  ended_at?: string
  failures: number
}
