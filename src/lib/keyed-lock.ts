// One at a time per key, in the order of asking. Different keys do not wait for each other.

export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>()

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const { promise: done, resolve: release } = Promise.withResolvers<void>()
    this.#tails.set(key, done)
    try {
      await before
      return await work()
    } finally {
      if (this.#tails.get(key) === done) this.#tails.delete(key)
      release()
    }
  }
}
