// What the console's "test this connection" asks: POST /api/console/connection_test, and what it is answered. The server
// connects as a program on its own machine would: through the proxy, by TLS, by the endpoint's host name.

import { z } from 'zod'
import { clientName, idText } from './console-names.ts'

export const consoleConnectionTestSchema = z.object({
  project_id: idText,
  branch_id: idText,
  /** Default: the branch's read_write endpoint. */
  endpoint_id: idText.optional(),
  database: clientName,
  role: clientName,
})
export type ConsoleConnectionTestRequest = z.input<typeof consoleConnectionTestSchema>

/**
 * In this order, each but the first only after the one before has succeeded.
 * - resolve: the host name leads to this machine's listener here. Where it does not, the rest goes on all the same, to the
 *   address that the fallback connection string names.
 * - connect: TCP.
 * - tls: with a certificate for the host name, from the authority that `sslmode=verify-full` is given.
 * - login: the role's stored password, waking the compute where it sleeps. IP allow counts, from this machine's address.
 * - query: `select version()`.
 */
export type ConsoleConnectionTestStepName = 'resolve' | 'connect' | 'tls' | 'login' | 'query'

export interface ConsoleConnectionTestStep {
  step: ConsoleConnectionTestStepName
  outcome: 'ok' | 'failed' | 'skipped'
  ms: number
  /** What was found: the addresses, the TLS version, the server's version. */
  detail?: string
  /** With `failed`. `code`: of the table of errors, if it is one of those, else the SQLSTATE or the system's own word. */
  error?: { code: string; message: string; remedy: string }
}

export interface ConsoleConnectionTest {
  /** Every step but `resolve` has succeeded. */
  connected: boolean
  host: string
  port: number
  /** Where the server connected to. */
  address: string
  /** False: programs on this machine need the connection string with 127.0.0.1 and `options=endpoint%3D…`. */
  host_resolves: boolean
  /** The certificate was checked against our authority, and for the host name. Null: it did not get that far. */
  certificate_verified: boolean | null
  /** The compute was asleep. Null: it did not get that far. */
  woke: boolean | null
  server_version: string | null
  ms: number
  /** All five, in the order above. */
  steps: ConsoleConnectionTestStep[]
}
