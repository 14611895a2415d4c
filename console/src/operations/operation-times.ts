// How long an operation has waited and worked, as far as it is known.

import type { ConsoleOperation } from '../../../src/contract/console-operations.ts'

export interface OperationTimes {
  /** From being asked for to its begin. */
  waitedMs: number
  /** Null: it has not begun. */
  workedMs: number | null
}

export function timesOf(
  {
    created_at,
    started_at,
    finished_at,
  }: Pick<ConsoleOperation, 'created_at' | 'started_at' | 'finished_at'>,
  nowMs: number,
): OperationTimes {
  const created = Date.parse(created_at)
  const ended = finished_at === null ? nowMs : Date.parse(finished_at)
  // Cancelled before its turn came, it never began.
  const started = started_at === null ? null : Date.parse(started_at)
  return {
    waitedMs: Math.max(0, (started ?? ended) - created),
    workedMs: started === null ? null : Math.max(0, ended - started),
  }
}
