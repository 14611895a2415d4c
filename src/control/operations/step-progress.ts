// How far an operation's steps have got, for people to see. What is to be done is never read from here.

import * as operations from '../../catalog/operations.ts'
import type { OperationStep } from '../../contract/operation-causes.ts'
import type { Parts } from '../parts.ts'

export class StepProgress {
  readonly #parts: Parts
  readonly #operationId: string
  readonly #steps: OperationStep[] = []

  constructor(parts: Parts, operationId: string) {
    this.#parts = parts
    this.#operationId = operationId
  }

  /** The step before has ended. */
  async begin(name: string): Promise<void> {
    this.#endLast()
    this.#steps.push({ name, started_at: this.#now(), failures: 0 })
    await this.#write()
  }

  /** Written with the next of what is written. */
  failed(): void {
    const last = this.#steps.at(-1)
    if (last) last.failures++
  }

  /** Of the last step that was begun, however it went. */
  async end(): Promise<void> {
    if (this.#steps.length === 0) return
    this.#endLast()
    await this.#write()
  }

  #endLast(): void {
    const last = this.#steps.at(-1)
    if (last) last.ended_at ??= this.#now()
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString()
  }

  /** Never throws: the work itself goes on. */
  async #write(): Promise<void> {
    const { catalog, logger } = this.#parts
    try {
      await operations.setSteps(catalog.unsynced, this.#operationId, this.#steps)
    } catch (error) {
      logger.warn({ operation: this.#operationId, err: error }, 'step not noted')
    }
  }
}
