// Looks at each awake compute once a minute, so that charts can show what was. It wakes nothing, keeps nothing awake, and
// nobody waits for it.

import type { Insertable } from 'kysely'
import type { Endpoint } from '../../catalog/endpoints.ts'
import * as samples from '../../catalog/samples.ts'
import type { SamplesTable } from '../../catalog/schema.ts'
import type { MetricCounters } from '../../contract/console-monitoring.ts'
import { limits } from '../../contract/limits.ts'
import type { ComputeUse } from '../../engine/engine.ts'
import type { Timer } from '../../lib/clock.ts'
import { dayMs, hourMs } from '../../lib/time-frames.ts'
import { refOf } from '../computes/compute-spec.ts'
import { withCompute } from '../computes/compute-sql.ts'
import { logicalBytes } from '../consumption/measure.ts'
import type { Parts } from '../parts.ts'
import { ratesBetween, readFigures } from './figures.ts'

const roundIntervalMs = 60_000
/** The client who woke it has its answer by then, and the meter its first look. */
const beginDelayMs = 2_000
/** Computes that are looked at side by side: their Postgres share the machine with everybody's queries. */
const side = 4
/** It is behind with its work: so is everybody who uses it. */
const statementTimeoutMs = 10_000

/** What the look before has found. */
interface Seen {
  atMs: number
  counters: MetricCounters
  use: ComputeUse | null
  sizeBytes: number
}

export class Sampler {
  readonly #parts: Parts
  /** Awake ones. Null: not looked at yet. */
  readonly #awake = new Map<string, Seen | null>()
  readonly #pending = new Set<Promise<void>>()
  #timer: Timer | undefined
  #prunedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#closed) return
    this.#timer = this.#parts.clock.after(roundIntervalMs, () => {
      void this.#track(this.round()).finally(() => this.start())
    })
  }

  /** Lets what is under way end. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await Promise.all(this.#pending)
  }

  /** A compute accepts sessions: just started, or adopted. Ours are nobody's to look at. */
  running({ id, internal }: Pick<Endpoint, 'id' | 'internal'>): void {
    if (internal) return
    this.#awake.set(id, null)
    this.#parts.clock.after(beginDelayMs, () => {
      // The first round may have been sooner.
      if (!this.#closed && this.#awake.get(id) === null) void this.#track(this.#look([id]))
    })
  }

  stopped(endpointId: string): void {
    this.#awake.delete(endpointId)
  }

  /** Looks at every awake compute, and forgets what is too old. Never throws. */
  async round(): Promise<void> {
    const ids = [...this.#awake.keys()]
    for (let at = 0; at < ids.length; at += side) await this.#look(ids.slice(at, at + side))
    await this.#prune().catch(error => this.#parts.logger.warn({ err: error }, 'old samples not forgotten'))
  }

  /** Never throws. */
  async #look(ids: string[]): Promise<void> {
    const { catalog, logger } = this.#parts
    const found = await Promise.all(ids.map(id => this.#sample(id)))
    try {
      await samples.insert(
        catalog.db,
        found.filter(sample => sample !== undefined),
      )
    } catch (error) {
      logger.warn({ err: error }, 'samples not kept')
    }
  }

  /** Undefined: it is being stopped, or does not answer. */
  async #sample(id: string): Promise<Insertable<SamplesTable> | undefined> {
    const { engine, clock, logger } = this.#parts
    const ref = refOf(this.#parts, id)
    const before = this.#awake.get(id)
    // Stopped since the round began.
    if (before === undefined) return undefined
    try {
      const login = await engine.adminLogin(ref)
      const { figures, sizeBytes } = await withCompute(
        login,
        async client => {
          const figures = await readFigures(client)
          // It reads the directory of each database: not for one in which nothing has happened.
          const isSame = before && before.counters.commits === figures.counters.commits
          return { figures, sizeBytes: isSame ? before.sizeBytes : await logicalBytes(client) }
        },
        { applicationName: 'pilotlight-sampler', statementTimeoutMs },
      )
      const seen = {
        ...{ atMs: clock.now(), counters: figures.counters, sizeBytes },
        use: await engine.computeUse(ref),
      }
      // It may have been stopped meanwhile, and be up again: then this is of another life.
      if (this.#awake.get(id) !== before) return undefined
      this.#awake.set(id, seen)
      return rowOf(id, figures, before, seen)
    } catch (error) {
      logger.debug({ endpoint: id, err: error }, 'compute not sampled')
      return undefined
    }
  }

  async #prune(): Promise<void> {
    const now = this.#parts.clock.now()
    if (now - this.#prunedAt < hourMs) return
    this.#prunedAt = now
    await samples.prune(this.#parts.catalog.db, new Date(now - limits.samplesKeptDays * dayMs))
  }

  /** `work` never rejects. */
  #track(work: Promise<void>): Promise<void> {
    this.#pending.add(work)
    return work.finally(() => this.#pending.delete(work))
  }
}

function rowOf(
  id: string,
  { connections, locks_waiting, longest_transaction_ms }: Awaited<ReturnType<typeof readFigures>>,
  before: Seen | null,
  now: Seen,
): Insertable<SamplesTable> {
  const { active, idle, idle_in_transaction, max } = connections
  const rates = before && ratesBetween(before, now)
  const { use } = now
  return {
    ...{ endpoint_id: id, at: new Date(now.atMs), active, idle, idle_in_transaction, connections_max: max },
    ...{ locks_waiting, longest_transaction_ms, size_bytes: now.sizeBytes },
    deadlocks: before && rates ? now.counters.deadlocks - before.counters.deadlocks : null,
    commits: rates?.commits ?? null,
    rollbacks: rates?.rollbacks ?? null,
    rows_fetched: rates?.rows_fetched ?? null,
    rows_inserted: rates?.rows_inserted ?? null,
    rows_updated: rates?.rows_updated ?? null,
    rows_deleted: rates?.rows_deleted ?? null,
    pages_hit: rates?.pages_hit ?? null,
    pages_read: rates?.pages_read ?? null,
    cpu: before && processorsBetween(before, now),
    cpus: use?.cpus ?? null,
    memory_bytes: use?.memoryBytes ?? null,
    memory_max_bytes: use?.memoryMaxBytes ?? null,
  }
}

function processorsBetween(before: Seen, now: Seen): number | null {
  const passedMs = now.atMs - before.atMs
  if (!before.use || !now.use || passedMs <= 0 || now.use.cpuMs < before.use.cpuMs) return null
  return (now.use.cpuMs - before.use.cpuMs) / passedMs
}
