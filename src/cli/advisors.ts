import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { AdvisorIssueShape } from '../contract/shapes.ts'
import { addCommand, type Context } from './command.ts'
import { plain } from './format.ts'
import type { Io, Tone } from './output.ts'
import { resolveProject } from './resolve.ts'
import { branchFlag, branchOfProject } from './resolve-branch.ts'
import type { System } from './system.ts'
import { databaseOf } from './target.ts'

type Options = {
  branch?: string
  database?: string
  category?: AdvisorIssueShape['categories'][number]
  minSeverity?: AdvisorIssueShape['level']
}

export function addAdvisors(program: Command, io: Io, system: System): void {
  addCommand<Options>(program, io, system, {
    usage: 'advisors [project]',
    summary: 'look at a database for what is insecure or slow',
    details: 'It wakes the compute, reads the system catalog, and changes nothing.',
    example: 'pilotlight advisors shop\npilotlight advisors shop --branch dev --min-severity WARN',
    options: [
      branchFlag(),
      new Option('--database <name>', 'database (default: neondb, or the only one)'),
      new Option('--category <category>', 'only of this one').choices(['SECURITY', 'PERFORMANCE']),
      new Option('--min-severity <level>', 'leave out what is less').choices(['INFO', 'WARN', 'ERROR']),
    ],
    run: advise,
  })
}

const tones = { ERROR: 'bad', WARN: 'doubtful', INFO: 'quiet' } as const satisfies Record<
  AdvisorIssueShape['level'],
  Tone
>

async function advise(context: Context, [text]: string[], options: Options): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const branch = await branchOfProject(client, id, options.branch)
  const database = await databaseOf(client, { project_id: id, branch_id: branch.id }, options.database)
  out.progress('reading the system catalog …')
  const reply = await client
    .call(routes.getAdvisors, {
      params: { project_id: id },
      query: {
        ...{ branch_id: branch.id, database_name: database },
        category: options.category,
        min_severity: options.minSeverity,
      },
    })
    .finally(() => out.endProgress())
  if (json) return out.json(reply)
  if (reply.issues.length === 0) return out.line(`Nothing to say about ${plain(database)} of ${branch.name}.`)
  for (const { level, detail, name, remediation } of reply.issues) {
    out.line(`${out.tone(level.padEnd(5), tones[level])}  ${plain(detail)}`)
    out.line(out.tone(`       ${name}: ${remediation}`, 'quiet'))
  }
}
