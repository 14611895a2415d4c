// GET /api/console/computes: what of computes the Management API has no field for. Times are RFC 3339.

import type { ComputeState } from './compute-states.ts'
import type { OperationCause } from './operation-causes.ts'

export interface ConsoleComputes {
  /** By the server's clock, which the times below are of. */
  now: string
  computes: ConsoleCompute[]
}

export interface ConsoleCompute {
  id: string
  project_id: string
  branch_id: string
  state: ComputeState
  /** The last wake and the last sleep; null: there was none, or it is forgotten by now. */
  woken: ComputeTurn | null
  slept: ComputeTurn | null
  /** Of an awake one, as far as its proxies have told. */
  awake: AwakeCompute | null
}

export interface ComputeTurn {
  at: string
  operation_id: string
  /** Null: it was before causes were kept. */
  cause: OperationCause | null
  error: string | null
}

export interface AwakeCompute {
  /** Open connections of clients. */
  sessions: number
  last_active_at: string
  /** When it is looked at next, and goes to sleep if nothing keeps it awake; null: never by itself. */
  suspends_at: string | null
  /** Work of Pilotlight's own needs it just now. */
  held: boolean
  /** What goes on inside; null: it was not asked for (`inside=true`), or gave no answer. */
  inside: ComputeInside | null
}

/** What keeps a compute awake however quiet it is. */
export interface ComputeInside {
  running_statements: number
  open_transactions: number
  /** When the oldest of these two began. */
  busy_since: string | null
  replication_senders: number
  subscriptions: number
  vacuums: number
}
