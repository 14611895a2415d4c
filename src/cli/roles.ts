import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import { ago } from './format.ts'
import type { Io } from './output.ts'
import { resolveProject } from './resolve.ts'
import { branchOfProject } from './resolve-branch.ts'
import type { System } from './system.ts'
import { waitForOperations } from './wait.ts'

type BranchFlag = { branch?: string }

const branchFlag = (): Option => new Option('--branch <branch>', 'branch (default: the default branch)')

export function addRoles(program: Command, io: Io, system: System): void {
  const roles = program.command('roles').description('list roles, show and reset their passwords')

  addCommand<BranchFlag>(roles, io, system, {
    usage: 'list [project]',
    summary: 'list the roles of a branch',
    example: 'pilotlight roles list shop\npilotlight roles list shop --branch dev',
    options: [branchFlag()],
    run: list,
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

async function branchParams(context: Context, text: string | undefined, options: BranchFlag) {
  const client = await context.client()
  const project = await resolveProject(client, text)
  const branch = await branchOfProject(client, project.id, options.branch)
  return { client, params: { project_id: project.id, branch_id: branch.id } }
}

async function list(context: Context, [text]: string[], options: BranchFlag): Promise<void> {
  const { out, json, system } = context
  const { client, params } = await branchParams(context, text, options)
  const { roles } = await client.call(routes.listRoles, { params })
  if (json) return out.json(roles)
  const now = system.clock.now()
  out.table(
    ['NAME', 'CREATED', 'CHANGED'],
    roles.map(role => [role.name, ago(role.created_at, now), ago(role.updated_at, now)]),
    'This branch has no role.',
  )
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
