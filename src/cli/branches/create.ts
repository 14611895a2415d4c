import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { CallParts } from '../client.ts'
import { addCommand, type Context, suspendAfterFlag } from '../command.ts'
import { usageError } from '../errors.ts'
import { type MomentParts, momentOf, readExpiry } from '../moment.ts'
import type { Io } from '../output.ts'
import { openPsql } from '../psql.ts'
import { handyName, isPlainWord, resolveProject } from '../resolve.ts'
import { branchOfProject } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForCreation } from '../wait.ts'
import { shownBranch } from './list.ts'

type CreateOptions = {
  name?: string
  parent?: string
  at?: string
  schemaOnly?: boolean
  protected?: boolean
  expiresAt?: string
  ttl?: string
  endpoint: boolean
  suspendAfter?: number
  psql?: boolean
  wait: boolean
}

export function addBranchCreate(branches: Command, io: Io, system: System): void {
  addCommand<CreateOptions>(branches, io, system, {
    usage: 'create [project]',
    summary: 'branch off the default branch or another, from now or a past moment',
    details:
      'The branch has all data, roles and passwords of its parent, and an endpoint of its own; a protected parent gives its children new passwords. ' +
      'Waits until its database accepts connections, and prints the connection string.\n\n' +
      '--at takes a time (2026-11-25T10:00:00Z), an LSN (0/1DE2850), or how long ago (10m, "2 hours ago"), reckoned from the clock of this machine.',
    example:
      'pilotlight branches create shop --name dev\npilotlight branches create shop --name before-the-mistake --at 10m\npilotlight branches create shop --name ci-42 --parent dev --ttl 2h --psql',
    options: [
      new Option('--name <name>', 'its name (default: its id)'),
      new Option('--parent <branch>', 'what it is branched off (default: the default branch)'),
      new Option('--at <moment>', 'as its parent was then (default: now)'),
      new Option('--schema-only', 'tables without rows; it has no parent'),
      new Option('--protected', 'it cannot be deleted, reset or restored until that is taken away'),
      new Option('--expires-at <time>', 'deleted by itself then'),
      new Option('--ttl <duration>', 'deleted by itself after 2h, 7d, …').conflicts('expiresAt'),
      new Option('--no-endpoint', 'without an endpoint: nobody can connect yet'),
      suspendAfterFlag(),
      new Option('--psql', 'open psql on it'),
      noWaitFlag('the database comes up behind'),
    ],
    run: create,
  })
}

async function create(context: Context, [text]: string[], options: CreateOptions): Promise<void> {
  if (options.psql && !options.endpoint)
    throw usageError('--psql needs the endpoint that --no-endpoint leaves out')
  if (options.psql && context.json) throw usageError('--psql and --json exclude each other')
  const { out, json, system, self } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const parent =
    options.parent === undefined ? undefined : await branchOfProject(client, project.id, options.parent)
  const moment = options.at === undefined ? undefined : momentOf(context, options.at)
  const created = await client.call(routes.createBranch, {
    params: { project_id: project.id },
    body: createBody(options, parent?.id, moment, system.clock.now()),
  })
  const { branch } = created
  if (options.wait) {
    created.operations = await waitForCreation(context, client, `branch ${branch.id}`, created.operations)
    created.branch = (
      await client.call(routes.getBranch, { params: { project_id: project.id, branch_id: branch.id } })
    ).branch
  }
  if (json) return out.json(created)

  out.line(`Branch     ${shownBranch(branch)}`)
  for (const endpoint of created.endpoints) out.line(`Endpoint   ${endpoint.host}`)
  const [connection] = created.connection_uris ?? []
  if (connection) {
    const { database, role } = connection.connection_parameters
    out.line(`Database   ${database}, role ${role}`)
    out.line(`Connect    ${connection.connection_uri}`)
  }
  const named = isPlainWord(branch.name) ? branch.name : branch.id
  const where = `${await handyName(client, project)} --branch ${named}`
  out.line()
  if (options.psql) return await openPsql(context, client, project.id, { branch: branch.id }, [])
  if (created.endpoints.length === 0) {
    out.line('Nobody can connect to it yet. Next:')
    return out.line(`  ${self} endpoints create ${where}`)
  }
  out.line(options.wait ? 'Next:' : 'The database comes up now; whoever connects waits for it. Next:')
  out.line(`  ${self} psql ${where}`)
  out.line(`  export DATABASE_URL=$(${self} connection-string ${where})`)
}

function createBody(
  options: CreateOptions,
  parentId: string | undefined,
  moment: MomentParts | undefined,
  now: number,
): NonNullable<CallParts<typeof routes.createBranch>['body']> {
  const { name, suspendAfter } = options
  const expiry = options.expiresAt ?? options.ttl
  const expiresAt = expiry === undefined ? null : readExpiry(expiry, now)
  return {
    branch: {
      ...(name !== undefined && { name }),
      ...(parentId !== undefined && { parent_id: parentId }),
      ...(moment && ('lsn' in moment ? { parent_lsn: moment.lsn } : { parent_timestamp: moment.timestamp })),
      ...(options.schemaOnly && { init_source: 'schema-only' }),
      ...(options.protected && { protected: true }),
      ...(expiresAt !== null && { expires_at: expiresAt }),
    },
    ...(options.endpoint && {
      endpoints: [
        {
          type: 'read_write' as const,
          ...(suspendAfter !== undefined && { suspend_timeout_seconds: suspendAfter }),
        },
      ],
    }),
  }
}
