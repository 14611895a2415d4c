// What the engine asks of a Postgres that runs, as cloud_admin: to hold still for a copy, and where its WAL ends.

import pg from 'pg'
import type { AdminLogin } from '../../engine.ts'
import type { Moment } from './moments.ts'

/** A checkpoint of gigabytes on a slow disk takes minutes, and pg_backup_start waits for one. */
const statementTimeoutMs = 600_000
const connectTimeoutMs = 10_000

async function withServer<T>(login: AdminLogin, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...login,
    database: 'postgres',
    application_name: 'pilotlight-engine',
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // Whatever was chosen for the sessions of this compute: our marks are written, and by Postgres's own functions.
    options: [
      ...['search_path=pg_catalog,pg_temp', 'default_transaction_read_only=off'],
      ...['lock_timeout=0', 'idle_session_timeout=0'],
    ]
      .map(setting => `-c ${setting}`)
      .join(' '),
  })
  // The server may be killed at any moment; the query that is under way then fails by itself.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** `to_char` cannot be misled by DateStyle; microseconds, in UTC. */
const nowText = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

export interface Backup {
  /** backup_label, to be put into the copy. */
  label: string
  /** Where the copy's replay begins, and the timeline that it is on. */
  redo: string
  timeline: number
  /** The copy is whole from here on. Every commit that was acknowledged before the call lies before it. */
  end: Moment
}

/**
 * Runs `copy` between pg_backup_start and pg_backup_stop (manual, "Making a Base Backup Using the Low Level API"). The
 * session is the backup's lock: if it breaks, the server forgets the backup.
 */
export async function duringBackup(
  login: AdminLogin,
  major: number,
  copy: () => Promise<void>,
): Promise<Backup> {
  const [start, stop] =
    major >= 15
      ? ['pg_backup_start($1, true)', 'pg_backup_stop(false)']
      : ['pg_start_backup($1, true, false)', 'pg_stop_backup(false, false)']
  return await withServer(login, async client => {
    const started = await client.query<{ lsn: string }>(`select ${start}::text as lsn`, ['pilotlight'])
    await copy()
    // Its end lies before the switch of segments that it makes: a copy goes on in the segment that it ended in.
    const stopped = await client.query<Moment & { label: string }>(
      `select lsn::text as lsn, labelfile as label, ${nowText} as time from ${stop}`,
    )
    const { label, lsn, time } = stopped.rows[0]!
    return {
      label,
      redo: started.rows[0]!.lsn,
      // The label is text, with the timeline in it.
      timeline: Number(/^START TIMELINE: (\d+)$/m.exec(label)?.[1] ?? 1),
      end: { lsn, time },
    }
  })
}

/** Everything before this place is on disk. */
async function endOf(client: pg.Client): Promise<Moment> {
  const { rows } = await client.query<Moment>(
    `select pg_current_wal_flush_lsn()::text as lsn, ${nowText} as time`,
  )
  return rows[0]!
}

/** Where the WAL of a running server ends now. */
export async function currentEnd(login: AdminLogin): Promise<Moment> {
  return await withServer(login, endOf)
}

/**
 * Commits a transaction that does nothing but be there, and says where the WAL then ends. A replay to an earlier time stops
 * before the first later commit: now there is one, however quiet the database has been. It writes a message that nobody
 * reads, because Postgres does not flush the commit of a transaction that has written nothing
 * (src/backend/access/transam/xact.c, RecordTransactionCommit).
 */
export async function markNow(login: AdminLogin): Promise<Moment> {
  return await withServer(login, async client => {
    await client.query(`set synchronous_commit = on`)
    await client.query(`select pg_logical_emit_message(true, 'pilotlight', '')`)
    return await endOf(client)
  })
}

export interface ReplayState {
  isPaused: boolean
  /** It has read all the WAL that there is, and waits for more. */
  isAtEnd: boolean
}

/** How far a standby has come. */
export async function replayState(login: AdminLogin): Promise<ReplayState> {
  return await withServer(login, async client => {
    const { rows } = await client.query<{ paused: boolean; waiting: string | null }>(
      `select pg_get_wal_replay_pause_state() = 'paused' as paused,
              (select wait_event from pg_stat_activity where backend_type = 'startup') as waiting`,
    )
    const { paused, waiting } = rows[0]!
    return { isPaused: paused, isAtEnd: /^Recovery(RetrieveRetryInterval|WalStream)$/.test(waiting ?? '') }
  })
}
