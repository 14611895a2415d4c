// What the console's monitoring asks, below /api/console: figures of a compute now and before, its sessions, its slowest
// statements. All of it is told without waking a compute, and without keeping one awake.

import { z } from 'zod'
import { idText } from './console-names.ts'
import type { MonitoringRange } from './monitoring-ranges.ts'
import type { OperationCause } from './operation-causes.ts'

const monitored = { project_id: idText, branch_id: idText }

export const monitoredSchema = z.object(monitored)

export const metricsHistorySchema = z.object({
  ...monitored,
  range: z.enum(['10m', '1h', '24h', '7d'] satisfies MonitoringRange[]),
})

/** A pid is soon another's: what tells a session for sure is when it began, as its list says. */
const session = { pid: z.coerce.number().int().positive().max(0x7fff_ffff), started_at: z.iso.datetime() }

export const sessionQuerySchema = z.object({ ...monitored, ...session })

export const endSessionSchema = z.object({
  ...monitored,
  ...session,
  /** cancel: what it runs now is stopped · terminate: the session ends */
  action: z.enum(['cancel', 'terminate']),
})
export type EndSession = z.input<typeof endSessionSchema>

export interface SessionEnded {
  /** False: it was told to, and has not come to it yet. */
  ended: boolean
}

/** `none`: the branch has no compute. `waking` and `going_to_sleep` pass. */
export type MonitoredState = 'awake' | 'asleep' | 'waking' | 'going_to_sleep' | 'none'

/** What only grows, since the statistics began. The differences of two answers are what happened between them. */
export interface MetricCounters {
  commits: number
  rollbacks: number
  deadlocks: number
  rows_fetched: number
  rows_inserted: number
  rows_updated: number
  rows_deleted: number
  /** Pages found in Postgres's own cache, and pages that had to be asked of the system. */
  pages_hit: number
  pages_read: number
}

export interface MetricConnections {
  active: number
  idle: number
  idle_in_transaction: number
  /** As many as roles of the project may have. */
  max: number
}

/** What the compute's processes take of the machine. */
export interface MetricUse {
  /** Only grows, until the compute stops. */
  cpu_ms: number
  cpus: number
  memory_bytes: number
  memory_max_bytes: number
}

export interface Figures {
  connections: MetricConnections
  /** Sessions that wait for a lock of another's. */
  locks_waiting: number
  /** 0: none is open. */
  longest_transaction_ms: number
  counters: MetricCounters
}

/** GET /api/console/metrics */
export interface Metrics {
  /** RFC 3339, by the server's clock. */
  at: string
  state: MonitoredState
  endpoint_id: string | null
  /** Null: it is not awake, or did not answer. */
  figures: Figures | null
  /** Null: it is not awake, or this platform does not tell. */
  use: MetricUse | null
}

export interface DatabaseFigures {
  name: string
  bytes: number
  sessions: number
  /** Of all pages since the statistics began; null: none was needed. */
  hit_rate: number | null
}

/** GET /api/console/metrics/databases. Null: the compute is not awake. */
export interface DatabasesAnswer {
  databases: DatabaseFigures[] | null
}

/** What a compute was found doing. Rates are per second, since the look before; null: there was none since its wake. */
export interface SampleFigures {
  active: number
  idle: number
  idle_in_transaction: number
  /** As many as roles of the project may have. */
  connections_max: number
  locks_waiting: number
  longest_transaction_ms: number
  commits: number | null
  rollbacks: number | null
  /** Of them the number, since the look before. */
  deadlocks: number | null
  rows_fetched: number | null
  rows_inserted: number | null
  rows_updated: number | null
  rows_deleted: number | null
  /** In processors: 0.5 is half of one. Null, as what follows, also where the platform does not tell. */
  cpu: number | null
  cpus: number | null
  memory_bytes: number | null
  memory_max_bytes: number | null
  /** Of all databases. */
  size_bytes: number | null
}

export interface MetricPoint extends SampleFigures {
  at: string
  /** 0 to 1. */
  hit_rate: number | null
}

export interface Span {
  from: string
  to: string
}

export interface WakeUp {
  operation_id: string
  at: string
  took_ms: number
  /** Undefined: it came up. */
  error?: string
  /** Null: it was not recorded. */
  cause: OperationCause | null
}

/** GET /api/console/metrics/history */
export interface MetricsHistory {
  from: string
  to: string
  step_ms: number
  /** Only of times at which it was awake. */
  points: MetricPoint[]
  /** When it slept. */
  asleep: Span[]
  /** Newest first; of very many the newest. */
  wake_ups: WakeUp[]
  /** False: there are more of them than are told, and sleep before them is not. */
  complete: boolean
}

export interface SlowStatement {
  /** Constants are `$1`, `$2`. Null: it sets a password, and is not shown. */
  query: string | null
  database: string | null
  role: string | null
  calls: number
  total_ms: number
  mean_ms: number
  max_ms: number
  rows: number
  hit_rate: number | null
}

/** Why there are no statements. `not_loaded`: the compute was started without pg_stat_statements. */
export type StatementsMissing = 'not_awake' | 'not_loaded' | 'not_available'

/** GET /api/console/statements */
export interface StatementsAnswer {
  statements: SlowStatement[]
  /** Undefined: they are told. */
  missing?: StatementsMissing
  /** Since when they are counted. */
  since: string | null
}

export interface DatabaseSession {
  pid: number
  kind: 'client' | 'replication' | 'autovacuum'
  started_at: string
  role: string | null
  database: string | null
  application: string
  /** `active`, `idle`, `idle in transaction`, … */
  state: string | null
  /** Since when it is in that state. */
  since: string | null
  transaction_since: string | null
  /** `Lock: transactionid` */
  wait: string | null
  /** Pids of those whose locks it waits for. */
  blocked_by: number[]
}

/** GET /api/console/sessions. Null: the compute is not awake. */
export interface SessionsAnswer {
  sessions: DatabaseSession[] | null
  /** There are more than are told. */
  cut: boolean
}

/** GET /api/console/sessions/query. Null: the session is gone, or it sets a password. */
export interface SessionQueryAnswer {
  query: string | null
}
