import type { Command } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import { addCommand, type Context } from '../command.ts'
import { ago, duration } from '../format.ts'
import type { Io } from '../output.ts'
import { handyName, isPlainWord, resolveProject } from '../resolve.ts'
import { type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { shownBranch } from './list.ts'

export function addBranchHistory(branches: Command, io: Io, system: System): void {
  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'history <branch>',
    summary: 'show since when moments of a branch can be opened',
    details: '`projects update <project> --history 7d` changes how far back that goes from now on.',
    example: 'pilotlight branches history main',
    options: [projectFlag()],
    run: history,
  })
}

async function history(context: Context, [text]: string[], { project }: ProjectOptions): Promise<void> {
  const { out, json, system, self } = context
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project })
  const reply = await client.call(routes.getBranchHistory, {
    params: { project_id: branch.project_id, branch_id: branch.id },
  })
  if (json) return out.json(reply)
  const now = system.clock.now()
  out.line(`Branch     ${shownBranch(branch)}`)
  out.line(`Window     ${windowText(reply.history_retention_seconds)}`)
  if (reply.lsn !== undefined) out.line(`Now at     LSN ${reply.lsn}`)
  if (reply.from === undefined) return out.line('Since      only as it is now')
  out.line(`Since      ${reply.from} (${ago(reply.from, now)})`)
  const name = await handyName(client, await resolveProject(client, branch.project_id))
  out.line()
  out.line(
    `Look at a moment: ${self} psql ${name} --branch ${isPlainWord(branch.name) ? branch.name : branch.id} --at 10m`,
  )
}

export function windowText(seconds: number): string {
  return seconds === 0 ? 'none: only the newest state' : duration(seconds * 1000)
}
