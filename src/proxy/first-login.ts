// After a start, the first login to a database goes alone. Postgres throws its relation cache files away when it starts,
// and the first session of each database builds one anew, in some 10 ms of CPU, for all that follow. Twenty clients that
// met a sleeping database would each build it for themselves, and be slower for it.

export class FirstLogin {
  readonly #building = new Map<string, Promise<void>>()

  /** `afterStart`: this compute was started for the caller, who therefore may be the first. */
  async run<T>(key: string, afterStart: boolean, logIn: () => Promise<T>): Promise<T> {
    const building = this.#building.get(key)
    if (building) await building
    else if (afterStart) return await this.#first(key, logIn)
    return await logIn()
  }

  async #first<T>(key: string, logIn: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#building.set(key, promise)
    try {
      return await logIn()
    } finally {
      // However it went: the others find out for themselves.
      this.#building.delete(key)
      resolve()
    }
  }
}
