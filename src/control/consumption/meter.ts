// Measures what computes use: for how long they run, what they write, what goes to clients, how much they hold. Nobody
// asks a sleeping one. An awake one is looked at once a minute, and asked only if it was used meanwhile. A wake waits for
// none of this.
//
// What is counted, and up to where that is, is written in one transaction: a control that is killed loses at most a
// minute, and its successor goes on from there without counting anything twice.

import * as activeTime from '../../catalog/active-time.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as consumption from '../../catalog/consumption.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import * as levels from '../../catalog/levels.ts'
import type { ActivityReport } from '../../contract/control-plane.ts'
import type { Status } from '../../engine/engine.ts'
import type { Timer } from '../../lib/clock.ts'
import { KeyedLock } from '../../lib/keyed-lock.ts'
import { frameStart } from '../../lib/time-frames.ts'
import { dataRef } from '../branches/origin.ts'
import { withCompute } from '../computes/compute-sql.ts'
import type { Parts } from '../parts.ts'
import { logicalBytes, walEnd } from './measure.ts'

/** What a crash may cost; shorter would be a connection to each busy compute more often, for figures that may lag. */
const roundIntervalMs = 60_000
/** The client who woke it has its answer by then, and the processor for itself until then. */
const beginDelayMs = 1_000
/** Computes that are looked at side by side: their Postgres share the machine with everybody's queries. */
const side = 4

interface Awake {
  branchId: string
  type: 'read_write' | 'read_only'
  /** When it was asked last. */
  askedAt: number
}

/** What was found out; nothing of it need be known. */
interface Seen {
  logicalBytes?: number | undefined
  wal?: levels.WalEnd | undefined
}

export interface MeterNeeds {
  parts: Parts
  lastActiveAt(endpointId: string): Date | undefined
  /** A project has used something that it has a quota for. */
  used(projectId: string): Promise<void>
  /** A branch was found to hold so much. */
  sized(branchId: string, bytes: number, limit: number): Promise<void>
}

export class Meter {
  readonly #needs: MeterNeeds
  readonly #awake = new Map<string, Awake>()
  readonly #lock = new KeyedLock()
  /** Bytes to clients that are not yet in the catalog, by endpoint. */
  readonly #transfers = new Map<string, number>()
  /** By proxy, the last report that was taken: one whose answer was lost is sent again. */
  readonly #reports = new Map<string, number>()
  /** Sizes that were read right before a compute was stopped. */
  readonly #lastSizes = new Map<string, number>()
  readonly #pending = new Set<Promise<void>>()
  #timer: Timer | undefined
  #closed = false

  constructor(needs: MeterNeeds) {
    this.#needs = needs
  }

  /** Counts what a killed control has left uncounted, and begins its rounds. */
  async start(): Promise<void> {
    for (const id of await activeTime.listUncounted(this.#needs.parts.catalog.db)) await this.#try(id, {})
    this.#arm()
  }

  /** Counts what ran and what was sent up to now. What was written is told by the WAL itself, later. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await Promise.all(this.#pending)
    await Promise.all(this.#known().map(id => this.#try(id, {})))
    await Promise.all(this.#pending)
  }

  /** A compute accepts sessions: just started, or adopted. */
  running(endpoint: Pick<endpoints.Endpoint, 'id' | 'branch_id' | 'type'>): void {
    this.#awake.set(endpoint.id, { branchId: endpoint.branch_id, type: endpoint.type, askedAt: 0 })
    this.#needs.parts.clock.after(beginDelayMs, () => {
      this.#later(endpoint.id, () => this.#begin(endpoint.id))
    })
  }

  /** It is stopped, and its end is in the catalog. */
  stopped(endpointId: string): void {
    const awake = this.#awake.get(endpointId)
    this.#awake.delete(endpointId)
    this.#later(endpointId, async () => {
      const size = this.#lastSizes.get(endpointId)
      this.#lastSizes.delete(endpointId)
      await this.#count(endpointId, { logicalBytes: size, wal: awake && (await this.#walAtRest(awake)) })
    })
  }

  /** What is under way about this endpoint is done. */
  async settled(endpointId: string): Promise<void> {
    await this.#later(endpointId, async () => {})
  }

  /** What the compute held right before its stop. */
  sizeBeforeStop(endpointId: string, bytes: number): void {
    this.#lastSizes.set(endpointId, bytes)
  }

  /** What proxies sent to clients. Counted at the next round. */
  report(report: ActivityReport): void {
    if (report.number !== undefined) {
      if (this.#reports.get(report.proxy) === report.number) return
      this.#reports.set(report.proxy, report.number)
    }
    for (const { endpoint_id, sent_bytes } of report.endpoints) {
      if (sent_bytes) this.#transfers.set(endpoint_id, (this.#transfers.get(endpoint_id) ?? 0) + sent_bytes)
    }
  }

  /** Looks at every awake compute, and writes down what proxies have reported. Never throws. */
  async round(): Promise<void> {
    const ids = this.#known()
    for (let at = 0; at < ids.length; at += side) {
      await Promise.all(ids.slice(at, at + side).map(id => this.sample(id)))
    }
  }

  #known(): string[] {
    return [...new Set([...this.#awake.keys(), ...this.#transfers.keys()])]
  }

  /** As of now. Never throws. */
  async sample(endpointId: string): Promise<void> {
    await this.#later(endpointId, async () => {
      const awake = this.#awake.get(endpointId)
      await this.#count(endpointId, awake ? await this.#ask(endpointId, awake) : {})
    })
  }

  #arm(): void {
    if (this.#closed) return
    this.#timer = this.#needs.parts.clock.after(roundIntervalMs, () => {
      this.#track(this.round().finally(() => this.#arm()))
    })
  }

  /** One after the other per endpoint. */
  #later(endpointId: string, work: () => Promise<void>): Promise<void> {
    return this.#track(
      this.#lock
        .run(endpointId, work)
        .catch(error =>
          this.#needs.parts.logger.warn({ endpoint: endpointId, err: error }, 'use not measured'),
        ),
    )
  }

  async #try(endpointId: string, seen: Seen): Promise<void> {
    await this.#later(endpointId, () => this.#count(endpointId, seen))
  }

  #beside(work: Promise<void>): void {
    this.#track(work.catch(error => this.#needs.parts.logger.error({ err: error }, 'quota not held')))
  }

  /** `work` never rejects. */
  #track(work: Promise<void>): Promise<void> {
    this.#pending.add(work)
    return work.finally(() => this.#pending.delete(work))
  }

  /** Where its WAL was as it started, by its files: its last checkpoint is that of its start. */
  async #begin(endpointId: string): Promise<void> {
    const awake = this.#awake.get(endpointId)
    if (!awake) return
    const wal = await this.#walAtRest(awake)
    if (wal) await this.#count(endpointId, { wal })
  }

  /** At rest that is its end; while it runs, its last checkpoint. */
  async #walAtRest({ branchId, type }: Awake): Promise<Seen['wal']> {
    if (type !== 'read_write') return undefined
    const { engine, settings } = this.#needs.parts
    const status = await engine.observe(dataRef(settings.cell, branchId))
    return status.phase === 'ready' && status.lsn ? endOf(status, status.lsn) : undefined
  }

  async #ask(endpointId: string, awake: Awake): Promise<Seen> {
    const { engine, settings, clock, logger } = this.#needs.parts
    const lastActiveAt = this.#needs.lastActiveAt(endpointId)?.getTime() ?? Number.POSITIVE_INFINITY
    if (lastActiveAt < awake.askedAt) return {}
    const askedAt = clock.now()
    try {
      const login = await engine.adminLogin({ cell: settings.cell, id: endpointId })
      const found = await withCompute(login, async client => ({
        bytes: await logicalBytes(client),
        lsn: await walEnd(client),
      }))
      const status = await engine.observe(dataRef(settings.cell, awake.branchId))
      awake.askedAt = askedAt
      const wal = found.lsn !== null ? endOf(status, found.lsn) : undefined
      return { logicalBytes: found.bytes, wal: awake.type === 'read_write' ? wal : undefined }
    } catch (error) {
      // It is being stopped, or has no room for one more session.
      logger.debug({ endpoint: endpointId, err: error }, 'compute not asked what it holds')
      return {}
    }
  }

  async #count(endpointId: string, seen: Seen): Promise<void> {
    const { catalog, clock } = this.#needs.parts
    const now = clock.now()
    const transfer = this.#transfers.get(endpointId) ?? 0
    const counted = await catalog.transaction(trx => this.#countIn(trx, endpointId, seen, transfer, now))
    this.#forgetTransfer(endpointId, transfer)
    if (!counted) return
    const { project_id, branch_id, quota } = counted
    // Beside us: both may want the lock of a compute, whose holder may wait for ours.
    if (seen.logicalBytes !== undefined) {
      this.#beside(this.#needs.sized(branch_id, seen.logicalBytes, quota?.logical_size_bytes ?? 0))
    }
    if (quota) this.#beside(this.#needs.used(project_id))
  }

  async #countIn(
    trx: Db,
    endpointId: string,
    seen: Seen,
    transfer: number,
    now: number,
  ): Promise<activeTime.CountedEndpoint | undefined> {
    const endpoint = await activeTime.count(trx, endpointId, now)
    if (!endpoint) return undefined
    const of = { dataId: endpoint.branch_id, projectId: endpoint.project_id }
    const kind = endpoint.parent_id === null ? 'root' : 'child'
    const written = seen.wal ? await levels.countWal(trx, { ...of, kind }, seen.wal, now) : 0
    if (seen.logicalBytes !== undefined) {
      await levels.measure(trx, { ...of, kind }, { logical_bytes: seen.logicalBytes }, now)
    }
    if (written > 0 || transfer > 0) {
      const hour = {
        start: frameStart('hour', now),
        written_bytes: BigInt(written),
        transfer_bytes: BigInt(transfer),
      }
      await consumption.add(trx, of, [hour], now)
    }
    const lastActiveAt = this.#awake.has(endpointId) ? this.#needs.lastActiveAt(endpointId) : undefined
    if (lastActiveAt) await endpoints.markActive(trx, endpointId, lastActiveAt)
    return endpoint
  }

  /** What came meanwhile is kept. */
  #forgetTransfer(endpointId: string, bytes: number): void {
    const left = (this.#transfers.get(endpointId) ?? 0) - bytes
    if (left > 0) this.#transfers.set(endpointId, left)
    else this.#transfers.delete(endpointId)
  }
}

/** A restore makes other data under the same ref, with WAL of its own: its name is when it was made, and where it began. */
function endOf(status: Pick<Status, 'changedAt' | 'begin'>, lsn: string): levels.WalEnd {
  const begin = status.begin?.lsn
  return { walOf: `${status.changedAt} ${begin ?? ''}`, lsn, begin: begin ?? lsn }
}
