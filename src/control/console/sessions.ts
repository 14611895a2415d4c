// The sessions of an awake compute, for people who want to know who is there, and to end what is in the way.

import type pg from 'pg'
import * as endpoints from '../../catalog/endpoints.ts'
import type { DatabaseSession, EndSession, SessionsAnswer } from '../../contract/console-monitoring.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { SingleFlight } from '../../lib/single-flight.ts'
import type { Branches } from '../branches/branches.ts'
import type { Parts } from '../parts.ts'
import { askAwake } from './awake-compute.ts'
import { mayHoldPassword } from './statement-text.ts'

/** Ours, and what is the server's own, is nobody's to end. */
const shown = `usename is distinct from 'cloud_admin'
  and backend_type in ('client backend', 'walsender', 'autovacuum worker')`

const utc = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** How long we wait for a session to be gone. */
const endMs = 2_000

export interface SessionPlace {
  projectId: string
  branchId: string
  pid: number
  /** As the list tells it: a pid is soon another's. */
  startedAt: string
}

export class Sessions {
  readonly #parts: Parts
  readonly #branches: Branches
  /** However many pages are open: one list at a time. */
  readonly #listed = new SingleFlight<DatabaseSession[] | null>()

  constructor(parts: Parts, branches: Branches) {
    this.#parts = parts
    this.#branches = branches
  }

  /** Without what they run. Throws project_not_found, branch_not_found. */
  async list(projectId: string, branchId: string): Promise<SessionsAnswer> {
    const rows = await this.#listed.run(`${projectId} ${branchId}`, () =>
      this.#ask(projectId, branchId, readSessions),
    )
    if (!rows) return { sessions: null, cut: false }
    const cut = rows.length > limits.monitoredSessions
    return { sessions: rows.slice(0, limits.monitoredSessions), cut }
  }

  /** What it runs, or ran last. Null: it is gone, or may tell a password. Throws as `list`. */
  async query({ projectId, branchId, pid, startedAt }: SessionPlace): Promise<string | null> {
    return await this.#ask(projectId, branchId, async client => {
      const { rows } = await client.query<{ query: string }>(
        `select query from pg_catalog.pg_stat_activity
          where pid = $1 and ${utc('backend_start')} = $2 and ${shown}`,
        [pid, startedAt],
      )
      const text = rows[0]?.query ?? null
      return text === null || mayHoldPassword(text) ? null : text
    })
  }

  /**
   * Whether it is done: a session that waits for a disk, say, ends later. Throws as `list`, and database_session_gone.
   */
  async end(
    { projectId, branchId, pid, startedAt }: SessionPlace,
    how: EndSession['action'],
  ): Promise<boolean> {
    const call =
      how === 'cancel'
        ? 'pg_catalog.pg_cancel_backend(pid)'
        : `pg_catalog.pg_terminate_backend(pid, ${endMs})`
    const done = await this.#ask(projectId, branchId, async client => {
      const { rows } = await client.query<{ done: boolean }>(
        `select ${call} as done from pg_catalog.pg_stat_activity
          where pid = $1 and ${utc('backend_start')} = $2 and ${shown}`,
        [pid, startedAt],
      )
      return rows[0]?.done
    })
    if (done == null) throw new PilotlightError('database_session_gone')
    return done
  }

  /** Null: the compute is not awake. */
  async #ask<T>(
    projectId: string,
    branchId: string,
    work: (client: pg.Client) => Promise<T>,
  ): Promise<T | null> {
    await this.#branches.get(projectId, branchId)
    const endpoint = await endpoints.findWriter(this.#parts.catalog.db, branchId)
    return endpoint?.state === 'running' ? await askAwake(this.#parts, endpoint.id, work) : null
  }
}

/** The busy ones first; one more than are told. */
async function readSessions(client: pg.Client): Promise<DatabaseSession[]> {
  const { rows } = await client.query<DatabaseSession>(
    `select pid, ${utc('backend_start')} as started_at, usename as role, datname as database,
                case backend_type when 'client backend' then 'client' when 'walsender' then 'replication'
                  else 'autovacuum' end as kind,
                application_name as application, state, ${utc('state_change')} as since,
                ${utc('xact_start')} as transaction_since,
                case when wait_event_type = 'Client' then null else wait_event_type || ': ' || wait_event end as wait,
                case when wait_event_type = 'Lock' then pg_catalog.pg_blocking_pids(pid) else '{}' end as blocked_by
           from pg_catalog.pg_stat_activity
          where ${shown}
          order by (state = 'idle'), coalesce(xact_start, state_change), pid
          limit ${limits.monitoredSessions + 1}`,
  )
  return rows
}
