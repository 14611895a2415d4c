import type { Command } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { BranchShape } from '../../contract/shapes.ts'
import type { CallParts } from '../client.ts'
import { addCommand, type Context } from '../command.ts'
import { plain } from '../format.ts'
import { readExpiry } from '../moment.ts'
import type { Io } from '../output.ts'
import { type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { waitForOperations } from '../wait.ts'
import { inFuture, shownBranch } from './list.ts'

type Change = CallParts<typeof routes.updateBranch>['body']['branch']

export function addBranchChanges(branches: Command, io: Io, system: System): void {
  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'rename <branch> <name>',
    summary: 'give a branch another name; its endpoints keep theirs',
    example: 'pilotlight branches rename dev staging',
    options: [projectFlag()],
    run: (context, [text, name], options) =>
      change(
        context,
        text!,
        options,
        { name: name! },
        ({ id }) => `Branch ${id} is now called ${plain(name!)}.`,
      ),
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'set-default <branch>',
    summary: 'make a branch the one that is meant where none is named',
    example: 'pilotlight branches set-default staging',
    options: [projectFlag()],
    run: setDefault,
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'protect <branch>',
    summary: 'keep a branch from being deleted, reset or restored',
    details: 'Its project cannot be deleted either. Branches made of it get new passwords.',
    example: 'pilotlight branches protect main',
    options: [projectFlag()],
    run: (context, [text], options) =>
      change(
        context,
        text!,
        options,
        { protected: true },
        branch => `Branch ${shownBranch(branch)} is protected.`,
      ),
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'unprotect <branch>',
    summary: 'take the protection of a branch away',
    example: 'pilotlight branches unprotect main',
    options: [projectFlag()],
    run: (context, [text], options) =>
      change(
        context,
        text!,
        options,
        { protected: false },
        branch => `Branch ${shownBranch(branch)} is no longer protected.`,
      ),
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'set-expiration <branch> <when>',
    summary: 'have a branch deleted by itself: at a time, after a while, or never',
    example:
      'pilotlight branches set-expiration ci-42 2h\npilotlight branches set-expiration ci-42 2026-12-31T23:59:59Z\npilotlight branches set-expiration ci-42 never',
    options: [projectFlag()],
    run: (context, [text, when], options) => {
      const now = context.system.clock.now()
      return change(context, text!, options, { expires_at: readExpiry(when!, now) }, branch => {
        const { expires_at } = branch
        return expires_at === undefined
          ? `Branch ${shownBranch(branch)} does not expire.`
          : `Branch ${shownBranch(branch)} expires ${inFuture(expires_at, now)} (${expires_at}).`
      })
    },
  })
}

async function change(
  context: Context,
  text: string,
  { project }: ProjectOptions,
  wanted: Change,
  told: (branch: BranchShape) => string,
): Promise<void> {
  const client = await context.client()
  const found = await resolveBranch(client, text, { project })
  const reply = await client.call(routes.updateBranch, {
    params: { project_id: found.project_id, branch_id: found.id },
    body: { branch: wanted },
  })
  await waitForOperations(client, reply.operations, context.out, context.system.clock)
  if (context.json) return context.out.json(reply.branch)
  context.out.line(told(reply.branch))
}

async function setDefault(context: Context, [text]: string[], { project }: ProjectOptions): Promise<void> {
  const client = await context.client()
  const found = await resolveBranch(client, text!, { project })
  const { branch, operations } = await client.call(routes.setDefaultBranch, {
    params: { project_id: found.project_id, branch_id: found.id },
  })
  await waitForOperations(client, operations, context.out, context.system.clock)
  if (context.json) return context.out.json(branch)
  context.out.line(`Branch ${shownBranch(branch)} is the default branch of project ${branch.project_id}.`)
}
