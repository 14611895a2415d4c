// A question to a compute that is awake: it is neither woken for it nor kept awake by it.

import pg from 'pg'
import { EngineError } from '../../engine/engine.ts'
import { refOf } from '../computes/compute-spec.ts'
import { isConnectionError, withCompute } from '../computes/compute-sql.ts'
import type { Parts } from '../parts.ts'

/** Somebody waits for the answer, and asks again soon. */
const statementTimeoutMs = 5_000

/** Null: it is not awake any more, or does not answer. Errors of a statement are thrown, but for one that took too long. */
export async function askAwake<T>(
  parts: Parts,
  endpointId: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T | null> {
  const { engine, logger } = parts
  try {
    const login = await engine.adminLogin(refOf(parts, endpointId))
    return await withCompute(login, work, {
      applicationName: 'pilotlight-monitoring',
      statementTimeoutMs,
    })
  } catch (error) {
    if (!isAway(error)) throw error
    logger.debug({ endpoint: endpointId, err: error }, 'compute did not answer the console')
    return null
  }
}

/** Stopped meanwhile, starting, full, or too busy to answer in time. */
function isAway(error: unknown): boolean {
  if (error instanceof EngineError) return error.code === 'unavailable'
  if (error instanceof pg.DatabaseError) return /^(08|57P0[1-3]|53300|57014)/.test(error.code ?? '')
  return isConnectionError(error)
}
