import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import { addCommand, type Context } from '../command.ts'
import { usageError } from '../errors.ts'
import { moveDirectory, ourMachine, pathOf } from '../local-files.ts'
import type { Io } from '../output.ts'
import { type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForOperations } from '../wait.ts'
import { shownBranch } from './list.ts'

type ExportOptions = ProjectOptions & { name?: string; to?: string; wait: boolean }

export function addBranchExport(branches: Command, io: Io, system: System): void {
  addCommand<ExportOptions>(branches, io, system, {
    usage: 'export <branch>',
    summary: 'write a branch out as a plain data directory that stock Postgres opens',
    details:
      'The branch goes on serving. The directory is written below <data-dir>/exports on the machine of the server; with --to it is moved from there. ' +
      '`projects create --from-directory` makes a project of it again.',
    example:
      'pilotlight branches export main --name main-2026\npilotlight branches export main --to /backup/main && sudo -u postgres pg_ctl start -D /backup/main',
    options: [
      new Option(
        '--name <name>',
        'of the directory below <data-dir>/exports (default: the branch and the time)',
      ),
      new Option('--to <directory>', 'a place on this machine, which must not exist yet'),
      projectFlag(),
      noWaitFlag('it is written behind').conflicts('to'),
    ],
    run: exportBranch,
  })
}

async function exportBranch(context: Context, [text]: string[], options: ExportOptions): Promise<void> {
  const { out, json, system } = context
  const to = options.to === undefined ? undefined : pathOf(options.to, system)
  if (to !== undefined) {
    ourMachine(context, '--to')
    if (system.exists(to))
      throw usageError(`${to} exists already`, 'Name a directory that does not exist yet.')
  }
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project: options.project })
  const reply = await client.call(routes.exportBranch, {
    params: { project_id: branch.project_id, branch_id: branch.id },
    body: options.name === undefined ? {} : { name: options.name },
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  }
  if (to !== undefined) {
    out.progress(`moving it to ${to} …`)
    await moveDirectory(system, reply.path, to).finally(() => out.endProgress())
    reply.path = to
  }
  if (json) return out.json(reply)
  out.line(`Branch ${shownBranch(branch)} ${options.wait ? 'is' : 'is being'} written to ${reply.path}`)
  if (options.wait) out.line(`Postgres opens it: postgres -D ${reply.path}, as the user that owns it.`)
}
