// Who follows what becomes of computes: the idle clock and the meter.

import type { Endpoint } from '../../catalog/endpoints.ts'

export interface ComputeListener {
  /** A compute accepts sessions: just started, or adopted. */
  running(endpoint: Endpoint): void
  /** Its end is in the catalog. */
  stopped(endpointId: string): void
  /** All that had to be done about its end is done: its endpoint may go. */
  settled?(endpointId: string): Promise<void>
  /** So much it holds, right before its stop. */
  sized?(endpointId: string, bytes: number): void
  /** Whether a client has asked for it since, whose session may not be there yet. */
  isAskedSince?(endpointId: string, since: Date): boolean
}

export const nobody: ComputeListener = { running() {}, stopped() {} }
