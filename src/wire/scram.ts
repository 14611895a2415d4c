// What both ends of a SCRAM-SHA-256 exchange share (RFC 5802, RFC 7677; https://www.postgresql.org/docs/current/sasl-authentication.html).

import { randomBytes, timingSafeEqual } from 'node:crypto'

export const scramSha256 = 'SCRAM-SHA-256'
/** With channel binding: the proof also covers the server's certificate, so nobody in between can pass it on. */
export const scramSha256Plus = 'SCRAM-SHA-256-PLUS'
export const bindingType = 'tls-server-end-point'

/** Printable ASCII without a comma (RFC 5802 §7); base64 is. 18 bytes, as Postgres. */
export const scramNonce = (): string => randomBytes(18).toString('base64')

export function xor(left: Buffer, right: Buffer): Buffer {
  const out = Buffer.allocUnsafe(left.length)
  for (let at = 0; at < left.length; at++) out[at] = left[at]! ^ right[at]!
  return out
}

/** In constant time for texts and keys of equal length; lengths are no secret. */
export const sameBytes = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right)

/** Canonical base64 only: what Buffer makes of rubbish would be compared as if it had been sent. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

/** Splits `r=…,s=…,i=…` and gives the values if the attributes are exactly those of `names`; extensions may follow. */
export function scramAttributes(message: string, names: string): string[] | null {
  const parts = message.split(',')
  if (parts.length < names.length) return null
  const values: string[] = []
  for (let at = 0; at < names.length; at++) {
    if (!parts[at]!.startsWith(`${names[at]}=`)) return null
    values.push(parts[at]!.slice(2))
  }
  return values
}

export const isNonce = (text: string): boolean => /^[\x21-\x2b\x2d-\x7e]+$/.test(text)
