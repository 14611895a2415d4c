// The client's end of SCRAM-SHA-256, from keys instead of a password: (ClientKey, ServerKey) is all that a login needs
// for as long as the verifier keeps its salt and iterations. Towards a compute on a Unix socket there is no channel to bind.

import { hmacSha256, sha256 } from '../lib/scram-verifier.ts'
import { fromBase64, sameBytes, scramAttributes, scramNonce, xor } from './scram.ts'

export interface ScramKeys {
  clientKey: Buffer
  serverKey: Buffer
  /** The verifier that they were made for. */
  salt: Buffer
  iterations: number
}

export type ScramClientResult =
  | { outcome: 'continue'; message: Buffer }
  | { outcome: 'accepted' }
  /** The server's verifier is not the one that our keys belong to: the password has been changed there. */
  | { outcome: 'verifier changed' }
  | { outcome: 'violation'; detail: string }

const gs2Header = 'n,,'

export class ScramClient {
  readonly #keys: ScramKeys
  readonly #nonce: string
  readonly #bare: string
  #authMessage = ''

  constructor(keys: ScramKeys, nonce: string = scramNonce()) {
    this.#keys = keys
    this.#nonce = nonce
    // Postgres ignores the name here, and libpq sends none.
    this.#bare = `n=,r=${nonce}`
  }

  first(): Buffer {
    return Buffer.from(gs2Header + this.#bare)
  }

  /** The server-first-message; answers with the client-final-message. */
  continue(data: Buffer): ScramClientResult {
    const serverFirst = data.toString('utf8')
    const attributes = scramAttributes(serverFirst, 'rsi')
    if (!attributes) return { outcome: 'violation', detail: 'malformed server-first-message' }
    const [nonce, saltText, iterations] = attributes
    const salt = fromBase64(saltText!)
    if (!salt || !nonce!.startsWith(this.#nonce) || nonce === this.#nonce)
      return { outcome: 'violation', detail: 'malformed server-first-message' }
    if (!salt.equals(this.#keys.salt) || iterations !== String(this.#keys.iterations))
      return { outcome: 'verifier changed' }

    const withoutProof = `c=${Buffer.from(gs2Header).toString('base64')},r=${nonce}`
    this.#authMessage = `${this.#bare},${serverFirst},${withoutProof}`
    const { clientKey } = this.#keys
    const proof = xor(clientKey, hmacSha256(sha256(clientKey), this.#authMessage))
    return { outcome: 'continue', message: Buffer.from(`${withoutProof},p=${proof.toString('base64')}`) }
  }

  /** The server-final-message: the server proves that it knows the verifier, too. */
  final(data: Buffer): ScramClientResult {
    const attributes = scramAttributes(data.toString('utf8'), 'v')
    const signature = attributes && fromBase64(attributes[0]!)
    if (!signature || this.#authMessage === '')
      return { outcome: 'violation', detail: 'malformed server-final-message' }
    return sameBytes(signature, hmacSha256(this.#keys.serverKey, this.#authMessage))
      ? { outcome: 'accepted' }
      : { outcome: 'violation', detail: 'wrong server signature' }
  }
}
