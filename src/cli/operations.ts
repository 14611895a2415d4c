import { type Command, Option } from 'commander'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { OperationShape } from '../contract/shapes.ts'
import { addCommand, type Context, wholeNumber } from './command.ts'
import { ago, duration } from './format.ts'
import type { Io, Tone } from './output.ts'
import { resolveProject } from './resolve.ts'
import type { System } from './system.ts'

const shownByDefault = 30

export function addOperations(program: Command, io: Io, system: System): void {
  const operations = program.command('operations').description('what was done, is being done and failed')

  addCommand<{ limit: number }>(operations, io, system, {
    usage: 'list [project]',
    summary: 'list the operations of a project, newest first',
    example: 'pilotlight operations list shop',
    options: [
      new Option('--limit <number>', 'how many')
        .argParser(wholeNumber(1, limits.operationListMax))
        .default(shownByDefault),
    ],
    run: list,
  })
}

async function list(context: Context, [text]: string[], options: { limit: number }): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const { operations } = await client.call(routes.listOperations, {
    params: { project_id: id },
    query: { limit: options.limit },
  })
  if (json) return out.json(operations)
  const now = system.clock.now()
  out.table(
    ['ID', 'ACTION', 'STATUS', 'STARTED', 'TOOK', 'ERROR'],
    operations.map(operation => [
      operation.id,
      operation.action,
      { text: operation.status, tone: toneOf(operation.status) },
      ago(operation.created_at, now),
      duration(operation.total_duration_ms),
      operation.error ?? '',
    ]),
    'This project has no operations yet.',
  )
}

function toneOf(status: OperationShape['status']): Tone {
  if (status === 'finished' || status === 'skipped') return 'quiet'
  return status === 'failed' || status === 'error' ? 'bad' : 'doubtful'
}
