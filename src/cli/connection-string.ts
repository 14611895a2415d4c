import { type Command, Option } from 'commander'
import { connectionStringWithOptions } from '../contract/connection-string.ts'
import * as routes from '../contract/routes/index.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import type { Io } from './output.ts'
import type { System } from './system.ts'
import { findTarget, passwordOf, type Target } from './target.ts'

type ConnectionOptions = {
  database?: string
  role?: string
  endpoint?: string
  pooled?: boolean
  optionsForm?: boolean
}

export const targetFlags = (): Option[] => [
  new Option('--database <name>', 'database (default: neondb, or the only one)'),
  new Option('--role <name>', 'role (default: the owner of the database)'),
  new Option('--endpoint <id>', 'endpoint (default: that of the default branch)'),
]

export function addConnectionString(program: Command, io: Io, system: System): void {
  addCommand<ConnectionOptions>(program, io, system, {
    usage: 'connection-string [project]',
    summary: 'print the connection string of a project, and nothing else',
    details: 'Without a project: the only one there is.',
    example:
      'export DATABASE_URL=$(pilotlight connection-string shop)\npilotlight connection-string shop --database blog --pooled',
    options: [
      ...targetFlags(),
      new Option('--pooled', 'through the connection pool'),
      new Option('--options-form', 'for clients without SNI, and where host names do not resolve'),
    ],
    run: print,
  })
}

async function print(context: Context, [text]: string[], options: ConnectionOptions): Promise<void> {
  const client = await context.client()
  const target = await findTarget(client, text, options)
  const pooled = options.pooled ?? false
  const uri = options.optionsForm
    ? await uriWithOptions(client, target, pooled)
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
      endpoint_id: target.endpoint.id,
      branch_id: target.endpoint.branch_id,
      pooled: pooled ? 'true' : 'false',
    },
  })
  return uri
}

async function uriWithOptions(client: Client, target: Target, pooled: boolean): Promise<string> {
  const machine = await client.call(routes.getMachine, {})
  const password = await passwordOf(client, target)
  return connectionStringWithOptions(
    {
      endpointId: target.endpoint.id,
      hostSuffix: machine.host_suffix,
      port: machine.pg_port,
      role: target.role,
      database: target.database,
      password,
      pooled,
    },
    machine.pg_address,
  )
}
