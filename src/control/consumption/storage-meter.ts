// Looks at what data takes on disk, once an hour: branches that were used since they were looked at last, and whatever has
// not been looked at for a day, since histories shrink by themselves. It reads each file's extents, and wakes nobody.

import type { Db } from '../../catalog/catalog.ts'
import * as consumption from '../../catalog/consumption.ts'
import * as levels from '../../catalog/levels.ts'
import type { Timer } from '../../lib/clock.ts'
import { dayMs, hourMs } from '../../lib/time-frames.ts'
import { dataRef } from '../branches/origin.ts'
import type { Parts } from '../parts.ts'

/** Storage is counted by the hour; a first look comes sooner, so that a new project shows something. */
const firstRoundMs = 60_000
const roundIntervalMs = hourMs
/** Other work of the engine and of the catalog comes in between. */
const batchSize = 20
const pauseMs = 200

export interface StorageMeterNeeds {
  parts: Parts
  /** Once a round. */
  recheckQuotas(): Promise<void>
}

export class StorageMeter {
  readonly #needs: StorageMeterNeeds
  #timer: Timer | undefined
  #round: Promise<void> = Promise.resolve()
  #closed = false

  constructor(needs: StorageMeterNeeds) {
    this.#needs = needs
  }

  start(): void {
    this.#arm(firstRoundMs)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#round
  }

  #arm(delayMs: number): void {
    if (this.#closed) return
    this.#timer = this.#needs.parts.clock.after(delayMs, () => {
      this.#round = this.round().finally(() => this.#arm(roundIntervalMs))
    })
  }

  /** Never throws: the next round looks at the world afresh. */
  async round(): Promise<void> {
    const { parts, recheckQuotas } = this.#needs
    await this.#try('what data takes', () => this.#measureAll())
    await this.#try('data that is gone', () => this.#closeGone())
    await this.#try('old consumption', () => consumption.prune(parts.catalog.db, parts.clock.now()))
    await this.#try('quotas', recheckQuotas)
  }

  async #try(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#needs.parts.logger.error(
        { what, err: error },
        'consumption not measured; the next round tries again',
      )
    }
  }

  async #measureAll(): Promise<void> {
    const { catalog, clock } = this.#needs.parts
    const olderThan = new Date(clock.now() - dayMs)
    // What cannot be measured is met again and again: each only once a round.
    const seen = new Set<string>()
    while (!this.#closed) {
      const found = await levels.listToMeasure(catalog.db, olderThan, seen.size + batchSize)
      const batch = found.filter(({ data_id }) => !seen.has(data_id)).slice(0, batchSize)
      if (batch.length === 0) return
      for (const { data_id } of batch) seen.add(data_id)
      await this.#measure(batch)
      await clock.sleep(pauseMs)
    }
  }

  async #measure(batch: levels.ToMeasure[]): Promise<void> {
    const { catalog, clock, engine, logger, settings } = this.#needs.parts
    const usages = await engine
      .usage(batch.map(({ data_id }) => dataRef(settings.cell, data_id)))
      // One of them may have just gone, and with it the answer for all.
      .catch(error => void logger.debug({ err: error }, 'usage of data not read'))
    for (const [index, { data_id, project_id, kind }] of batch.entries()) {
      const usage = usages?.[index]
      if (!usage) continue
      const measured = { own_bytes: usage.exclusiveBytes, history_bytes: usage.historyBytes }
      await catalog.transaction(trx =>
        levels.measure(trx, { dataId: data_id, projectId: project_id, kind }, measured, clock.now()),
      )
    }
  }

  async #closeGone(): Promise<void> {
    const { catalog, clock } = this.#needs.parts
    for (const id of await levels.listOrphans(catalog.db)) {
      await catalog.transaction((trx: Db) => levels.close(trx, id, clock.now()))
    }
  }
}
