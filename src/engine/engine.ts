// The seam: what keeps data and runs computes. This machine is one engine (local/); a cluster is another.
//
// Every changing call means "make it so": the same ref, spec and gen, given any number of times, lead to the same
// state. Calls may answer before the work is done; completion is told by `watch` or `observe`, and callers must not
// rely on more. `conformance/` is the suite that each engine has to pass.

/** A fencing token per ref, issued by the catalog; it only grows. An engine refuses lower ones than it has seen. */
export type Gen = number

/** `id` is ours (`br-…`, `ep-…`); an engine derives the names of its own objects from it. */
export interface Ref {
  cell: string
  id: string
}

export type At = { head: true } | { lsn: string } | { time: string }

export type Origin =
  | { from: 'empty'; pgMajor: number }
  /** The parent's data still exists: copy-on-write where the engine can. */
  | { from: 'branch'; parent: Ref; at: At }

export type Phase = 'pending' | 'working' | 'ready' | 'stopped' | 'deleting' | 'gone' | 'failed'

/** The last three may be tried again. */
export type EngineErrorCode =
  | 'invalid'
  | 'conflict'
  | 'stale_generation'
  | 'has_children'
  | 'out_of_window'
  | 'no_capacity'
  | 'unavailable'
  | 'internal'

export interface Status {
  ref: Ref
  kind: 'data' | 'compute'
  phase: Phase
  gen: Gen
  /** RFC 3339. */
  changedAt: string
  bytes?: number
  /** A compute that is `ready`: where SQL is accepted now. `host` is a directory where it is a Unix socket's. */
  address?: { host: string; port: number }
  error?: { code: EngineErrorCode; message: string; retryAfterMs?: number }
}

export interface ComputeSpec {
  data: Ref
  mode: 'rw' | 'ro'
  vcpu: number
  memoryMb: number
  /** postgresql.conf settings; never a secret. */
  settings: Record<string, string>
}

export interface Capabilities {
  engine: string
  version: string
  exactLsn: boolean
  crossNodeBranch: boolean
  maxCopies: number
  /** Whether a suspended branch keeps objects of an orchestrator alive. */
  coldCost: 'none' | 'objects'
  fencing: 'process' | 'lease' | 'storage'
  wakesPerSecond: number
  /** How a branch's bytes are made: `reflink` shares them with the parent, `copy` costs time and space. */
  cloning: 'reflink' | 'copy'
  postgres: PostgresBuild[]
}

/** One set of Postgres binaries that computes can be made of. */
export interface PostgresBuild {
  /** `17.10-embedded`, `15.18-system`: recorded with each branch, which stays on it. */
  id: string
  major: number
  /** `17.10` */
  version: string
  source: 'embedded' | 'system'
  binDir: string
  /** Where psql and pg_dump are, when the build has them. */
  clientTools: string | null
}

/** `cursor` is opaque; a watcher that fell behind gets `resync` and has to list again. */
export type WatchEvent = { cursor: string; status: Status } | { resync: true }

/** A login with every right, for control's own SQL. The password is the engine's secret: never logged or stored. */
export interface AdminLogin {
  host: string
  port: number
  user: string
  password: string
}

export class EngineError extends Error {
  readonly code: EngineErrorCode

  constructor(code: EngineErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'EngineError'
    this.code = code
  }

  get retryable(): boolean {
    return this.code === 'no_capacity' || this.code === 'unavailable' || this.code === 'internal'
  }
}

export interface Engine {
  capabilities(): Promise<Capabilities>

  /** Makes a branch's data exist. Errors: `invalid` (no such build), `no_capacity` (disk), `stale_generation`. */
  ensureData(ref: Ref, gen: Gen, origin: Origin): Promise<Status>

  /** Starts Postgres on the data; also takes up a changed spec. Errors: `invalid` (no data), `stale_generation`. */
  ensureRunning(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status>

  /** Returns only once no process can write any more. `fast` ends sessions with 57P01 and writes a checkpoint. */
  ensureStopped(ref: Ref, gen: Gen, how: 'fast' | 'immediate'): Promise<Status>

  /** Removes a compute, or a branch's data. What is gone already is no error. `conflict`: data with a live compute. */
  ensureGone(ref: Ref, gen: Gen): Promise<Status>

  /** An unknown ref has phase `gone`. */
  observe(ref: Ref): Promise<Status>

  list(cell: string): AsyncIterable<Status>

  watch(cell: string, cursor?: string): AsyncIterable<WatchEvent>

  /** How control logs in to a compute that is `ready`. */
  adminLogin(ref: Ref): Promise<AdminLogin>

  /** Lets go of timers and watches. Computes go on running. */
  close(): Promise<void>
}
