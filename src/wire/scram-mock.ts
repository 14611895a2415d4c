// A verifier for a role or an endpoint that does not exist, so that a stranger cannot tell it from a wrong password.

import { randomBytes } from 'node:crypto'
import { defaultIterations, hmacSha256, type ScramVerifier } from '../lib/scram-verifier.ts'

/**
 * The salt is the same at every attempt, for a salt that changes would give the role away (Postgres does the same in
 * scram_mock_salt). Neon answers iterations 1, which gives it away too; we answer what real roles have. The keys are
 * random: no password matches them.
 */
export function mockVerifier(secret: Buffer, name: string): ScramVerifier {
  return {
    iterations: defaultIterations,
    salt: hmacSha256(secret, name).subarray(0, 16),
    storedKey: randomBytes(32),
    serverKey: randomBytes(32),
  }
}
