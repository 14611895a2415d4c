// What data asks of whoever starts Postgres on it, however small that compute is.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { maxConnections } from '../compute/size.ts'
import { readControlFile } from '../history/control-file.ts'

/**
 * A standby refuses to let sessions in unless it has room for all that the writer had. And where there are slots that
 * decode WAL, Postgres does not start unless WAL goes on being written for them. Errors: those of reading pg_control.
 */
export async function neededSettings(pgdata: string, mode: 'rw' | 'ro'): Promise<Record<string, string>> {
  const { writer } = await readControlFile(pgdata)
  const slots = writer.isLogical ? await readdir(join(pgdata, 'pg_replslot')).catch(() => []) : []
  return {
    ...(slots.length > 0 ? { wal_level: 'logical' } : {}),
    ...(mode === 'ro'
      ? {
          max_connections: String(Math.max(leastConnections, writer.maxConnections)),
          max_worker_processes: String(Math.max(leastWorkers, writer.maxWorkerProcesses)),
          max_wal_senders: String(writer.maxWalSenders),
          max_prepared_transactions: String(writer.maxPreparedTransactions),
          max_locks_per_transaction: String(writer.maxLocksPerTransaction),
        }
      : {}),
  }
}

/** Of the smallest compute. */
const leastConnections = maxConnections({ memoryMb: 1024, memoryMaxMb: 1024, vcpu: 0.25 })
const leastWorkers = 12
