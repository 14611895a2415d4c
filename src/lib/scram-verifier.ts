// SCRAM-SHA-256 verifiers as Postgres stores them in pg_authid.rolpassword (RFC 5802 §3, RFC 7677; the format:
// src/common/scram-common.c, "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>").
// The exchange of messages is wire/scram.ts; here is only what both ends of it and the catalog compute.

import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const pbkdf2Async = promisify(pbkdf2)

export interface ScramVerifier {
  iterations: number
  salt: Buffer
  storedKey: Buffer
  serverKey: Buffer
}

export const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest()
export const hmacSha256 = (key: Buffer, data: string | Buffer): Buffer =>
  createHmac('sha256', key).update(data).digest()

/** Postgres's own default (scram_iterations). */
export const defaultIterations = 4096

/** The key that a password stands for; half a millisecond to two, in the thread pool. */
export async function saltedPassword(password: string, salt: Buffer, iterations: number): Promise<Buffer> {
  return await pbkdf2Async(normalizePassword(password), salt, iterations, 32, 'sha256')
}

/** RFC 3454 tables C.1.2 and B.1: what SASLprep turns into a space, and what it takes away. */
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu
const nothings = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu
const prohibited = /[\p{Cc}\p{Co}]/u

/**
 * The parts of SASLprep (RFC 4013) that change anything for real passwords: spaces, invisible letters, NFKC. As with
 * Postgres (src/common/saslprep.c), what may not stand in a password passes as it is.
 */
export function normalizePassword(password: string): string {
  const prepared = password.replace(otherSpaces, ' ').replace(nothings, '').normalize('NFKC')
  return prepared === '' || prohibited.test(prepared) ? password : prepared
}

export async function createVerifier(
  password: string,
  options: { salt?: Buffer; iterations?: number } = {},
): Promise<string> {
  const salt = options.salt ?? randomBytes(16)
  const iterations = options.iterations ?? defaultIterations
  const salted = await saltedPassword(password, salt, iterations)
  return formatVerifier({
    iterations,
    salt,
    storedKey: sha256(hmacSha256(salted, 'Client Key')),
    serverKey: hmacSha256(salted, 'Server Key'),
  })
}

export function formatVerifier(verifier: ScramVerifier): string {
  const [salt, storedKey, serverKey] = [verifier.salt, verifier.storedKey, verifier.serverKey].map(bytes =>
    bytes.toString('base64'),
  )
  return `SCRAM-SHA-256$${verifier.iterations}:${salt}$${storedKey}:${serverKey}`
}

/** Null where the text is no SCRAM-SHA-256 verifier (an md5 hash, an empty string). */
export function parseVerifier(text: string): ScramVerifier | null {
  const match = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/.exec(text)
  if (!match) return null
  const [, iterations, salt, storedKey, serverKey] = match
  const verifier: ScramVerifier = {
    iterations: Number(iterations),
    salt: Buffer.from(salt!, 'base64'),
    storedKey: Buffer.from(storedKey!, 'base64'),
    serverKey: Buffer.from(serverKey!, 'base64'),
  }
  if (verifier.iterations < 1 || verifier.storedKey.length !== 32 || verifier.serverKey.length !== 32)
    return null
  // Node skips what is no base64, such as padding in the middle; Postgres refuses it.
  return salt === verifier.salt.toString('base64') ? verifier : null
}
