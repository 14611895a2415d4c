// Who reads a family's history keeps it from being thinned meanwhile. Many may read at once; thinning is alone.

export class Pins {
  readonly #readers = new Map<string, number>()
  readonly #thinning = new Map<string, Promise<void>>()

  async read<T>(family: string, work: () => Promise<T>): Promise<T> {
    for (let busy = this.#thinning.get(family); busy; busy = this.#thinning.get(family)) await busy
    this.#readers.set(family, (this.#readers.get(family) ?? 0) + 1)
    try {
      return await work()
    } finally {
      const left = this.#readers.get(family)! - 1
      if (left === 0) this.#readers.delete(family)
      else this.#readers.set(family, left)
    }
  }

  isRead(family: string): boolean {
    return this.#readers.has(family)
  }

  async readAll<T>(families: string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = families
    if (first === undefined) return await work()
    return await this.read(first, () => this.readAll(rest, work))
  }

  /** False where somebody reads, or thins already: then it is done another time. */
  async thin(family: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#readers.has(family) || this.#thinning.has(family)) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#thinning.set(family, promise)
    try {
      await work()
      return true
    } finally {
      this.#thinning.delete(family)
      resolve()
    }
  }
}
