import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import { addCommand, type Context } from '../command.ts'
import { type ConfirmOptions, confirm, yesFlag } from '../confirm.ts'
import type { Io } from '../output.ts'
import { type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForOperations } from '../wait.ts'
import { shownBranch } from './list.ts'

type DeleteOptions = ProjectOptions & ConfirmOptions & { hard?: boolean; wait: boolean }

export function addBranchDelete(branches: Command, io: Io, system: System): void {
  addCommand<DeleteOptions>(branches, io, system, {
    usage: 'delete <branch>',
    summary: 'delete a branch; where branches share bytes it can be recovered for a week',
    example: 'pilotlight branches delete ci-42\npilotlight branches delete ci-42 --yes --hard',
    options: [
      projectFlag(),
      yesFlag(),
      new Option('--hard', 'for good, and its disk space at once'),
      noWaitFlag(),
    ],
    run: remove,
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'recover <branch>',
    summary: 'take the deletion of a branch back',
    details: '`branches list --deleted` shows what can be recovered.',
    example: 'pilotlight branches recover ci-42',
    options: [projectFlag()],
    run: recover,
  })
}

async function remove(context: Context, [text]: string[], options: DeleteOptions): Promise<void> {
  const { out, json, system, self } = context
  const client = await context.client()
  const found = await resolveBranch(client, text!, { project: options.project })
  await confirm(context, options, {
    question: `Delete branch ${shownBranch(found)} of project ${found.project_id}?`,
    unchanged: `branch ${found.id} is not deleted`,
    withYes: 'delete it',
  })
  const reply = await client.call(routes.deleteBranch, {
    params: { project_id: found.project_id, branch_id: found.id },
    query: options.hard ? { hard_delete: 'true' } : {},
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  }
  if (json) return out.json(reply)
  out.line(`Branch ${shownBranch(reply.branch)} is deleted.`)
  const { recovery } = reply.branch
  if (recovery) {
    out.line(`Until ${recovery.recoverable_until} it can be had back: ${self} branches recover ${found.id}`)
  }
}

async function recover(context: Context, [text]: string[], { project }: ProjectOptions): Promise<void> {
  const client = await context.client()
  const found = await resolveBranch(client, text!, { project, deleted: true })
  const reply = await client.call(routes.recoverBranch, {
    params: { project_id: found.project_id, branch_id: found.id },
  })
  if (context.json) return context.out.json(reply)
  context.out.line(`Branch ${shownBranch(reply.branch)} is back.`)
  for (const { host } of reply.endpoints ?? []) context.out.line(`Endpoint   ${host}`)
}
