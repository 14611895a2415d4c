import { type Command, Option } from 'commander'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import { type AuditEntryShape, auditActor } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { addCommand, type Context, wholeNumber } from './command.ts'
import { usageError } from './errors.ts'
import { readMoment } from './moment.ts'
import type { Io, Tone } from './output.ts'
import { resolveProject } from './resolve.ts'
import type { System } from './system.ts'

type AuditOptions = {
  project?: string
  key?: number
  operation?: string
  actor?: AuditEntryShape['actor']
  since?: string
  until?: string
  failed?: boolean
  limit: number
}

const shownByDefault = 30
const mostShown = 100_000

export function addAudit(program: Command, io: Io, system: System): void {
  addCommand<AuditOptions>(program, io, system, {
    usage: 'audit',
    summary: 'show what was changed, by whom and from where, newest first',
    details: `Kept for ${limits.auditDays} days. Refused attempts are shown too, and what Pilotlight did because time passed (actor: system).`,
    example:
      'pilotlight audit\npilotlight audit --project shop --since 7d\npilotlight audit --failed --json --limit 1000',
    options: [
      new Option('--project <project>', 'of this project'),
      new Option('--key <id>', 'by this key; see pilotlight api-keys list').argParser(
        wholeNumber(1, 999_999_999),
      ),
      new Option('--operation <name>', 'of this kind, such as createProject'),
      new Option('--actor <kind>', 'by keys of this kind, or by ourselves').choices(auditActor.options),
      new Option('--since <moment>', 'from then on: 2026-11-25T10:00:00Z, or how long ago: 2h, 7d'),
      new Option('--until <moment>', 'up to then'),
      new Option('--failed', 'only what was refused or failed'),
      new Option('--limit <number>', 'how many').argParser(wholeNumber(1, mostShown)).default(shownByDefault),
    ],
    run: audit,
  })
}

async function audit(context: Context, _: string[], options: AuditOptions): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const project = options.project === undefined ? undefined : await projectId(client, options.project)
  const time = (text: string | undefined) => (text === undefined ? undefined : timeOf(context, text))
  const filter = {
    project_id: project,
    key_id: options.key,
    operation_id: options.operation,
    actor: options.actor,
    since: time(options.since),
    until: time(options.until),
    ...(options.failed && { failed: 'true' }),
  }
  const entries: AuditEntryShape[] = []
  let cursor: string | undefined
  do {
    const limit = Math.min(options.limit - entries.length, limits.auditListMax)
    const page = await client.call(routes.listAudit, { query: { ...filter, limit, cursor } })
    entries.push(...page.entries)
    cursor = page.pagination?.cursor
  } while (cursor !== undefined && entries.length < options.limit)
  if (json) return out.json(entries)
  out.table(
    ['AT', 'BY', 'OPERATION', 'OF', 'STATUS', 'FROM'],
    entries.map(entry => [
      entry.at.replace(/\.\d+Z$/, 'Z'),
      entry.key_name ?? entry.actor,
      entry.operation_id,
      Object.values(entry.ids).join(' '),
      { text: statusOf(entry), tone: toneOf(entry) },
      entry.remote_address ?? '',
    ]),
    'Nothing of the kind was changed.',
  )
}

/** By id also where it is gone: the log is about what was. */
async function projectId(client: Client, text: string): Promise<string> {
  try {
    return (await resolveProject(client, text)).id
  } catch (error) {
    if (/^[a-z0-9]+(-[a-z0-9]+){2,}$/.test(text)) return text
    throw error
  }
}

function timeOf(context: Context, text: string): string {
  const moment = readMoment(text, context.system.clock.now())
  if ('timestamp' in moment) return moment.timestamp
  throw usageError(
    `${JSON.stringify(text)} is no time`,
    'It takes 2026-11-25T10:00:00Z, or how long ago: 2h.',
  )
}

function statusOf({ status, actor }: AuditEntryShape): string {
  if (status !== undefined) return String(status)
  return actor === 'system' ? 'done' : 'unknown'
}

function toneOf({ status, actor }: AuditEntryShape): Tone {
  if (status === undefined) return actor === 'system' ? 'quiet' : 'doubtful'
  return status >= 400 ? 'bad' : 'quiet'
}
