// How the suite talks to a compute.

import { Client, type ClientConfig } from 'pg'
import type { AdminLogin, Engine, Ref } from '../engine.ts'

export const ownerPassword = 'npg_conformance'

/** One session, closed whatever happens. */
export async function session<T>(login: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(login)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** A session whose end by the server is no uncaught error; the next query on it fails instead. */
export async function connect(login: ClientConfig): Promise<Client> {
  const client = new Client(login)
  client.on('error', () => {})
  await client.connect()
  return client
}

export async function admin(engine: Engine, compute: Ref): Promise<AdminLogin & { database: string }> {
  return { ...(await engine.adminLogin(compute)), database: 'neondb' }
}

/** Logs in as the role that users get; cloud_admin sets its password, as control does. */
export async function owner(engine: Engine, compute: Ref): Promise<ClientConfig> {
  const login = await admin(engine, compute)
  await session(login, client => client.query(`ALTER ROLE neondb_owner PASSWORD '${ownerPassword}'`))
  return { ...login, user: 'neondb_owner', password: ownerPassword }
}

/** The value in the first column of the first row. */
export async function value(login: ClientConfig, sql: string): Promise<unknown> {
  return await session(login, async client => {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return (rows as unknown[][])[0]?.[0]
  })
}

/** The numbers in the suite's table, in order. */
export async function rowsOf(login: ClientConfig): Promise<number[]> {
  return (await value(login, `select coalesce(array_agg(n order by n), '{}') from t`)) as number[]
}

/** The server's time, after every commit so far and before every later one. */
export async function nowOf(client: Client): Promise<string> {
  const { rows } = await client.query(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now,
            pg_sleep(0.002)`,
  )
  return rows[0].now
}
