// Postgres's own load generator.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../test/fixtures/clients.ts'

/** Where it listens and who logs in. */
export interface Login {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface LoadResult {
  tps: number
  transactions: number
  seconds: number
  /** Of each transaction, in the order of their ends; with `-R`, from when it was due. Only where `log` was asked for. */
  latenciesMs: number[]
}

/** Throws with what to install. */
export function findPgbench(): string {
  const places = [
    ...(process.env.PATH ?? '').split(':').map(directory => join(directory, 'pgbench')),
    ...[18, 17, 16, 15].map(major => `/usr/lib/postgresql/${major}/bin/pgbench`),
  ]
  const found = places.find(path => existsSync(path))
  if (!found) throw new Error('there is no pgbench: apt-get install postgresql-contrib (or postgresql-15)')
  return found
}

export function environmentOf(login: Login, more: Record<string, string> = {}): Record<string, string> {
  return {
    PGHOST: login.host,
    PGPORT: String(login.port),
    PGUSER: login.user,
    PGPASSWORD: login.password,
    PGDATABASE: login.database,
    ...more,
  }
}

/** Tables of `scale` × 15 MB. */
export async function initialize(
  login: Login,
  scale: number,
  more: Record<string, string> = {},
): Promise<void> {
  const args = ['-i', '-q', '-I', 'dtGvp', '-s', String(scale)]
  const { code, stderr } = await runProgram(findPgbench(), args, { env: environmentOf(login, more) })
  if (code !== 0) throw new Error(`pgbench -i: ${stderr}`)
}

/** Throws where transactions failed: a figure without them would be none. */
export async function load(
  login: Login,
  args: string[],
  options: { log?: boolean; env?: Record<string, string> } = {},
): Promise<LoadResult> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-pgbench-'))
  try {
    const logArgs = options.log ? ['-l', `--log-prefix=${join(directory, 'log')}`] : []
    const env = environmentOf(login, options.env)
    const startedAt = performance.now()
    const { code, stdout, stderr } = await runProgram(findPgbench(), ['-n', ...logArgs, ...args], { env })
    const seconds = (performance.now() - startedAt) / 1000
    const failed = Number(/failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0)
    if (code !== 0 || failed > 0 || /aborted/.test(stderr)) {
      throw new Error(`pgbench ${args.join(' ')}: exit code ${code}, ${failed} failed: ${stderr}`)
    }
    return {
      tps: Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]),
      transactions: Number(/actually processed: (\d+)/.exec(stdout)?.[1]),
      seconds,
      latenciesMs: latencies(directory),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A line is: client, transaction, microseconds, script, seconds, microseconds, lag. */
function latencies(directory: string): number[] {
  return readdirSync(directory)
    .flatMap(name => readFileSync(join(directory, name), 'utf8').trim().split('\n'))
    .map(line => Number(line.split(' ')[2]) / 1000)
    .filter(ms => Number.isFinite(ms))
}
