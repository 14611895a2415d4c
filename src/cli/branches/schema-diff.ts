import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import { addCommand, type Context } from '../command.ts'
import { plain } from '../format.ts'
import { type MomentParts, momentName } from '../moment.ts'
import type { Io, Output } from '../output.ts'
import { branchesOf, type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { databaseOf } from '../target.ts'
import { resolveSource, type Source } from './source.ts'

type DiffOptions = ProjectOptions & { database?: string }

export function addSchemaDiff(branches: Command, io: Io, system: System): void {
  addCommand<DiffOptions>(branches, io, system, {
    usage: 'schema-diff <branch> [other]',
    summary: 'show what tells the schemas of two branches, or of two moments, apart',
    details:
      'Lines with + are what came: in the branch since its parent (the other is ^parent, or left out), or since a moment of its own (@10m). ' +
      'With another branch (main, main@2h), they are what that one has and this one has not. Nothing is printed where there is no difference.',
    example:
      'pilotlight branches schema-diff dev\npilotlight branches schema-diff main dev --database neondb\npilotlight branches schema-diff main @1d',
    options: [projectFlag(), new Option('--database <name>', 'database (default: neondb, or the only one)')],
    run: diff,
  })
}

async function diff(context: Context, [text, other]: string[], options: DiffOptions): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project: options.project })
  const source = await resolveSource(context, client, branch, other ?? '^parent')
  const self: Source = { branchId: branch.id, moment: undefined }
  const isOlder = source.branchId === branch.id || (source.branchId === branch.parent_id && isParent(other))
  const [before, after] = isOlder ? [source, self] : [self, source]
  const params = { project_id: branch.project_id, branch_id: after.branchId }
  const database = await databaseOf(
    client,
    { project_id: branch.project_id, branch_id: branch.id },
    options.database,
  )
  out.progress('reading both schemas …')
  const reply = await client
    .call(routes.compareSchema, {
      params,
      query: {
        base_branch_id: before.branchId,
        db_name: database,
        ...after.moment,
        ...baseMoment(before.moment),
      },
    })
    .finally(() => out.endProgress())
  if (json) return out.json(reply)
  if (reply.diff === '') return
  const names = new Map(
    (await branchesOf(client, branch.project_id)).map(({ id, name }) => [id, plain(name)]),
  )
  const title = ({ branchId, moment }: Source) =>
    `${database} of ${names.get(branchId) ?? branchId}${moment ? ` at ${momentName(moment)}` : ''}`
  out.line(out.tone(`--- ${title(before)}`, 'strong'))
  out.line(out.tone(`+++ ${title(after)}`, 'strong'))
  // The API's own names for the two sides say less.
  for (const line of reply.diff.trimEnd().split('\n').slice(2)) out.line(painted(out, line))
}

/** Named as such: a parent that is named like any other branch is the newer side, as with Neon. */
const isParent = (other: string | undefined): boolean => other === undefined || other.startsWith('^parent')

function baseMoment(moment: MomentParts | undefined): { base_lsn?: string; base_timestamp?: string } {
  if (!moment) return {}
  return 'lsn' in moment ? { base_lsn: moment.lsn } : { base_timestamp: moment.timestamp }
}

function painted(out: Output, line: string): string {
  if (line.startsWith('+')) return out.tone(line, 'good')
  if (line.startsWith('-')) return out.tone(line, 'bad')
  return line.startsWith('@@') ? out.tone(line, 'quiet') : line
}
