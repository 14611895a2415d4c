// Wakes and suspends that no call of the API asked for are operations, too: recorded beside the work, never before it.

import type { Endpoint } from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import type { Parts } from '../parts.ts'

/** Who asks. An operation of the queue is recorded already; a wake on connect and an idle suspend record themselves. */
export type Recording = 'recorded' | 'record'

export interface Record {
  /** Never throws: the work itself was done, or not. */
  end(status: 'finished' | 'failed', error?: string): Promise<void>
}

const nothing: Record = { async end() {} }

export function record(
  { catalog, logger }: Parts,
  recording: Recording,
  endpoint: Endpoint,
  action: 'start_compute' | 'suspend_compute',
): Record {
  if (recording === 'recorded') return nothing
  const entered = operations.insertRunning(catalog.db, {
    project_id: endpoint.project_id,
    branch_id: endpoint.branch_id,
    endpoint_id: endpoint.id,
    action,
  })
  // Heard by end().
  entered.catch(() => {})
  return {
    async end(status, error) {
      try {
        await operations.end(catalog.db, (await entered).id, status, error)
      } catch (cause) {
        logger.warn({ err: cause }, 'operation not recorded')
      }
    },
  }
}
