// How often a failed login may make control ask a compute about a role: guesses must not become a load.

const windowMs = 1_000
const perEndpoint = 20
const maxEntries = 10_000

export class RefreshGate {
  readonly #now: () => number
  #windowStart = 0
  readonly #roles = new Set<string>()
  readonly #endpoints = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Once a second for a role, twenty times a second for an endpoint. */
  allows(endpoint: string, role: string): boolean {
    const now = this.#now()
    if (now - this.#windowStart >= windowMs || now < this.#windowStart) {
      this.#windowStart = now
      this.#roles.clear()
      this.#endpoints.clear()
    }
    const key = `${endpoint}\0${role}`
    const used = this.#endpoints.get(endpoint) ?? 0
    if (this.#roles.has(key) || used >= perEndpoint || this.#roles.size >= maxEntries) return false
    this.#roles.add(key)
    this.#endpoints.set(endpoint, used + 1)
    return true
  }
}
