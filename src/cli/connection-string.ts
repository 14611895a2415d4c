import { type Command, Option } from 'commander'
import { connectionString, connectionStringWithOptions } from '../contract/connection-string.ts'
import * as routes from '../contract/routes/index.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import { type MomentParts, momentOf } from './moment.ts'
import type { Io } from './output.ts'
import { branchFlag } from './resolve-branch.ts'
import type { System } from './system.ts'
import { findTarget, passwordOf, type Target } from './target.ts'

type ConnectionOptions = TargetFlags & {
  pooled?: boolean
  optionsForm?: boolean
}

export type TargetFlags = {
  branch?: string
  database?: string
  role?: string
  endpoint?: string
  at?: string
}

export const targetFlags = (): Option[] => [
  branchFlag(),
  new Option('--database <name>', 'database (default: neondb, or the only one)'),
  new Option('--role <name>', 'role (default: the owner of the database)'),
  new Option('--endpoint <id>', 'endpoint (default: that of the branch)'),
  new Option(
    '--at <moment>',
    'the branch as it was then, to read only: a time, an LSN, or how long ago (10m)',
  ),
]

export function addConnectionString(program: Command, io: Io, system: System): void {
  addCommand<ConnectionOptions>(program, io, system, {
    usage: 'connection-string [project]',
    summary: 'print the connection string of a project, and nothing else',
    details: 'Without a project: the only one there is.',
    example:
      'export DATABASE_URL=$(pilotlight connection-string shop)\npilotlight connection-string shop --database blog --pooled\npilotlight connection-string shop --branch dev --at 2h',
    options: [
      ...targetFlags(),
      new Option('--pooled', 'through the connection pool').conflicts('at'),
      new Option('--options-form', 'for clients without SNI, and where host names do not resolve'),
    ],
    run: print,
  })
}

async function print(context: Context, [text]: string[], options: ConnectionOptions): Promise<void> {
  const client = await context.client()
  const target = await findTarget(client, text, options)
  const pooled = options.pooled ?? false
  const moment = options.at === undefined ? undefined : momentOf(context, options.at)
  const uri =
    options.optionsForm || moment
      ? await uriWithOptions(client, target, { pooled, moment, optionsForm: options.optionsForm ?? false })
      : await uriOfServer(client, target, pooled)
  if (context.json) return context.out.json({ uri })
  context.out.line(uri)
}

/** The server knows whether its host names resolve, and writes the string accordingly. */
async function uriOfServer(client: Client, target: Target, pooled: boolean): Promise<string> {
  const { uri } = await client.call(routes.getConnectionUri, {
    params: { project_id: target.projectId },
    query: {
      database_name: target.database,
      role_name: target.role,
      endpoint_id: target.endpointId,
      branch_id: target.branchId,
      pooled: pooled ? 'true' : 'false',
    },
  })
  return uri
}

async function uriWithOptions(
  client: Client,
  target: Target,
  { pooled, moment, optionsForm }: { pooled: boolean; moment: MomentParts | undefined; optionsForm: boolean },
): Promise<string> {
  const machine = await client.call(routes.getMachine, {})
  const password = await passwordOf(client, target)
  const details = {
    endpointId: target.endpointId,
    hostSuffix: machine.host_suffix,
    port: machine.pg_port,
    role: target.role,
    database: target.database,
    password,
    pooled,
  }
  const byOptions = optionsForm || !machine.hosts_resolve
  const uri = byOptions ? connectionStringWithOptions(details, machine.pg_address) : connectionString(details)
  if (!moment) return uri
  return `${uri}${byOptions ? '%20' : '&options='}${encodeURIComponent(momentOption(moment))}`
}

/** As the proxy reads it in a client's options. */
export function momentOption(moment: MomentParts): string {
  return 'lsn' in moment ? `neon_lsn:${moment.lsn}` : `neon_timestamp:${moment.timestamp}`
}
