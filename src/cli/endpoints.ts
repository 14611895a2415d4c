import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { EndpointShape } from '../contract/shapes.ts'
import { addCommand, type Context } from './command.ts'
import { addEndpointChanges, endpointBranchFlag, endpointNames } from './endpoint-changes.ts'
import { ago } from './format.ts'
import type { Io } from './output.ts'
import { endpointsOf, resolveProject } from './resolve.ts'
import { type BranchFlag, branchesOf, branchOfProject } from './resolve-branch.ts'
import { resolveEndpoint } from './resolve-endpoint.ts'
import type { System } from './system.ts'
import type { Cell } from './table.ts'
import { noWaitFlag, waitForOperations } from './wait.ts'

const actions = [
  { action: 'start', route: routes.startEndpoint, summary: 'start a compute, without waiting for a client' },
  { action: 'suspend', route: routes.suspendEndpoint, summary: 'suspend a compute; its open sessions end' },
  { action: 'restart', route: routes.restartEndpoint, summary: 'suspend a compute and start it again' },
] as const

export function addEndpoints(program: Command, io: Io, system: System): void {
  const endpoints = program
    .command('endpoints')
    .description('list, create, change, delete, start, suspend and restart endpoints')

  addCommand<BranchFlag>(endpoints, io, system, {
    usage: 'list [project]',
    summary: 'list the endpoints of a project',
    example: 'pilotlight endpoints list shop\npilotlight endpoints list shop --branch dev',
    options: [new Option('--branch <branch>', 'of this branch only')],
    run: list,
  })

  addEndpointChanges(endpoints, io, system)

  for (const { action, route, summary } of actions) {
    addCommand<BranchFlag & { wait: boolean }>(endpoints, io, system, {
      usage: `${action} <endpoint>`,
      summary,
      details: endpointNames,
      example: `pilotlight endpoints ${action} ep-cool-dew-12345678\npilotlight endpoints ${action} shop --branch dev`,
      options: [endpointBranchFlag(), noWaitFlag()],
      run: (context, args, options) => act(context, args, options, route),
    })
  }
}

async function list(context: Context, [text]: string[], options: BranchFlag): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const only =
    options.branch === undefined ? undefined : await branchOfProject(client, project.id, options.branch)
  const all = (await endpointsOf(client, project.id)).filter(
    ({ branch_id }) => only === undefined || branch_id === only.id,
  )
  if (json) return out.json(all)
  const names = new Map((await branchesOf(client, project.id)).map(({ id, name }) => [id, name]))
  const now = system.clock.now()
  out.table(
    ['ID', 'BRANCH', 'STATE', 'TYPE', 'LAST ACTIVE', 'HOST'],
    all.map(endpoint => [
      endpoint.id,
      names.get(endpoint.branch_id) ?? endpoint.branch_id,
      stateCell(endpoint),
      endpoint.type,
      ago(endpoint.last_active, now),
      endpoint.host,
    ]),
    only ? 'This branch has no endpoint.' : 'This project has no endpoint.',
  )
}

async function act(
  context: Context,
  [text]: string[],
  options: BranchFlag & { wait: boolean },
  route: (typeof actions)[number]['route'],
): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id, project_id } = await resolveEndpoint(client, text, options.branch)
  const params = { project_id, endpoint_id: id }
  let { endpoint, operations } = await client.call(route, { params })
  if (options.wait && operations.length > 0) {
    operations = await waitForOperations(client, operations, out, system.clock)
    endpoint = (await client.call(routes.getEndpoint, { params })).endpoint
  }
  if (json) return out.json({ endpoint, operations })
  out.line(`Endpoint ${id} is ${stateText(endpoint)}${operations.length === 0 ? ' already' : ''}.`)
}

/** `idle`, or `idle → active` while it is on its way. */
export function stateText(endpoint: EndpointShape): string {
  const { current_state, pending_state } = endpoint
  return pending_state && pending_state !== current_state
    ? `${current_state} → ${pending_state}`
    : current_state
}

export function stateCell(endpoint: EndpointShape): Cell {
  const text = endpoint.disabled ? 'disabled' : stateText(endpoint)
  return {
    text,
    tone: text === 'active' ? 'good' : text === 'idle' || text === 'init' ? 'quiet' : 'doubtful',
  }
}
