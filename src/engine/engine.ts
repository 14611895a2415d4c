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

/**
 * A moment of a branch. `head`: every commit that was acknowledged before the call. `lsn` (`0/1A2B3C4`): the records that
 * begin before it. `time` (RFC 3339, to the microsecond): the commits up to and including it.
 */
export type At = { head: true } | { lsn: string } | { time: string }

export type Origin =
  | { from: 'empty'; pgMajor: number }
  /** The parent's data still exists: copy-on-write where the engine can. */
  | { from: 'branch'; parent: Ref; at: At }
  /** A data directory on this machine that some Postgres has shut down, such as an export. It is copied, not touched. */
  | { from: 'directory'; path: string }
  /** What `replaceData` had kept comes back whole, and is gone under the name that it was kept under. */
  | { from: 'kept'; ref: Ref }

export interface DataOptions {
  /** How far back a moment of this branch can be opened; 0: only its head. */
  windowSeconds: number
  /**
   * Data that begins in the past has WAL to replay. `settled`: that is done when the call ends, and so proven to work;
   * otherwise the first start does it. For data that nobody starts at once.
   */
  settled?: boolean
  /** It must not know what its parent was before: no moment before its own beginning can ever be opened. */
  detached?: boolean
}

export interface ReplaceOptions extends DataOptions {
  /** What was there before lives on under this name, as data of its own with a fence of its own, until `ensureGone`. */
  keepOldAs: Ref
  /** Names this one replacement: a call that is repeated after it was carried out changes nothing. */
  token: string
}

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
  /**
   * Data: the moment of its parent at which it began; of empty data, its own beginning. Where it began at a time, the LSN
   * is exact once its first start has replayed up to there.
   */
  begin?: { lsn: string; time: string }
  /** Data, when observed: the end of its WAL. */
  lsn?: string
  /** Data, when observed: since when a moment of it can be opened. */
  history?: { from: string }
  /** A compute that is `ready`: where SQL is accepted now. `host` is a directory where it is a Unix socket's. */
  address?: { host: string; port: number }
  /** Of a compute: settings of its spec have no effect, and why. */
  settingsIgnored?: string
  error?: { code: EngineErrorCode; message: string; retryAfterMs?: number }
}

export interface ComputeSpec {
  data: Ref
  /** `ro`: a hot standby that stands still at the moment at which the data began; nothing can be written to it. */
  mode: 'rw' | 'ro'
  /** The most processors that it may use. */
  vcpu: number
  /** What it may count on. */
  memoryMb: number
  /** The most that it may take; by default the same. An engine gives no more than it has. */
  memoryMaxMb?: number
  /**
   * postgresql.conf settings that somebody chose; never a secret. Ones with which Postgres does not come up are left out,
   * and its status says so.
   */
  settings: Record<string, string>
  /** Libraries that are loaded at the start: by default those of `preloadLibraries` that are a default. */
  preload?: { defaults: boolean; also: string[] }
  /** WAL that can be decoded. Once a branch's was, it stays so. */
  logicalReplication?: boolean
}

/** A library of a build that Postgres can load at its start. */
export interface PreloadLibrary {
  name: string
  description: string
  isDefault: boolean
  version: string
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
  /** How a branch's bytes are made. */
  cloning: Cloning
  /** Why computes are not kept within their sizes; null: they are. */
  boundsUnavailable: string | null
  postgres: PostgresBuild[]
}

/** `btrfs` snapshots a whole tree and `reflink` clones each file, both sharing bytes; `copy` costs time and space. */
export type Cloning = 'btrfs' | 'reflink' | 'copy'

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

/** Bytes on disk. */
export interface Usage {
  ref: Ref
  /** Of the data's files, shared or not. */
  bytes: number
  /** Of those, what would be free again if only this data went. */
  exclusiveBytes: number
  /** WAL and snapshots that are kept for its window and belong to no other branch. */
  historyBytes: number
}

/** What a compute's processes take of the machine now. */
export interface ComputeUse {
  /** Processor time; it only grows until the compute stops. A second on two processors is 2000. */
  cpuMs: number
  /** The most processors that it may use. */
  cpus: number
  /** Without the kernel's cache of files. */
  memoryBytes: number
  /** The most that it may take. */
  memoryMaxBytes: number
}

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

  /**
   * Makes a branch's data exist. Errors: `invalid` (no such build or parent), `out_of_window` (the text names the window),
   * `no_capacity` (disk), `internal` (history is damaged), `stale_generation`.
   */
  ensureData(ref: Ref, gen: Gen, origin: Origin, options: DataOptions): Promise<Status>

  /**
   * Other data under the same ref; its computes have to be stopped. What was there stays whole under `keepOldAs`. Errors:
   * as `ensureData`, and `conflict` where a compute is live.
   */
  replaceData(ref: Ref, gen: Gen, origin: Origin, options: ReplaceOptions): Promise<Status>

  /** Changes how far back the branch can be opened. What falls out of the window goes some time later. */
  ensureWindow(ref: Ref, gen: Gen, windowSeconds: number): Promise<Status>

  /**
   * A plain data directory, shut down cleanly, that stock Postgres of the same major opens. `path` must not exist. Errors:
   * `invalid`, `no_capacity`.
   */
  exportData(ref: Ref, path: string): Promise<{ path: string; bytes: number }>

  /** Starts Postgres on the data; also takes up a changed spec. Errors: `invalid` (no data), `stale_generation`. */
  ensureRunning(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status>

  /**
   * Gives a compute that runs what of a changed spec needs no restart; the rest waits for its next start. One that is at
   * rest is left alone. Errors: `stale_generation`.
   */
  ensureConfigured(ref: Ref, gen: Gen, spec: ComputeSpec): Promise<Status>

  /** What Postgres of this build (`17.10-embedded`) has against these settings, in its words; null: nothing. */
  checkSettings(build: string, settings: Record<string, string>): Promise<string | null>

  /** What computes of this build can preload, by name. */
  preloadLibraries(build: string): Promise<PreloadLibrary[]>

  /** Returns only once no process can write any more. `fast` ends sessions with 57P01 and writes a checkpoint. */
  ensureStopped(ref: Ref, gen: Gen, how: 'fast' | 'immediate'): Promise<Status>

  /**
   * Removes a compute, or a branch's data; its children keep theirs, and what their windows reach of its history. What is
   * gone already is no error. `conflict`: data with a live compute.
   */
  ensureGone(ref: Ref, gen: Gen): Promise<Status>

  /** An unknown ref has phase `gone`. */
  observe(ref: Ref): Promise<Status>

  list(cell: string): AsyncIterable<Status>

  /** What each piece of data takes, and what it alone takes. It reads the file system: seconds for many branches. */
  usage(refs: Ref[]): Promise<Usage[]>

  /** Reads what is kept for a branch's window, and the branch's own pages if it is asleep: minutes for a large one. */
  verify(ref: Ref): Promise<{ bytes: number; damage: string[] }>

  watch(cell: string, cursor?: string): AsyncIterable<WatchEvent>

  /** How control logs in to a compute that is `ready`. */
  adminLogin(ref: Ref): Promise<AdminLogin>

  /** Null: it does not run, or this platform does not tell. */
  computeUse(ref: Ref): Promise<ComputeUse | null>

  /** Lets go of timers and watches. Computes go on running. */
  close(): Promise<void>
}
