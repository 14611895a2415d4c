import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import { type ConfirmOptions, confirm, yesFlag } from './confirm.ts'
import { usageError } from './errors.ts'
import { ago, plain } from './format.ts'
import type { Io } from './output.ts'
import { type BranchFlag, branchFlag, branchParams } from './resolve-branch.ts'
import type { System } from './system.ts'
import { noWaitFlag, waitForOperations } from './wait.ts'

type OwnerFlag = { owner?: string }
type WaitFlag = { wait: boolean }

export function addDatabases(program: Command, io: Io, system: System): void {
  const databases = program.command('databases').description('list, create, change and delete databases')

  addCommand<BranchFlag>(databases, io, system, {
    usage: 'list [project]',
    summary: 'list the databases of a branch',
    example: 'pilotlight databases list shop\npilotlight databases list shop --branch dev',
    options: [branchFlag()],
    run: list,
  })

  addCommand<BranchFlag & OwnerFlag & WaitFlag>(databases, io, system, {
    usage: 'create <project> <database>',
    summary: 'make a database',
    example: 'pilotlight databases create shop reports --owner reporting',
    options: [
      branchFlag(),
      new Option('--owner <role>', 'who owns it (default: the owner of the branch’s first database)'),
      noWaitFlag(),
    ],
    run: create,
  })

  addCommand<BranchFlag & WaitFlag>(databases, io, system, {
    usage: 'rename <project> <database> <name>',
    summary: 'give a database another name; open sessions in it end',
    example: 'pilotlight databases rename shop reports reports_2026',
    options: [branchFlag(), noWaitFlag()],
    run: (context, [text, database, name], options) =>
      update(context, text, database!, { name: name! }, options),
  })

  addCommand<BranchFlag & WaitFlag>(databases, io, system, {
    usage: 'set-owner <project> <database> <role>',
    summary: 'give a database to another role',
    example: 'pilotlight databases set-owner shop reports reporting',
    options: [branchFlag(), noWaitFlag()],
    run: (context, [text, database, role], options) =>
      update(context, text, database!, { owner_name: role! }, options),
  })

  addCommand<BranchFlag & ConfirmOptions>(databases, io, system, {
    usage: 'delete <project> <database>',
    summary: 'delete a database and all that is in it',
    example: 'pilotlight databases delete shop reports',
    options: [branchFlag(), yesFlag()],
    run: remove,
  })
}

async function list(context: Context, [text]: string[], options: BranchFlag): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const { databases } = await client.call(routes.listDatabases, { params })
  if (json) return out.json(databases)
  const now = system.clock.now()
  out.table(
    ['NAME', 'OWNER', 'CREATED', 'CHANGED'],
    databases.map(database => [
      ...[database.name, database.owner_name],
      ...[ago(database.created_at, now), ago(database.updated_at, now)],
    ]),
    'This branch has no database.',
  )
}

async function create(
  context: Context,
  [text, name]: string[],
  options: BranchFlag & OwnerFlag & WaitFlag,
): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const owner =
    options.owner ?? (await client.call(routes.listDatabases, { params })).databases[0]?.owner_name
  if (owner === undefined) throw usageError('the branch has no database yet', 'Name the owner by --owner.')
  const reply = await client.call(routes.createDatabase, {
    params,
    body: { database: { name: name!, owner_name: owner } },
  })
  if (options.wait) reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  out.line(`Database ${plain(name!)} of ${plain(owner)} is made.`)
}

async function update(
  context: Context,
  text: string | undefined,
  database: string,
  wanted: { name: string } | { owner_name: string },
  options: BranchFlag & WaitFlag,
): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const reply = await client.call(routes.updateDatabase, {
    params: { ...params, database_name: database },
    body: { database: wanted },
  })
  if (options.wait) reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  out.line(
    'name' in wanted
      ? `Database ${plain(database)} is now ${plain(wanted.name)}.`
      : `Database ${plain(database)} belongs to ${plain(wanted.owner_name)} now.`,
  )
}

async function remove(
  context: Context,
  [text, name]: string[],
  options: BranchFlag & ConfirmOptions,
): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  await confirm(context, options, {
    question: `Delete database ${plain(name!)} and all that is in it?`,
    unchanged: `database ${plain(name!)} is not deleted`,
    withYes: 'delete it',
  })
  const reply = await client.call(routes.deleteDatabase, { params: { ...params, database_name: name! } })
  reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  out.line(`Database ${plain(name!)} is deleted.`)
}
