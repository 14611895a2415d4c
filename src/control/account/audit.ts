// The audit log: every change that is tried by the API, and those that we make ourselves as time passes. A row is entered
// before the change is tried, so that no crash leaves a change without one; its status is told once it is answered.

import type { ApiKey } from '../../catalog/api-keys.ts'
import * as auditLog from '../../catalog/audit-log.ts'
import { limits } from '../../contract/limits.ts'
import { dayMs } from '../../lib/time-frames.ts'
import type { Parts } from '../parts.ts'

export interface AuditedCall {
  /** Undefined: nobody that we know. */
  key: ApiKey | undefined
  operationId: string
  method: string
  path: string
  ids: Record<string, string>
  remoteAddress: string
  requestId: string
}

export class Audit {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Enters a call; the returned function completes it. Neither throws: a log that cannot be written is no reason to
   * refuse work, and is said in the other log.
   */
  async begin(call: AuditedCall): Promise<(status: number, ids: Record<string, string>) => Promise<void>> {
    const { catalog, logger, clock } = this.#parts
    const { key, operationId } = call
    const about = { requestId: call.requestId, operationId, key: key?.id }
    try {
      // Its commit need not wait for the disk: that of the change, which comes later, brings this one along.
      const id = await auditLog.insert(catalog.unsynced, {
        at: new Date(clock.now()),
        actor: key?.kind ?? 'anonymous',
        key_id: key?.id ?? null,
        key_name: key?.name ?? null,
        operation_id: operationId,
        method: call.method,
        path: call.path,
        ids: call.ids,
        remote_address: call.remoteAddress || null,
        request_id: call.requestId,
      })
      return async (status, ids) => {
        try {
          await auditLog.complete(catalog.unsynced, id, { status, ids })
        } catch (error) {
          logger.error({ ...about, status, err: error }, 'audit log not completed')
        }
      }
    } catch (error) {
      logger.error({ ...about, err: error }, 'audit log not written')
      return async status => logger.error({ ...about, status }, 'audit log not written')
    }
  }

  /**
   * Carries out what we do ourselves because time passed, and enters it, both or neither. `work` gives the ids of what it
   * changed; undefined: nothing. `operationId` is that of the call that does the same. Throws what `work` throws.
   */
  async bySystem(
    operationId: string,
    work: () => Promise<Record<string, string> | undefined>,
  ): Promise<void> {
    const { catalog, logger, clock } = this.#parts
    await catalog.unit(async () => {
      const ids = await work()
      if (ids) {
        const at = new Date(clock.now())
        await auditLog
          .insert(catalog.db, { at, actor: 'system', operation_id: operationId, ids })
          .catch(error => logger.error({ operationId, ids, err: error }, 'audit log not written'))
      }
      return { commit: true, value: undefined }
    })
  }

  /** Newest first. */
  async list(
    filter: auditLog.AuditFilter,
    page: { limit: number; before?: number | undefined },
  ): Promise<auditLog.AuditEntry[]> {
    return await auditLog.list(this.#parts.catalog.db, filter, page)
  }

  /** Lets go of what is too old, or too much. */
  async prune(): Promise<void> {
    const { catalog, clock, logger } = this.#parts
    const removed = await auditLog.prune(catalog.db, {
      since: new Date(clock.now() - limits.auditDays * dayMs),
      rows: limits.auditRows,
      strangerRows: limits.auditStrangerRows,
    })
    if (removed > 0) logger.info({ removed }, 'old entries of the audit log removed')
  }
}
