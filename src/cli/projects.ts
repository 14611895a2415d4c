import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { windowText } from './branches/history.ts'
import type { CallParts, Client } from './client.ts'
import { addCommand, type Context, suspendAfterFlag, wholeNumber } from './command.ts'
import { CliError, usageError } from './errors.ts'
import { ago, duration, plain } from './format.ts'
import { type DirectorySource, directorySource } from './import-source.ts'
import { historyWindow } from './moment.ts'
import type { Io } from './output.ts'
import { addProjectDeletion } from './project-deletion.ts'
import { shownProject } from './project-name.ts'
import { allProjects, endpointsOf, handyName, resolveProject } from './resolve.ts'
import type { System } from './system.ts'
import { noWaitFlag, waitForCreation, waitForOperations } from './wait.ts'

type ListOptions = { recoverable?: boolean }
type CreateOptions = {
  name?: string
  pgVersion?: number
  database?: string
  role?: string
  suspendAfter?: number
  history?: number
  fromDirectory?: string
  wait: boolean
}
type UpdateOptions = { name?: string; history?: number; suspendAfter?: number; wait: boolean }

const historyFlag = (): Option =>
  new Option(
    '--history <duration>',
    'how far back its branches can be opened: 12h, 7d; 0: not at all (default: 1d)',
  ).argParser(historyWindow)

export function addProjects(program: Command, io: Io, system: System): void {
  const projects = program.command('projects').description('create, list, change and delete projects')

  addCommand<ListOptions>(projects, io, system, {
    usage: 'list',
    summary: 'list all projects, newest first',
    example: 'pilotlight projects list\npilotlight projects list --recoverable',
    options: [new Option('--recoverable', 'those that were deleted and can be recovered, instead')],
    run: list,
  })

  addCommand<CreateOptions>(projects, io, system, {
    usage: 'create',
    summary: 'create a project with its endpoint, role and database',
    details: 'Waits until its database accepts connections, and prints the connection string.',
    example:
      'pilotlight projects create --name shop\npilotlight projects create --name shop --pg-version 18 --history 7d\npilotlight projects create --name old --from-directory /var/lib/postgresql/17/main',
    options: [
      new Option('--name <name>', 'its name (default: its id)'),
      new Option('--pg-version <major>', 'Postgres version; see pilotlight postgres list').argParser(
        wholeNumber(14, 18),
      ),
      new Option('--database <name>', 'name of its first database (default: neondb)'),
      new Option('--role <name>', 'name of its first role (default: <database>_owner)'),
      suspendAfterFlag(),
      historyFlag(),
      new Option(
        '--from-directory <directory>',
        'begin as a data directory of Postgres that was shut down',
      ).conflicts(['database', 'role']),
      noWaitFlag('the database comes up behind'),
    ],
    run: create,
  })

  addCommand(projects, io, system, {
    usage: 'get <project>',
    summary: 'show one project',
    example: 'pilotlight projects get shop',
    run: get,
  })

  addCommand(projects, io, system, {
    usage: 'rename <project> <name>',
    summary: 'give a project another name; its endpoints keep theirs',
    example: 'pilotlight projects rename shop store',
    run: rename,
  })

  addCommand<UpdateOptions>(projects, io, system, {
    usage: 'update <project>',
    summary: 'change how far back its branches can be opened, and when its computes are suspended',
    details:
      'A shorter history lets go of what is older, some time later; a longer one begins to grow from now on. --suspend-after is for endpoints that are made from now on.',
    example: 'pilotlight projects update shop --history 7d',
    options: [new Option('--name <name>', 'its name'), historyFlag(), suspendAfterFlag(), noWaitFlag()],
    run: update,
  })

  addProjectDeletion(projects, io, system)
}

async function list(
  { client, out, json, system }: Context,
  _args: string[],
  { recoverable = false }: ListOptions,
): Promise<void> {
  const all = await allProjects(await client(), undefined, { recoverable })
  if (json) return out.json(all)
  const now = system.clock.now()
  const row = ({ id, name, pg_version, created_at }: (typeof all)[number]) => [
    ...[id, name, String(pg_version), ago(created_at, now)],
  ]
  if (recoverable) {
    return out.table(
      ['ID', 'NAME', 'POSTGRES', 'CREATED', 'UNTIL'],
      all.map(project => [...row(project), project.recoverable_until ?? '']),
      'No project was deleted that could be recovered.',
    )
  }
  out.table(
    ['ID', 'NAME', 'POSTGRES', 'CREATED'],
    all.map(row),
    'There is no project yet. Make one: pilotlight projects create --name shop',
  )
}

async function createFrom(
  context: Context,
  client: Client,
  options: CreateOptions,
  source: DirectorySource | undefined,
) {
  try {
    const created = await client.call(routes.createProject, { body: createBody(options, source?.name) })
    if (!options.wait) return created
    const made = `project ${created.project.id}`
    created.operations = await waitForCreation(context, client, made, created.operations)
    await source?.release()
    return created
  } catch (error) {
    // Where only the wait was given up, the server may still read it.
    if (!(error instanceof CliError) || error.code !== 'operation_unfinished') await source?.release()
    throw error
  }
}

async function create(context: Context, _args: string[], options: CreateOptions): Promise<void> {
  const { out, json, self } = context
  const client = await context.client()
  const source = await directorySource(context, options.fromDirectory)
  const created = await createFrom(context, client, options, source)
  const { project } = created
  if (json) return out.json(created)

  const [connection] = created.connection_uris
  const name = await handyName(client, project)
  out.line(`Project    ${shownProject(project)}, Postgres ${project.pg_version}`)
  for (const endpoint of created.endpoints) out.line(`Endpoint   ${endpoint.host}`)
  if (connection) {
    const { database, role } = connection.connection_parameters
    out.line(`Database   ${database}, role ${role}`)
    out.line(`Connect    ${connection.connection_uri}`)
    if (connection.connection_uri.includes('options=endpoint')) {
      out.line(
        '           (its host name does not resolve on this machine, so the endpoint stands in the options)',
      )
    }
  }
  out.line()
  if (source) {
    out.line(
      'Its roles and databases are those of the directory, and their passwords too; we do not know them.',
    )
    if (!options.wait) out.line(source.leftover)
    out.line('Next:')
    out.line(`  ${self} roles list ${name}`)
    out.line(`  ${self} roles reset-password ${name} <role>`)
    return
  }
  out.line(options.wait ? 'Next:' : 'The database comes up now; whoever connects waits for it. Next:')
  out.line(`  ${self} psql ${name}`)
  out.line(`  export DATABASE_URL=$(${self} connection-string ${name})`)
}

function createBody(
  options: CreateOptions,
  directory: string | undefined,
): CallParts<typeof routes.createProject>['body'] {
  const { name, pgVersion, database, role, suspendAfter, history } = options
  const branch = {
    ...(database !== undefined && { database_name: database }),
    ...(role !== undefined && { role_name: role }),
  }
  return {
    project: {
      ...(name !== undefined && { name }),
      ...(pgVersion !== undefined && { pg_version: pgVersion }),
      ...(Object.keys(branch).length > 0 && { branch }),
      ...(history !== undefined && { history_retention_seconds: history }),
      ...(directory !== undefined && { pilotlight_import: { directory } }),
      ...(suspendAfter !== undefined && {
        default_endpoint_settings: { suspend_timeout_seconds: suspendAfter },
      }),
    },
  }
}

async function get(context: Context, [text]: string[]): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const { project } = await client.call(routes.getProject, { params: { project_id: id } })
  if (json) return out.json(project)
  const endpoints = await endpointsOf(client, id)
  const now = system.clock.now()
  out.line(`Project    ${shownProject(project)}`)
  out.line(`Postgres   ${project.pg_version}`)
  out.line(`Created    ${ago(project.created_at, now)} (${project.created_at})`)
  out.line(`Suspend    ${suspendText(project.default_endpoint_settings.suspend_timeout_seconds)}`)
  out.line(`History    ${windowText(project.history_retention_seconds)}`)
  for (const endpoint of endpoints) out.line(`Endpoint   ${endpoint.host} (${endpoint.current_state})`)
}

function suspendText(seconds: number | undefined): string {
  if (seconds === -1) return 'never'
  return seconds
    ? `after ${duration(seconds * 1000)} without work`
    : 'after the idle time of this installation'
}

async function rename(context: Context, [text, name]: string[]): Promise<void> {
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const { project } = await client.call(routes.updateProject, {
    params: { project_id: id },
    body: { project: { name: name! } },
  })
  if (context.json) return context.out.json(project)
  context.out.line(`Project ${project.id} is now called ${plain(project.name)}.`)
}

async function update(context: Context, [text]: string[], options: UpdateOptions): Promise<void> {
  const { name, history, suspendAfter } = options
  if (name === undefined && history === undefined && suspendAfter === undefined) {
    throw usageError('there is nothing to change', 'Add --history 7d, --suspend-after 600 or --name store.')
  }
  const { out, json, system } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const reply = await client.call(routes.updateProject, {
    params: { project_id: id },
    body: {
      project: {
        ...(name !== undefined && { name }),
        ...(history !== undefined && { history_retention_seconds: history }),
        ...(suspendAfter !== undefined && {
          default_endpoint_settings: { suspend_timeout_seconds: suspendAfter },
        }),
      },
    },
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  }
  if (json) return out.json(reply)
  const { project } = reply
  out.line(`Project    ${shownProject(project)}`)
  out.line(`History    ${windowText(project.history_retention_seconds)}`)
  out.line(`Suspend    ${suspendText(project.default_endpoint_settings.suspend_timeout_seconds)}`)
}
