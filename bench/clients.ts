// A user's connection: through the proxy, with TLS, by host name.

import pg from 'pg'
import type { Pilotlight, ProjectDetails } from '../test/fixtures/pilotlight.ts'

export type Way = Pick<ProjectDetails, 'host' | 'role' | 'password' | 'database'>

/** What the proxy says of its own stages, in ms. */
export interface Stages {
  client: number
  cplane: number
  compute: number
  retry: number
}

/** As the connection string has it: sslmode=require. */
export function clientOf(pilotlight: Pilotlight, way: Way, options?: string): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: pilotlight.run.pgPort,
    user: way.role,
    password: way.password,
    database: way.database,
    ssl: { servername: way.host, rejectUnauthorized: false },
    connectionTimeoutMillis: 60_000,
    ...(options !== undefined && { options }),
  })
  client.on('error', () => {})
  return client
}

export async function withSession<T>(
  pilotlight: Pilotlight,
  way: Way,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = clientOf(pilotlight, way)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

export async function firstRow(pilotlight: Pilotlight, way: Way): Promise<number> {
  return (await timedFirstRow(pilotlight, way)).ms
}

/** The proxy reports its stages to a client that gives a query id, as Neon's does for its probes. */
export async function timedFirstRow(
  pilotlight: Pilotlight,
  way: Way,
): Promise<{ ms: number; stages: Stages }> {
  const client = clientOf(pilotlight, way, 'neon_query_id:bench')
  const stages: Stages = { client: 0, cplane: 0, compute: 0, retry: 0 }
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    const stage = /^neon\.(\w+)_latency$/.exec(parameterName)?.[1]
    if (stage && stage in stages) stages[stage as keyof Stages] = Number(parameterValue) / 1000
  })
  const startedAt = performance.now()
  await client.connect()
  await client.query('select 1')
  const ms = performance.now() - startedAt
  await client.end()
  return { ms, stages }
}
