import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context, suspendAfterFlag } from './command.ts'
import { type ConfirmOptions, confirm, yesFlag } from './confirm.ts'
import { usageError } from './errors.ts'
import { plain } from './format.ts'
import type { Io } from './output.ts'
import { resolveProject } from './resolve.ts'
import { type BranchFlag, branchFlag, branchOfProject } from './resolve-branch.ts'
import { resolveEndpoint } from './resolve-endpoint.ts'
import type { System } from './system.ts'
import { noWaitFlag, waitForCreation, waitForOperations } from './wait.ts'

type Settings = { name?: string; suspendAfter?: number }
type CreateOptions = BranchFlag & Settings & { wait: boolean }
type UpdateOptions = BranchFlag & Settings & { enable?: boolean; disable?: boolean; wait: boolean }

export const endpointNames = 'An endpoint is named by its id, its host name, or its project and branch.'

export const endpointBranchFlag = (): Option =>
  new Option('--branch <branch>', 'its branch, where a project is named that has several endpoints')

export function addEndpointChanges(endpoints: Command, io: Io, system: System): void {
  addCommand<CreateOptions>(endpoints, io, system, {
    usage: 'create [project]',
    summary: 'give a branch an endpoint: an address of its own',
    details: 'A branch has one endpoint that reads and writes. Waits until it accepts connections.',
    example: 'pilotlight endpoints create shop --branch dev',
    options: [
      branchFlag('of which branch'),
      new Option('--name <name>', 'a name for people'),
      suspendAfterFlag(),
      noWaitFlag(),
    ],
    run: create,
  })

  addCommand<UpdateOptions>(endpoints, io, system, {
    usage: 'update <endpoint>',
    summary: 'change when an endpoint is suspended, its name, and whether clients may connect',
    details: endpointNames,
    example:
      'pilotlight endpoints update shop --branch dev --suspend-after 60\npilotlight endpoints update ep-cool-dew-12345678 --disable',
    options: [
      endpointBranchFlag(),
      new Option('--name <name>', 'a name for people'),
      suspendAfterFlag(),
      new Option('--disable', 'nobody can connect; open sessions end'),
      new Option('--enable', 'clients can connect again').conflicts('disable'),
      noWaitFlag(),
    ],
    run: update,
  })

  addCommand<BranchFlag & ConfirmOptions>(endpoints, io, system, {
    usage: 'delete <endpoint>',
    summary: 'delete an endpoint; its branch keeps its data, its host name is gone',
    details: endpointNames,
    example: 'pilotlight endpoints delete ep-cool-dew-12345678',
    options: [endpointBranchFlag(), yesFlag()],
    run: remove,
  })
}

async function create(context: Context, [text]: string[], options: CreateOptions): Promise<void> {
  const { out, json, self } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const branch = await branchOfProject(client, project.id, options.branch)
  const reply = await client.call(routes.createEndpoint, {
    params: { project_id: project.id },
    body: { endpoint: { branch_id: branch.id, type: 'read_write', ...settingsOf(options) } },
  })
  if (options.wait) {
    const made = `endpoint ${reply.endpoint.id}`
    reply.operations = await waitForCreation(context, client, made, reply.operations)
  }
  if (json) return out.json(reply)
  out.line(`Endpoint   ${reply.endpoint.host} of branch ${plain(branch.name)}`)
  out.line()
  out.line(`Next: ${self} psql ${project.id} --branch ${branch.id}`)
}

async function update(context: Context, [text]: string[], options: UpdateOptions): Promise<void> {
  const { out, json, system } = context
  const wanted = {
    ...settingsOf(options),
    ...(options.disable && { disabled: true }),
    ...(options.enable && { disabled: false }),
  }
  if (Object.keys(wanted).length === 0) {
    throw usageError('there is nothing to change', 'Add --suspend-after 60, --name, --disable or --enable.')
  }
  const client = await context.client()
  const { id, project_id } = await resolveEndpoint(client, text, options.branch)
  const reply = await client.call(routes.updateEndpoint, {
    params: { project_id, endpoint_id: id },
    body: { endpoint: wanted },
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  }
  if (json) return out.json(reply)
  out.line(`Endpoint ${id} is changed.`)
}

function settingsOf({ name, suspendAfter }: Settings): { name?: string; suspend_timeout_seconds?: number } {
  return {
    ...(name !== undefined && { name }),
    ...(suspendAfter !== undefined && { suspend_timeout_seconds: suspendAfter }),
  }
}

async function remove(
  context: Context,
  [text]: string[],
  options: BranchFlag & ConfirmOptions,
): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id, project_id, host } = await resolveEndpoint(client, text, options.branch)
  await confirm(context, options, {
    question: `Delete endpoint ${host}? Its sessions end, and its host name does not come back.`,
    unchanged: `endpoint ${id} is not deleted`,
    withYes: 'delete it',
  })
  const reply = await client.call(routes.deleteEndpoint, { params: { project_id, endpoint_id: id } })
  reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json(reply)
  out.line(`Endpoint ${id} is deleted.`)
}
