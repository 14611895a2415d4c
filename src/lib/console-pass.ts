// What the console's own connections show the proxy, so that IP allow does not count for them: they all come from this
// machine, whoever sits in front of the browser. It is no password; the role's is asked for all the same.

import { timingSafeEqual } from 'node:crypto'
import { hmacSha256 } from './scram-verifier.ts'

/** Of one endpoint and role: who saw it somewhere has nothing for another. */
export function consolePass(secret: string, endpoint: string, role: string): string {
  return hmacSha256(Buffer.from(secret), `console\0${endpoint}\0${role}`).toString('hex')
}

/** `secret` undefined: there is no console. */
export function isConsolePass(
  pass: string | null,
  secret: string | undefined,
  endpoint: string,
  role: string,
): boolean {
  if (pass === null || secret === undefined) return false
  const [given, expected] = [Buffer.from(pass), Buffer.from(consolePass(secret, endpoint, role))]
  return given.length === expected.length && timingSafeEqual(given, expected)
}
