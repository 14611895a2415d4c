// What projects and branches use: measured (meter.ts, storage-meter.ts), held against quotas (quotas.ts), told (here, and
// history.ts).

import * as consumption from '../../catalog/consumption.ts'
import * as levels from '../../catalog/levels.ts'
import { frameEnd, frameStart, hourMs } from '../../lib/time-frames.ts'
import type { Computes } from '../computes/computes.ts'
import type { Parts } from '../parts.ts'
import { ConsumptionHistory } from './history.ts'
import { Meter } from './meter.ts'
import { Quotas } from './quotas.ts'
import { StorageMeter } from './storage-meter.ts'

/** Of a project or a branch, in this month of UTC. */
export interface Used {
  activeSeconds: number
  computeSeconds: number
  writtenBytes: number
  transferBytes: number
}

export interface ProjectUsed extends Used {
  periodStart: Date
  periodEnd: Date
  storageByteHours: number
  /** Now: what its branches hold, and their history. */
  storageBytes: number
}

export interface BranchUsed extends Used {
  /** Undefined: it was never measured. */
  logicalBytes: number | undefined
}

export interface ConsumptionNeeds {
  parts: Parts
  computes: Pick<Computes, 'suspend'>
  lastActiveAt(endpointId: string): Date | undefined
  /** A running compute is to take up that its branch may be written to, or not. */
  sizeChanged(endpointId: string): Promise<void>
}

export class Consumption {
  readonly meter: Meter
  readonly history: ConsumptionHistory
  readonly #parts: Parts
  readonly #quotas: Quotas
  readonly #storageMeter: StorageMeter

  constructor({ parts, computes, lastActiveAt, sizeChanged }: ConsumptionNeeds) {
    this.#parts = parts
    this.history = new ConsumptionHistory(parts)
    this.#quotas = new Quotas({ parts, computes, sizeChanged })
    this.meter = new Meter({
      ...{ parts, lastActiveAt },
      used: projectId => this.#quotas.check(projectId),
      sized: (branchId, bytes, limit) => this.#quotas.sized(branchId, bytes, limit),
    })
    this.#storageMeter = new StorageMeter({ parts, recheckQuotas: () => this.#quotas.recheck() })
  }

  async start(): Promise<void> {
    await this.meter.start()
    this.#storageMeter.start()
    await this.#quotas.recheck()
  }

  /** Counts up to now, and lets go. */
  async close(): Promise<void> {
    await this.#storageMeter.close()
    await this.meter.close()
  }

  /** After a change of a project's settings. */
  async quotaChanged(projectId: string): Promise<void> {
    await this.#quotas.check(projectId)
    await this.#quotas.checkSizes(projectId)
  }

  /** For lists: one statement, however many they are. */
  async usedBy(projectIds: string[]): Promise<Map<string, Used>> {
    const { catalog, clock } = this.#parts
    const month = new Date(frameStart('month', clock.now()))
    const counted = await consumption.ofProjects(catalog.db, projectIds, month)
    const amounts = new Map(counted.map(each => [each.project_id, each]))
    return new Map(projectIds.map(id => [id, usedOf(amounts.get(id) ?? consumption.noAmounts)]))
  }

  /** One statement each for what was counted and for what is taken now. */
  async ofProjects(projectIds: string[]): Promise<Map<string, ProjectUsed>> {
    const { catalog, clock } = this.#parts
    const now = clock.now()
    const month = frameStart('month', now)
    const [counted, open] = await Promise.all([
      consumption.ofProjects(catalog.db, projectIds, new Date(month)),
      levels.ofProjects(catalog.db, projectIds),
    ])
    const amounts = new Map(counted.map(each => [each.project_id, each]))
    const openOf = Map.groupBy(open, ({ project_id }) => project_id)
    const period = { periodStart: new Date(month), periodEnd: new Date(frameEnd('month', now)) }
    return new Map(
      projectIds.map(id => {
        const used = amounts.get(id) ?? consumption.noAmounts
        return [id, { ...usedOf(used), ...period, ...storageOf(used, openOf.get(id) ?? [], month, now) }]
      }),
    )
  }

  async ofProject(projectId: string): Promise<ProjectUsed> {
    return (await this.ofProjects([projectId])).get(projectId)!
  }

  async ofBranches(projectId: string, branchIds: string[]): Promise<Map<string, BranchUsed>> {
    const { catalog, clock } = this.#parts
    const month = new Date(frameStart('month', clock.now()))
    const [counted, open] = await Promise.all([
      consumption.ofBranches(catalog.db, branchIds, projectId, month),
      levels.ofData(catalog.db, branchIds),
    ])
    const amounts = new Map(counted.map(each => [each.data_id, each]))
    const sizes = new Map(open.map(level => [level.data_id, level.logical_bytes ?? undefined]))
    return new Map(
      branchIds.map(id => [
        id,
        { ...usedOf(amounts.get(id) ?? consumption.noAmounts), logicalBytes: sizes.get(id) },
      ]),
    )
  }
}

function usedOf(amounts: consumption.Amounts): Used {
  return {
    activeSeconds: Math.floor(amounts.active_ms / 1000),
    computeSeconds: Math.floor(amounts.compute_ms / 1000),
    writtenBytes: amounts.written_bytes,
    transferBytes: amounts.transfer_bytes,
  }
}

function storageOf(
  amounts: consumption.Amounts,
  open: levels.Level[],
  month: number,
  now: number,
): Pick<ProjectUsed, 'storageByteHours' | 'storageBytes'> {
  let byteMs = amounts.root_byte_ms + amounts.child_byte_ms + amounts.history_byte_ms
  let bytes = 0
  for (const level of open) {
    if (level.kind === 'snapshot') continue
    const taken = levels.bytesOf(level) + level.history_bytes
    bytes += taken
    byteMs += taken * Math.max(0, now - Math.max(month, level.counted_until.getTime()))
  }
  return { storageByteHours: Math.round(byteMs / hourMs), storageBytes: bytes }
}
