// Who reads a branch's data to copy it, under its lock: makes way for whoever wants to start or stop a compute on it.

import type { KeyedLock } from '../../../lib/keyed-lock.ts'
import type { Logger } from '../../../lib/logger.ts'
import { EngineError } from '../../engine.ts'

/** After so many copies that had to make way, the next one is not disturbed. */
const mostAttempts = 3

export class Readers {
  /** Of branches: see BranchDataParts. */
  readonly #lock: KeyedLock
  readonly #logger: Logger
  /** By the branch that is read. */
  readonly #reading = new Map<string, { controller: AbortController; isBackground: boolean }>()
  #closed = false

  constructor(lock: KeyedLock, logger: Logger) {
    this.#lock = lock
    this.#logger = logger
  }

  /**
   * Holds the locks of what is made and of what it is made from. Whoever wants to start or stop the parent meanwhile need
   * not wait for a long copy: it is given up, and begun again in the way that then fits, a few times.
   */
  async making<T>(
    id: string,
    parent: string | null,
    work: (interrupted: { signal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const parentId = parent ?? id
    for (let attempt = 1; ; attempt++) {
      const controller = attempt < mostAttempts ? new AbortController() : null
      const reader = this.#reading.get(parentId)
      if (reader?.isBackground) reader.controller.abort()
      try {
        return await this.#locked([...new Set([id, parentId])].sort(), async () => {
          if (controller) this.#reading.set(parentId, { controller, isBackground: false })
          try {
            return await work(controller ? { signal: controller.signal } : {})
          } finally {
            this.#reading.delete(parentId)
          }
        })
      } catch (error) {
        if (!controller?.signal.aborted) throw error
        if (this.#closed) throw new EngineError('unavailable', 'the engine is closing', { cause: error })
        this.#logger.info({ branch: id, parent: parentId }, 'copy begun anew')
      }
    }
  }

  /** In one order for everybody, so that no two wait for each other. */
  async #locked<T>(ids: string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = ids
    if (first === undefined) return await work()
    return await this.#lock.run(first, () => this.#locked(rest, work))
  }

  /** Work that reads this data under its lock, and is given up for good where anybody else wants it. */
  async interruptible(id: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController()
    await this.#lock.run(id, async () => {
      this.#reading.set(id, { controller, isBackground: true })
      try {
        await work(controller.signal)
      } catch (error) {
        if (!controller.signal.aborted) throw error
      } finally {
        this.#reading.delete(id)
      }
    })
  }

  /** A compute is about to start or stop on this data: a copy that reads it makes way. */
  interrupt(id: string): void {
    this.#reading.get(id)?.controller.abort()
  }

  /** Copies that are under way are given up, and no new ones begun. */
  close(): void {
    this.#closed = true
    for (const { controller } of this.#reading.values()) controller.abort()
  }
}
