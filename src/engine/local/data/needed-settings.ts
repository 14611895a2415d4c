// What data asks of whoever starts Postgres on it, however small that compute is.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine.ts'
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

/** Of the smallest compute, and of the largest that most machines have: little to give, and seldom too little. */
const leastConnections = maxConnections({ memoryMb: 1024, memoryMaxMb: 1024, vcpu: 0.25 })
const leastWorkers = 32

const tooSmall = 'the standby has less room than the writer had'

/**
 * A replay stands still where the writer once got more room than this standby has, and looks just like one that has come to
 * its moment. The next start finds in pg_control what it takes. Throws for such a one; `started`: what it was started with.
 */
export async function assertRoom(pgdata: string, started: Record<string, string>): Promise<void> {
  const needed = await neededSettings(pgdata, 'ro')
  const lacking = Object.keys(needed).filter(name => Number(needed[name]) > Number(started[name]))
  if (lacking.length > 0) throw new EngineError('unavailable', `${tooSmall}: ${lacking.join(', ')}`)
}

export function hadTooLittleRoom(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes(tooSmall)
}
