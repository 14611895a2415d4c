import { type Command, Option } from 'commander'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { ProjectListItemShape, ProjectShape } from '../contract/shapes.ts'
import type { CallParts, Client } from './client.ts'
import { addCommand, type Context, wholeNumber } from './command.ts'
import { CliError, usageError } from './errors.ts'
import { ago, duration, plain } from './format.ts'
import type { Io } from './output.ts'
import { allProjects, endpointsOf, resolveProject } from './resolve.ts'
import type { System } from './system.ts'
import { waitForOperations } from './wait.ts'

type CreateOptions = {
  name?: string
  pgVersion?: number
  database?: string
  role?: string
  suspendAfter?: number
  wait: boolean
}

export function addProjects(program: Command, io: Io, system: System): void {
  const projects = program.command('projects').description('create, list, rename and delete projects')

  addCommand(projects, io, system, {
    usage: 'list',
    summary: 'list all projects, newest first',
    example: 'pilotlight projects list',
    run: list,
  })

  addCommand<CreateOptions>(projects, io, system, {
    usage: 'create',
    summary: 'create a project with its endpoint, role and database',
    details: 'Waits until its database accepts connections, and prints the connection string.',
    example: 'pilotlight projects create --name shop\npilotlight projects create --name shop --pg-version 18',
    options: [
      new Option('--name <name>', 'its name (default: its id)'),
      new Option('--pg-version <major>', 'Postgres version; see pilotlight postgres list').argParser(
        wholeNumber(14, 18),
      ),
      new Option('--database <name>', 'name of its first database (default: neondb)'),
      new Option('--role <name>', 'name of its first role (default: <database>_owner)'),
      new Option('--suspend-after <seconds>', 'idle time until it is suspended; -1: never').argParser(
        wholeNumber(-1, limits.suspendTimeoutMaxSeconds),
      ),
      new Option('--no-wait', 'return at once; the database comes up behind'),
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

  addCommand<{ yes?: boolean }>(projects, io, system, {
    usage: 'delete <project>',
    summary: 'delete a project with all of its data',
    example: 'pilotlight projects delete shop',
    options: [new Option('-y, --yes', 'do not ask; needed where nobody can answer')],
    run: remove,
  })
}

async function list({ client, out, json, system }: Context): Promise<void> {
  const all = await allProjects(await client())
  if (json) return out.json(all)
  const now = system.clock.now()
  out.table(
    ['ID', 'NAME', 'POSTGRES', 'CREATED'],
    all.map(project => [project.id, project.name, String(project.pg_version), ago(project.created_at, now)]),
    'There is no project yet. Make one: pilotlight projects create --name shop',
  )
}

async function create(context: Context, _args: string[], options: CreateOptions): Promise<void> {
  const { out, json, system, self } = context
  const client = await context.client()
  const created = await client.call(routes.createProject, { body: createBody(options) })
  const { project } = created
  if (options.wait) {
    out.progress(`${project.id} is made …`)
    created.operations = await waitForOperations(client, created.operations, out, system.clock).catch(
      (error: unknown) => {
        if (!(error instanceof CliError)) throw error
        throw new CliError({
          code: error.code,
          message: `project ${project.id} was created, but ${error.message}`,
          remedy: error.remedy,
          requestId: error.requestId,
          exitCode: error.exitCode,
          cause: error,
        })
      },
    )
  }
  if (json) return out.json(created)

  const [connection] = created.connection_uris
  const name = await handyName(client, project)
  out.line(`Project    ${shownName(project)}, Postgres ${project.pg_version}`)
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
  out.line(options.wait ? 'Next:' : 'The database comes up now; whoever connects waits for it. Next:')
  out.line(`  ${self} psql ${name}`)
  out.line(`  export DATABASE_URL=$(${self} connection-string ${name})`)
}

function createBody(options: CreateOptions): CallParts<typeof routes.createProject>['body'] {
  const { name, pgVersion, database, role, suspendAfter } = options
  const branch = {
    ...(database !== undefined && { database_name: database }),
    ...(role !== undefined && { role_name: role }),
  }
  return {
    project: {
      ...(name !== undefined && { name }),
      ...(pgVersion !== undefined && { pg_version: pgVersion }),
      ...(Object.keys(branch).length > 0 && { branch }),
      ...(suspendAfter !== undefined && {
        default_endpoint_settings: { suspend_timeout_seconds: suspendAfter },
      }),
    },
  }
}

/** What to call the project in the commands that we suggest: its name, if that is enough and needs no quotes. */
async function handyName(client: Client, project: ProjectShape): Promise<string> {
  if (!/^[\w][\w.-]*$/.test(project.name)) return project.id
  const same = (await allProjects(client, project.name)).filter(other => other.name === project.name)
  return same.length === 1 ? project.name : project.id
}

async function get(context: Context, [text]: string[]): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const { project } = await client.call(routes.getProject, { params: { project_id: id } })
  if (json) return out.json(project)
  const endpoints = await endpointsOf(client, id)
  const now = system.clock.now()
  out.line(`Project    ${shownName(project)}`)
  out.line(`Postgres   ${project.pg_version}`)
  out.line(`Created    ${ago(project.created_at, now)} (${project.created_at})`)
  out.line(`Suspend    ${suspendText(project.default_endpoint_settings.suspend_timeout_seconds)}`)
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

async function remove(context: Context, [text]: string[], options: { yes?: boolean }): Promise<void> {
  const client = await context.client()
  const found = await resolveProject(client, text)
  if (!options.yes) await confirmDelete(context, found)
  const { project } = await client.call(routes.deleteProject, { params: { project_id: found.id } })
  if (context.json) return context.out.json(project)
  context.out.line(`Project ${shownName(project)} is deleted.`)
}

async function confirmDelete({ out }: Context, project: ProjectListItemShape): Promise<void> {
  const answer = await out.ask(`Delete project ${shownName(project)} with all of its data? Type yes: `)
  if (answer === undefined) {
    throw usageError(
      `project ${project.id} is not deleted: there is nobody to ask`,
      'Add --yes to delete it, with all of its data.',
    )
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError(`project ${project.id} is not deleted`)
}

function shownName({ id, name }: { id: string; name: string }): string {
  return name === id ? id : `${plain(name)} (${id})`
}
