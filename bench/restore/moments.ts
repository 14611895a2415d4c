// A history to restore from, and the restore itself.

import type { Lab, Piece } from '../lab.ts'
import { value, withClient } from '../lab.ts'
import { type Login, load } from '../pgbench.ts'

export interface Mark {
  /** Between two commits: the next one comes two milliseconds later at the earliest. */
  time: string
  lsn: bigint
}

export async function mark(login: Login): Promise<Mark> {
  return await withClient(login, async client => {
    const { rows } = await client.query(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as time,
              (pg_current_wal_lsn() - '0/0')::text as lsn, pg_sleep(0.002)`,
    )
    return { time: rows[0].time, lsn: BigInt(rows[0].lsn) }
  })
}

/** Quickly: what is measured is the replay, and to that it is the same. */
const withoutWaiting = { PGOPTIONS: '-c synchronous_commit=off' }

/** Runs pgbench -N until that much WAL is written; a mark behind each second of it. A commit follows the last one. */
export async function writeWal(login: Login, bytes: number): Promise<Mark[]> {
  const { lsn: begin } = await mark(login)
  const marks: Mark[] = []
  do {
    await load(login, ['-N', '-c', '4', '-j', '1', '-T', '1'], { env: withoutWaiting })
    marks.push(await mark(login))
  } while (marks.at(-1)!.lsn - begin < BigInt(bytes))
  await value(login, 'select pg_current_xact_id()::text')
  return marks
}

export interface Restored {
  ms: number
  /** Of it, until the data is there. */
  dataMs: number
}

/** A branch at that time, started, to its first row over the socket. It is removed afterwards. */
export async function restoreToFirstRow(lab: Lab, parent: Piece, time: string): Promise<Restored> {
  const startedAt = performance.now()
  const piece = await lab.branch(parent, { time })
  const dataMs = performance.now() - startedAt
  const login = await lab.start(piece)
  await value(login, 'select 1')
  const ms = performance.now() - startedAt
  await lab.remove(piece)
  return { ms, dataMs }
}
