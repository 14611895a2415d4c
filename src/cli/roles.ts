import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import { type ConfirmOptions, confirm, yesFlag } from './confirm.ts'
import { ago, plain } from './format.ts'
import type { Io } from './output.ts'
import { type BranchFlag, branchFlag, branchParams } from './resolve-branch.ts'
import type { System } from './system.ts'
import { noWaitFlag, waitForOperations } from './wait.ts'

type CreateOptions = BranchFlag & { login: boolean; wait: boolean }

export function addRoles(program: Command, io: Io, system: System): void {
  const roles = program.command('roles').description('list, create and delete roles; their passwords')

  addCommand<BranchFlag>(roles, io, system, {
    usage: 'list [project]',
    summary: 'list the roles of a branch',
    example: 'pilotlight roles list shop\npilotlight roles list shop --branch dev',
    options: [branchFlag()],
    run: list,
  })

  addCommand<CreateOptions>(roles, io, system, {
    usage: 'create <project> <role>',
    summary: 'make a role, and print its password',
    details:
      'Standard output is the password and nothing else. The role may create roles and databases, and read and write all data, as at Neon; with --no-login it is a group without rights of its own, and there is no password.',
    example: 'pilotlight roles create shop reporting\npilotlight roles create shop staff --no-login',
    options: [branchFlag(), new Option('--no-login', 'a group: nobody can log in as it'), noWaitFlag()],
    run: create,
  })

  addCommand<BranchFlag & ConfirmOptions>(roles, io, system, {
    usage: 'delete <project> <role>',
    summary: 'delete a role; what it owns goes to the owners of the databases in which it is',
    details: 'A role that owns databases is not deleted: give them to another one, or delete them, first.',
    example: 'pilotlight roles delete shop reporting',
    options: [branchFlag(), yesFlag()],
    run: remove,
  })

  addCommand<BranchFlag>(roles, io, system, {
    usage: 'reset-password <project> <role>',
    summary: 'give a role a new password, and print it',
    details:
      'Standard output is the password and nothing else. The old one is valid until the command returns.',
    example: 'pilotlight roles reset-password shop neondb_owner',
    options: [branchFlag()],
    run: reset,
  })

  addCommand<BranchFlag>(roles, io, system, {
    usage: 'reveal-password <project> <role>',
    summary: 'print the password of a role',
    details: 'Standard output is the password and nothing else.',
    example: 'pilotlight roles reveal-password shop neondb_owner',
    options: [branchFlag()],
    run: reveal,
  })
}

async function list(context: Context, [text]: string[], options: BranchFlag): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const { roles } = await client.call(routes.listRoles, { params })
  if (json) return out.json(roles)
  const now = system.clock.now()
  out.table(
    ['NAME', 'LOGIN', 'CREATED', 'CHANGED'],
    roles.map(role => [
      role.name,
      role.authentication_method === 'no_login' ? 'no' : 'by password',
      ago(role.created_at, now),
      ago(role.updated_at, now),
    ]),
    'This branch has no role.',
  )
}

async function create(context: Context, [text, name]: string[], options: CreateOptions): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const reply = await client.call(routes.createRole, {
    params,
    body: { role: { name: name!, ...(!options.login && { no_login: true }) } },
  })
  // First, as at a reset. Where the project stores no passwords it is never shown again.
  if (!json && reply.role.password !== undefined) out.line(reply.role.password)
  if (options.wait) reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  if (reply.role.password === undefined) out.line(`Role ${plain(name!)} is made.`)
}

async function remove(
  context: Context,
  [text, name]: string[],
  options: BranchFlag & ConfirmOptions,
): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  await confirm(context, options, {
    question: `Delete role ${plain(name!)}? Its sessions end, and what it owns goes to the owners of the databases.`,
    unchanged: `role ${plain(name!)} is not deleted`,
    withYes: 'delete it',
  })
  const reply = await client.call(routes.deleteRole, { params: { ...params, role_name: name! } })
  reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  out.line(`Role ${plain(name!)} is deleted.`)
}

async function reset(context: Context, [text, role]: string[], options: BranchFlag): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const reply = await client.call(routes.resetPassword, { params: { ...params, role_name: role! } })
  // The new one is written first: whatever happens to the operations, it is not shown again by itself.
  if (!json) out.line(reply.role.password)
  reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) out.json(reply)
}

async function reveal(context: Context, [text, role]: string[], options: BranchFlag): Promise<void> {
  const { client, params } = await branchParams(context, text, options)
  const reply = await client.call(routes.revealPassword, { params: { ...params, role_name: role! } })
  if (context.json) return context.out.json(reply)
  context.out.line(reply.password)
}
