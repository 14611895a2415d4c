// The server's end of SCRAM-SHA-256. It needs the verifier only, and computes no PBKDF2; a good proof gives it the
// ClientKey, with which the proxy can log in to the compute as this role without knowing the password.

import { hmacSha256, type ScramVerifier, sha256 } from '../lib/scram-verifier.ts'
import {
  bindingType,
  fromBase64,
  isNonce,
  sameBytes,
  scramAttributes,
  scramNonce,
  scramSha256,
  scramSha256Plus,
  xor,
} from './scram.ts'

/** A client that breaks the exchange. The texts are Neon's. */
export type ScramViolation = { outcome: 'violation'; detail: string }

export type ScramServerResult =
  | { outcome: 'continue'; message: Buffer }
  | { outcome: 'accepted'; message: Buffer; clientKey: Buffer }
  | { outcome: 'mismatch' }
  | ScramViolation

const violation = (detail = 'authentication protocol violation'): ScramViolation => ({
  outcome: 'violation',
  detail,
})

export interface ScramServerOptions {
  verifier: ScramVerifier
  /** SHA-256 of the served certificate; null: no TLS, and PLUS is not offered. */
  channelBinding: Buffer | null
  nonce?: () => string
}

export class ScramServer {
  readonly #options: ScramServerOptions
  #gs2Header = ''
  #clientFirstBare = ''
  #serverFirst = ''
  #nonce = ''

  constructor(options: ScramServerOptions) {
    this.#options = options
  }

  get mechanisms(): string[] {
    return this.#options.channelBinding ? [scramSha256Plus, scramSha256] : [scramSha256]
  }

  /** The client-first-message, with the mechanism that the client chose. */
  first(mechanism: string, data: Buffer): ScramServerResult {
    if (!this.mechanisms.includes(mechanism)) return violation()
    const match = /^(([yn]|p=([A-Za-z0-9.-]+)),([^,]*),)(.*)$/s.exec(data.toString('utf8'))
    if (!match) return violation()
    const [, gs2Header, flag, method, authzid, bare] = match
    // Postgres takes no authorization identity either.
    if (authzid !== '') return violation()
    const refused = this.#checkFlag(mechanism, flag!, method)
    if (refused) return refused
    const attributes = scramAttributes(bare!, 'nr')
    // The name inside is ignored, as Postgres does: the startup packet has said who logs in.
    if (!attributes || !isNonce(attributes[1]!)) return violation()
    const { verifier } = this.#options
    this.#gs2Header = gs2Header!
    this.#clientFirstBare = bare!
    this.#nonce = attributes[1]! + (this.#options.nonce ?? scramNonce)()
    this.#serverFirst = `r=${this.#nonce},s=${verifier.salt.toString('base64')},i=${verifier.iterations}`
    return { outcome: 'continue', message: Buffer.from(this.#serverFirst) }
  }

  #checkFlag(mechanism: string, flag: string, method: string | undefined): ScramViolation | null {
    if (mechanism === scramSha256Plus) {
      if (method === undefined) return violation()
      return method === bindingType ? null : violation(`unsupported channel binding method ${method}`)
    }
    if (method !== undefined) return violation()
    // `y`: "I can bind, but you did not offer it". We did, so somebody in between has taken the offer away.
    if (flag === 'y' && this.#options.channelBinding) return violation('SCRAM-PLUS not used')
    return null
  }

  /** The client-final-message. */
  final(data: Buffer): ScramServerResult {
    const text = data.toString('utf8')
    const at = text.lastIndexOf(',p=')
    if (at < 0) return violation()
    const withoutProof = text.slice(0, at)
    const proof = fromBase64(text.slice(at + 3))
    const attributes = scramAttributes(withoutProof, 'cr')
    if (proof?.length !== 32 || !attributes) return violation()
    const [binding, nonce] = attributes
    if (nonce !== this.#nonce) return violation()
    const bound = fromBase64(binding!)
    if (!bound || !sameBytes(bound, this.#expectedBinding()))
      return violation('insecure connection: secure channel data mismatch')

    const { storedKey, serverKey } = this.#options.verifier
    const authMessage = `${this.#clientFirstBare},${this.#serverFirst},${withoutProof}`
    const clientKey = xor(proof, hmacSha256(storedKey, authMessage))
    if (!sameBytes(sha256(clientKey), storedKey)) return { outcome: 'mismatch' }
    const signature = hmacSha256(serverKey, authMessage).toString('base64')
    return { outcome: 'accepted', message: Buffer.from(`v=${signature}`), clientKey }
  }

  #expectedBinding(): Buffer {
    const header = Buffer.from(this.#gs2Header)
    const { channelBinding } = this.#options
    return this.#gs2Header.startsWith('p=') && channelBinding
      ? Buffer.concat([header, channelBinding])
      : header
  }
}
