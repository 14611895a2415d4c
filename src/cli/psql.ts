// psql on a project's database. The password goes through the environment: everybody can read a command line.

import type { Command } from 'commander'
import { endpointHost } from '../contract/connection-string.ts'
import * as routes from '../contract/routes/index.ts'
import type { MachineShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import { momentOption, type TargetFlags, targetFlags } from './connection-string.ts'
import { ExitStatus, failure } from './errors.ts'
import { type MomentParts, momentOf } from './moment.ts'
import type { Io } from './output.ts'
import { findProgram, type System } from './system.ts'
import { findTarget, passwordOf, type Target, type TargetOptions } from './target.ts'

export function addPsql(program: Command, io: Io, system: System): void {
  addCommand<TargetFlags>(program, io, system, {
    usage: 'psql [project] [args...]',
    summary: 'open psql on a project',
    details:
      'Without a project: the only one there is. What stands behind -- goes to psql. The exit code is that of psql.',
    example:
      "pilotlight psql shop\npilotlight psql shop --branch dev --at 10m\npilotlight psql shop -- -c 'select version()'",
    options: targetFlags(),
    json: false,
    run: psql,
  })
}

async function psql(context: Context, args: string[], options: TargetFlags): Promise<void> {
  const { project, psqlArgs } = splitArgs(args)
  await openPsql(context, await context.client(), project, options, psqlArgs)
}

/** Throws psql_missing, what `findTarget` throws, and ExitStatus with psql's own exit code. */
export async function openPsql(
  context: Context,
  client: Client,
  project: string | undefined,
  options: TargetOptions,
  psqlArgs: string[],
): Promise<void> {
  const { io, system } = context
  const machine = await client.call(routes.getMachine, {})
  const program = await findPsql(context, machine)
  const target = await findTarget(client, project, options)
  const password = await passwordOf(client, target)
  const moment = options.at === undefined ? undefined : momentOf(context, options.at)
  const env = await environment({ env: io.env, system, machine, target, password, moment })
  const exitCode = await system.attach(program, psqlArgs, env)
  if (exitCode !== 0) throw new ExitStatus(exitCode)
}

/** Commander takes the `--` away; no project begins with a dash, and all that is meant for psql begins with one. */
function splitArgs(args: string[]): { project: string | undefined; psqlArgs: string[] } {
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
  moment?: MomentParts | undefined
}): Promise<Record<string, string | undefined>> {
  const { env, system, machine, target, password, moment } = parts
  const kept = Object.entries(env).filter(([name]) => !misleading.includes(name))
  const host = endpointHost(target.endpointId, machine.host_suffix)
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
    ...(moment && { PGOPTIONS: [env.PGOPTIONS, momentOption(moment)].filter(Boolean).join(' ') }),
    ...(caFile ? { PGSSLMODE: 'verify-full', PGSSLROOTCERT: machine.ca_file } : { PGSSLMODE: 'require' }),
  }
}
