import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import { type ConfirmOptions, confirm, yesFlag } from './confirm.ts'
import type { Io } from './output.ts'
import { shownProject } from './project-name.ts'
import { allProjects, endpointsOf, resolveDeletedProject, resolveProject } from './resolve.ts'
import type { System } from './system.ts'

export function addProjectDeletion(projects: Command, io: Io, system: System): void {
  addCommand<ConfirmOptions>(projects, io, system, {
    usage: 'delete <project>',
    summary:
      'delete a project with all of its data; where branches share bytes it can be recovered for a week',
    example: 'pilotlight projects delete shop',
    options: [yesFlag()],
    run: remove,
  })

  addCommand(projects, io, system, {
    usage: 'recover <project>',
    summary: 'take the deletion of a project back, with its branches, endpoints, roles and snapshots',
    details: '`projects list --recoverable` shows what can be recovered.',
    example: 'pilotlight projects recover shop',
    run: recover,
  })
}

async function remove(context: Context, [text]: string[], options: ConfirmOptions): Promise<void> {
  const { out, json, self } = context
  const client = await context.client()
  const found = await resolveProject(client, text)
  await confirm(context, options, {
    question: `Delete project ${shownProject(found)} with all of its data?`,
    unchanged: `project ${found.id} is not deleted`,
    withYes: 'delete it, with all of its data',
  })
  const { project } = await client.call(routes.deleteProject, { params: { project_id: found.id } })
  if (json) return out.json(project)
  out.line(`Project ${shownProject(project)} is deleted.`)
  const kept = (await allProjects(client, found.id, { recoverable: true })).find(({ id }) => id === found.id)
  if (!kept?.recoverable_until) return
  out.line(`Until ${kept.recoverable_until} it can be had back: ${self} projects recover ${found.id}`)
}

async function recover(context: Context, [text]: string[]): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const found = await resolveDeletedProject(client, text!)
  const reply = await client.call(routes.recoverProject, { params: { project_id: found.id } })
  if (json) return out.json(reply)
  out.line(`Project ${shownProject(reply.project)} is back, with ${branchCount(reply.branches.length)}.`)
  for (const { host } of await endpointsOf(client, found.id)) out.line(`Endpoint   ${host}`)
}

const branchCount = (count: number): string => (count === 1 ? 'one branch' : `${count} branches`)
