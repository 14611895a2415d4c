// What control itself runs inside a compute, as cloud_admin: roles and databases in, roles and databases out, and
// whether something is going on. Never on behalf of a client.

import pg from 'pg'
import { PilotlightError } from '../../contract/errors.ts'
import { type AdminLogin, EngineError } from '../../engine/engine.ts'

const { escapeIdentifier, escapeLiteral } = pg

/** Roles of our own, and Postgres's: not shown, not changed, not given out. */
export function isSystemRole(name: string): boolean {
  return name === 'cloud_admin' || name === 'neon_superuser' || name.startsWith('pg_')
}

/** The database and its owner that the template cluster comes with; a project may want other names. */
const templateDatabase = 'neondb'
const templateOwner = 'neondb_owner'

const statementTimeoutMs = 30_000

/**
 * Whatever was chosen for the sessions of this compute, or of a database in it, does not count for ours: a path to somebody
 * else's functions, which would run with every right, impatience, or, where a branch holds more than it may, no writing.
 * Nor is `public` in the path: what fits a call better there is preferred to Postgres's own.
 */
const ownSessionOptions = [
  ...['search_path=pg_catalog,pg_temp', 'default_transaction_read_only=off', 'lock_timeout=0'],
  ...['idle_in_transaction_session_timeout=0', 'idle_session_timeout=0'],
]
  .map(setting => `-c ${setting}`)
  .join(' ')

export interface ComputeSessionOptions {
  database?: string
  statementTimeoutMs?: number
  applicationName?: string
}

/** Logs in, does `work`, and leaves. Our sessions are recognised, and never counted as activity, by their role. */
export async function withCompute<T>(
  login: AdminLogin,
  work: (client: pg.Client) => Promise<T>,
  options: ComputeSessionOptions = {},
): Promise<T> {
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: login.user,
    password: login.password,
    database: options.database ?? 'postgres',
    application_name: options.applicationName ?? 'pilotlight-control',
    connectionTimeoutMillis: 10_000,
    statement_timeout: options.statementTimeoutMs ?? statementTimeoutMs,
    options: ownSessionOptions,
  })
  // The compute may be killed at any moment; the query that is under way then fails by itself.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Gives a fresh clone of the template the names that its project chose. Safe to repeat. */
export async function bootstrap(
  client: pg.Client,
  wanted: { role: string; verifier: string; database: string },
): Promise<void> {
  const roles = await client.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1)',
    [[wanted.role, templateOwner]],
  )
  const present = new Set(roles.rows.map(row => row.rolname))
  if (!present.has(wanted.role)) {
    await client.query(
      `alter role ${escapeIdentifier(templateOwner)} rename to ${escapeIdentifier(wanted.role)}`,
    )
  }
  const databases = await client.query<{ datname: string }>(
    'select datname from pg_database where datname = $1',
    [wanted.database],
  )
  if (databases.rowCount === 0) {
    await client.query(
      `alter database ${escapeIdentifier(templateDatabase)} rename to ${escapeIdentifier(wanted.database)}`,
    )
  }
  await setVerifier(client, wanted.role, wanted.verifier)
}

/** Postgres takes a ready SCRAM verifier as a password and stores it as it is: the plain password never travels. */
export async function setVerifier(client: pg.Client, role: string, verifier: string): Promise<void> {
  await client.query(`alter role ${escapeIdentifier(role)} password ${escapeLiteral(verifier)}`)
}

/** A moment that is looked at is a hot standby: nothing can be written to it. */
export async function isReadOnly(client: pg.Client): Promise<boolean> {
  const answer = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
  return answer.rows[0]?.standby ?? true
}

/** SQLSTATE 42704, undefined_object. */
export function isMissingRole(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42704'
}

/** SQLSTATE 3D000, invalid_catalog_name. */
export function isMissingDatabase(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '3D000'
}

/** SQLSTATEs of faults that pass: the compute stops or starts, is full of sessions, somebody holds a lock or is in the way. */
const passing = /^(08|57P0[1-3]|53300|40|55P03|55006)/

/**
 * What an operation says where Postgres did not do its part. Its own words are for people; anything else is about the
 * connection, and the compute may come back.
 */
export function operationError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    const detail = error.detail === undefined ? error.message : `${error.message}: ${error.detail}`
    const code = passing.test(error.code ?? '') ? 'statement_delayed' : 'statement_refused'
    return new PilotlightError(code, { detail }, { cause: error })
  }
  if (error instanceof PilotlightError || error instanceof EngineError || !isConnectionError(error))
    return error
  return new PilotlightError('compute_unreachable', {}, { cause: error })
}

/** The compute went away, or was not there. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return (code !== undefined && /^E[A-Z]+$/.test(code)) || /connection|timeout/i.test(error.message)
}

export interface ComputeContents {
  /** `verifier` is null where the role cannot log in by password. */
  roles: { name: string; verifier: string | null; canLogin: boolean }[]
  databases: { name: string; owner: string }[]
}

export async function readContents(client: pg.Client): Promise<ComputeContents> {
  const roles = await client.query<{ name: string; verifier: string | null; canLogin: boolean }>(
    `select rolname as name, case when rolcanlogin then rolpassword end as verifier, rolcanlogin as "canLogin"
       from pg_authid where rolname !~ '^pg_' order by rolname`,
  )
  const databases = await client.query<{ name: string; owner: string }>(
    `select datname as name, pg_get_userbyid(datdba) as owner
       from pg_database where not datistemplate and datname <> 'postgres' order by datname`,
  )
  return { roles: roles.rows.filter(role => !isSystemRole(role.name)), databases: databases.rows }
}

/**
 * Whether anything is going on, by Neon's rules: a session that is not idle (idle in transaction is not), a replication
 * sender, a logical subscription, a vacuum. Sessions that began after `since` count too: the proxy may not have
 * reported them yet.
 */
export async function isBusy(client: pg.Client, since: Date): Promise<boolean> {
  const answer = await client.query<{ busy: boolean }>(
    `select exists (
              select from pg_stat_activity
               where backend_type = 'client backend' and usename <> 'cloud_admin'
                 and (state is distinct from 'idle' or backend_start > $1))
         or exists (select from pg_stat_activity where backend_type in ('walsender', 'autovacuum worker'))
         or exists (select from pg_stat_subscription where pid is not null) as busy`,
    [since],
  )
  return answer.rows[0]?.busy ?? true
}

/** Whether anybody but us is logged in, idle or not. */
export async function hasSessions(client: pg.Client): Promise<boolean> {
  const answer = await client.query<{ some: boolean }>(
    `select exists (
       select from pg_stat_activity where backend_type = 'client backend' and usename <> 'cloud_admin') as some`,
  )
  return answer.rows[0]?.some ?? true
}
