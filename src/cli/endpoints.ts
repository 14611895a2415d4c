import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { EndpointShape } from '../contract/shapes.ts'
import { addCommand, type Context } from './command.ts'
import { ago } from './format.ts'
import type { Io } from './output.ts'
import { endpointsOf, resolveEndpoint, resolveProject } from './resolve.ts'
import type { System } from './system.ts'
import type { Cell } from './table.ts'
import { waitForOperations } from './wait.ts'

const actions = [
  { action: 'start', route: routes.startEndpoint, summary: 'start a compute, without waiting for a client' },
  { action: 'suspend', route: routes.suspendEndpoint, summary: 'suspend a compute; its open sessions end' },
  { action: 'restart', route: routes.restartEndpoint, summary: 'suspend a compute and start it again' },
] as const

export function addEndpoints(program: Command, io: Io, system: System): void {
  const endpoints = program.command('endpoints').description('list, start, suspend and restart endpoints')

  addCommand(endpoints, io, system, {
    usage: 'list [project]',
    summary: 'list the endpoints of a project',
    example: 'pilotlight endpoints list shop',
    run: list,
  })

  for (const { action, route, summary } of actions) {
    addCommand<{ wait: boolean }>(endpoints, io, system, {
      usage: `${action} <endpoint>`,
      summary,
      details: 'An endpoint is named by its id, its host name, or its project.',
      example: `pilotlight endpoints ${action} ep-cool-dew-12345678\npilotlight endpoints ${action} shop`,
      options: [new Option('--no-wait', 'return at once; the operations run behind')],
      run: (context, args, options) => act(context, args, options.wait, route),
    })
  }
}

async function list(context: Context, [text]: string[]): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const all = await endpointsOf(client, project.id)
  if (json) return out.json(all)
  const now = system.clock.now()
  out.table(
    ['ID', 'STATE', 'TYPE', 'LAST ACTIVE', 'HOST'],
    all.map(endpoint => [
      endpoint.id,
      stateCell(endpoint),
      endpoint.type,
      ago(endpoint.last_active, now),
      endpoint.host,
    ]),
    'This project has no endpoint.',
  )
}

async function act(
  context: Context,
  [text]: string[],
  wait: boolean,
  route: (typeof actions)[number]['route'],
): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id, project_id } = await resolveEndpoint(client, text)
  const params = { project_id, endpoint_id: id }
  let { endpoint, operations } = await client.call(route, { params })
  if (wait && operations.length > 0) {
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
