// Whoever asks for a branch's roles or databases is told what is in it now, also where it was made, changed or dropped in
// SQL: a running compute is read first. One that sleeps was read before it went to sleep.

import * as endpoints from '../../catalog/endpoints.ts'
import { outsideOfUnit } from '../../catalog/unit.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { Branches } from '../branches/branches.ts'
import type { Parts } from '../parts.ts'
import type { Computes } from './computes.ts'
import type { Contents } from './contents.ts'

/** What was read so short a time ago is taken for true: clients poll. */
const freshMs = 1000

/** For longer nobody who asks is held, by a compute that is slow or that an operation is changing right now. */
const longestMs = 2000

export class ReadBack {
  readonly #parts: Parts
  readonly #branches: Branches
  readonly #computes: Computes
  readonly #contents: Contents
  readonly #readings = new SingleFlight<void>()
  /** By branch: until when its last reading is fresh. */
  readonly #freshUntil = new Map<string, number>()

  constructor(parts: Parts, branches: Branches, computes: Computes, contents: Contents) {
    this.#parts = parts
    this.#branches = branches
    this.#computes = computes
    this.#contents = contents
  }

  /**
   * The catalog is in step with the branch's running compute. Where that cannot be read, what the catalog has is told as it
   * is. Throws project_not_found, branch_not_found: of other people's branches nothing is read.
   */
  async freshen(projectId: string, branchId: string): Promise<void> {
    const { clock } = this.#parts
    await this.#branches.get(projectId, branchId)
    if ((this.#freshUntil.get(branchId) ?? 0) > clock.now()) return
    const patience = Promise.withResolvers<void>()
    const timer = clock.after(longestMs, patience.resolve)
    await Promise.race([this.#share(branchId), patience.promise])
    timer.cancel()
  }

  #share(branchId: string): Promise<void> {
    return this.#readings.run(branchId, () => outsideOfUnit(() => this.#read(branchId)))
  }

  async #read(branchId: string): Promise<void> {
    const { catalog, engine, clock, logger } = this.#parts
    try {
      const endpoint = await endpoints.findWriter(catalog.db, branchId)
      if (endpoint?.state !== 'running') return
      const login = await engine.adminLogin(this.#computes.ref(endpoint.id))
      await this.#contents.refresh({ endpointId: endpoint.id, branchId }, login)
      this.#note(branchId, clock.now() + freshMs)
    } catch (error) {
      // It may be on its way down; the next question tries again.
      logger.debug({ branch: branchId, err: error }, 'roles and databases not read from the compute')
    }
  }

  #note(branchId: string, until: number): void {
    const now = this.#parts.clock.now()
    for (const [id, end] of this.#freshUntil) if (end <= now) this.#freshUntil.delete(id)
    this.#freshUntil.set(branchId, until)
  }
}
