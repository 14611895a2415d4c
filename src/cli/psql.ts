// psql on a project's database. The password goes through the environment: everybody can read a command line.

import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { MachineShape } from '../contract/shapes.ts'
import { addCommand, type Context } from './command.ts'
import { targetFlags } from './connection-string.ts'
import { ExitStatus, failure } from './errors.ts'
import type { Io } from './output.ts'
import { findProgram, type System } from './system.ts'
import { findTarget, passwordOf, type Target, type TargetOptions } from './target.ts'

type PsqlOptions = { database?: string; role?: string; endpoint?: string }

export function addPsql(program: Command, io: Io, system: System): void {
  addCommand<PsqlOptions>(program, io, system, {
    usage: 'psql [project] [args...]',
    summary: 'open psql on a project',
    details:
      'Without a project: the only one there is. What stands behind -- goes to psql. The exit code is that of psql.',
    example: "pilotlight psql shop\npilotlight psql shop -- -c 'select version()'",
    options: targetFlags(),
    json: false,
    run: psql,
  })
}

async function psql(context: Context, args: string[], options: PsqlOptions): Promise<void> {
  const { io, system } = context
  const { project, psqlArgs } = splitArgs(args)
  const client = await context.client()
  const machine = await client.call(routes.getMachine, {})
  const program = await findPsql(context, machine)
  const target = await findTarget(client, project, options as TargetOptions)
  const password = await passwordOf(client, target)
  const env = await environment({ env: io.env, system, machine, target, password })
  const exitCode = await system.attach(program, psqlArgs, env)
  if (exitCode !== 0) throw new ExitStatus(exitCode)
}

/** Commander takes the `--` away; no project begins with a dash, and all that is meant for psql begins with one. */
export function splitArgs(args: string[]): { project: string | undefined; psqlArgs: string[] } {
  const [first, ...rest] = args
  if (first === undefined || first.startsWith('-')) return { project: undefined, psqlArgs: args }
  return { project: first, psqlArgs: rest }
}

async function findPsql({ io, system }: Context, machine: MachineShape): Promise<string> {
  const toolDirs = machine.postgres.flatMap(build => build.client_tools ?? [])
  const found = await findProgram('psql', io.env, system, toolDirs.reverse())
  if (found) return found
  throw failure(
    'psql_missing',
    'there is no psql on this machine: neither on PATH nor with one of its Postgres builds',
    system.platform === 'darwin'
      ? 'Install it: brew install libpq && brew link --force libpq.'
      : 'Install it: apt-get install postgresql-client, dnf install postgresql, apk add postgresql-client.\nAny other client works too: `pilotlight connection-string` prints what it needs.',
  )
}

/** Variables of the caller that would lead psql elsewhere. */
const misleading = ['PGSERVICE', 'PGSERVICEFILE', 'PGHOSTADDR', 'PGREQUIRESSL', 'PGSSLROOTCERT', 'PGSSLCRL']

export async function environment(parts: {
  env: Record<string, string | undefined>
  system: Pick<System, 'lookup' | 'readText'>
  machine: MachineShape
  target: Target
  password: string
}): Promise<Record<string, string | undefined>> {
  const { env, system, machine, target, password } = parts
  const kept = Object.entries(env).filter(([name]) => !misleading.includes(name))
  const { host } = target.endpoint
  const resolves = (await system.lookup(host)).length > 0
  const caFile = await system.readText(machine.ca_file).catch(() => null)
  return {
    ...Object.fromEntries(kept),
    PGHOST: host,
    // The host name still names the endpoint, in TLS's SNI; only where to connect to is said here.
    ...(!resolves && { PGHOSTADDR: machine.pg_address }),
    PGPORT: String(machine.pg_port),
    PGDATABASE: target.database,
    PGUSER: target.role,
    PGPASSWORD: password,
    PGCHANNELBINDING: 'require',
    ...(caFile ? { PGSSLMODE: 'verify-full', PGSSLROOTCERT: machine.ca_file } : { PGSSLMODE: 'require' }),
  }
}
