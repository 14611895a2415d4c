// The same request twice is carried out once: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
//
// The answer is entered in the very transaction that changes the catalog. So after a crash either both are there, and a
// repetition gets the answer, or neither is, and it is carried out. What was refused changed nothing, and is tried anew.

import { createHash } from 'node:crypto'
import * as idempotencyKeys from '../../catalog/idempotency-keys.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { hourMs } from '../../lib/time-frames.ts'
import type { Parts } from '../parts.ts'

export interface IdempotentCall {
  apiKeyId: number
  key: string
  method: string
  /** With its query. */
  path: string
  body: string
}

export interface Answer {
  status: number
  body: string
}

const keyPattern = /^[\x21-\x7e]+$/

export class Idempotency {
  readonly #parts: Parts
  /** There is one control, so what is being carried out is known here; after a crash nothing is. */
  readonly #running = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Carries it out, unless it was before: then the answer of that time is given, and `carryOut` is not called. An answer
   * that is no success undoes what was done. Throws idempotency_key_invalid, idempotency_key_reused,
   * idempotency_key_in_use.
   */
  async once(call: IdempotentCall, carryOut: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> {
    const { catalog, secretBox, clock } = this.#parts
    if (call.key.length > limits.idempotencyKeyChars || !keyPattern.test(call.key)) {
      throw new PilotlightError('idempotency_key_invalid', { limit: limits.idempotencyKeyChars })
    }
    const place = { apiKeyId: call.apiKeyId, key: call.key }
    const name = `${call.apiKeyId} ${call.key}`
    if (this.#running.has(name)) throw new PilotlightError('idempotency_key_in_use')
    this.#running.add(name)
    try {
      const requestHash = createHash('sha256')
        .update(JSON.stringify([call.method, call.path, call.body]))
        .digest()
      const now = clock.now()
      const since = new Date(now - limits.idempotencyHours * hourMs)
      const known = await idempotencyKeys.find(catalog.db, place, since)
      if (known) {
        if (!known.request_hash.equals(requestHash)) throw new PilotlightError('idempotency_key_reused')
        return { status: known.status, body: secretBox.open(known.answer_box), replayed: true }
      }
      return await catalog.unit(async () => {
        const answer = await carryOut()
        const isSuccess = answer.status >= 200 && answer.status < 300
        if (isSuccess) {
          await idempotencyKeys.insert(catalog.db, {
            api_key_id: place.apiKeyId,
            key: place.key,
            request_hash: requestHash,
            status: answer.status,
            // It may hold passwords, tokens and connection strings.
            answer_box: secretBox.seal(answer.body),
            created_at: new Date(now),
          })
        }
        return { commit: isSuccess, value: { ...answer, replayed: false } }
      })
    } finally {
      this.#running.delete(name)
    }
  }

  /** Forgets what was answered long ago. */
  async prune(): Promise<void> {
    const { catalog, clock } = this.#parts
    await idempotencyKeys.prune(catalog.db, new Date(clock.now() - limits.idempotencyHours * hourMs))
  }
}
