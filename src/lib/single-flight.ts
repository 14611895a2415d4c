// Many callers, one piece of work: whoever asks while it runs shares its outcome.

export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>()

  /** Joins the work under `key`, or starts it. A failure reaches everybody who joined, and is not remembered. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const current = this.#running.get(key)
    if (current) return current
    const started = work().finally(() => this.#running.delete(key))
    this.#running.set(key, started)
    return started
  }

  has(key: string): boolean {
    return this.#running.has(key)
  }
}
