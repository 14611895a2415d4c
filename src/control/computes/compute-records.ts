// Wakes and suspends that no call of the API asked for are operations, too: recorded beside the work, never before it.

import type { Endpoint } from '../../catalog/endpoints.ts'
import * as operations from '../../catalog/operations.ts'
import type { OperationCause } from '../../contract/operation-causes.ts'
import { causeOfNow } from '../asker.ts'
import type { Parts } from '../parts.ts'

/**
 * Who asks. An operation of the queue is recorded already; what is done in line records itself: `record` by whose call
 * this code runs for, or by a cause that only its caller knows.
 */
export type Recording = 'recorded' | 'record' | OperationCause

/** Undefined: it stands in the queue's row. */
export function causeOf(recording: Recording): OperationCause | undefined {
  if (recording === 'recorded') return undefined
  return recording === 'record' ? causeOfNow() : recording
}

export interface Record {
  /** Never throws: the work itself was done, or not. */
  end(status: 'finished' | 'failed', error?: string, errorCode?: string): Promise<void>
}

const nothing: Record = { async end() {} }

export function record(
  { catalog, logger }: Parts,
  recording: Recording,
  endpoint: Endpoint,
  action: 'start_compute' | 'suspend_compute',
): Record {
  const cause = causeOf(recording)
  if (!cause) return nothing
  const entered = operations.insertRunning(catalog.db, {
    project_id: endpoint.project_id,
    branch_id: endpoint.branch_id,
    endpoint_id: endpoint.id,
    ...{ action, cause },
  })
  // Heard by end().
  entered.catch(() => {})
  return {
    async end(status, error, errorCode) {
      try {
        await operations.end(catalog.db, (await entered).id, status, error, errorCode)
      } catch (cause) {
        logger.warn({ err: cause }, 'operation not recorded')
      }
    },
  }
}
