// The keys that clients get in BackendKeyData. They are ours, not the compute's: unguessable, and they say which proxy
// knows the session, for with several on one port a CancelRequest lands on any of them.

import { randomBytes } from 'node:crypto'
import type { BackendKey } from '../wire/index.ts'
import type { ComputeKey } from './compute-login.ts'

/** The upper byte of the process id is the proxy's index; its sign bit stays clear, as in a real one. */
export const maxProxyIndex = 127

const indexShift = 24

export const proxyIndexOf = (key: BackendKey): number => (key.processId >>> indexShift) & 0xff

export class CancelKeys {
  readonly #index: number
  readonly #sessions = new Map<string, ComputeKey>()

  constructor(index: number) {
    if (!Number.isInteger(index) || index < 0 || index > maxProxyIndex)
      throw new RangeError(`a proxy's index is 0 to ${maxProxyIndex}, not ${index}`)
    this.#index = index
  }

  /** 56 random bits: 24 in the process id, 32 in the secret. */
  issue(compute: ComputeKey): BackendKey {
    for (;;) {
      const random = randomBytes(8)
      const key = {
        processId: (this.#index << indexShift) | random.readUIntBE(0, 3),
        secretKey: random.readInt32BE(4),
      }
      const name = nameOf(key)
      if (this.#sessions.has(name)) continue
      this.#sessions.set(name, compute)
      return key
    }
  }

  find(key: BackendKey): ComputeKey | null {
    return this.#sessions.get(nameOf(key)) ?? null
  }

  forget(key: BackendKey): void {
    this.#sessions.delete(nameOf(key))
  }

  get size(): number {
    return this.#sessions.size
  }
}

const nameOf = (key: BackendKey): string => `${key.processId}:${key.secretKey}`
