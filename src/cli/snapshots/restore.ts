import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { BranchShape } from '../../contract/shapes.ts'
import { shownBranch } from '../branches/list.ts'
import type { Client } from '../client.ts'
import { addCommand, type Context } from '../command.ts'
import { usageError } from '../errors.ts'
import type { Io } from '../output.ts'
import { handyName, isPlainWord, resolveProject } from '../resolve.ts'
import {
  branchesOf,
  type ProjectOptions,
  projectFlag,
  resolveBranch,
  resolveSnapshot,
} from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForCreation, waitForOperations } from '../wait.ts'

type RestoreOptions = ProjectOptions & { name?: string; over?: string; finalize?: boolean; wait: boolean }
type FinalizeOptions = ProjectOptions & { preserveUnder?: string; wait: boolean }

export function addSnapshotRestore(snapshots: Command, io: Io, system: System): void {
  addCommand<RestoreOptions>(snapshots, io, system, {
    usage: 'restore <snapshot>',
    summary: 'make a branch of a snapshot, to look at or to take the place of its branch',
    details:
      'The new branch has an endpoint of its own. When it is what you want, `snapshots finalize` puts it in the place of the branch that the snapshot was taken of, or of that of --over. With --finalize that is done at once.',
    example:
      'pilotlight snapshots restore before-migration --name look\npilotlight snapshots restore before-migration --over dev --finalize',
    options: [
      new Option('--name <name>', 'name of the new branch (default: its id)'),
      new Option('--over <branch>', 'whose place it may take (default: the branch of the snapshot)'),
      new Option('--finalize', 'take the place at once; the old state is kept as a branch'),
      projectFlag(),
      noWaitFlag(),
    ],
    run: restore,
  })

  addCommand<FinalizeOptions>(snapshots, io, system, {
    usage: 'finalize <branch>',
    summary: 'put a branch that a snapshot was restored to in the place of the old one',
    details:
      'Endpoints, host names and passwords of the old branch stay, and lead to the new data; open sessions end and can connect again at once. The old state is kept as "<branch> (old)".',
    example:
      'pilotlight snapshots finalize look\npilotlight snapshots finalize look --preserve-under main-broken',
    options: [
      new Option('--preserve-under <name>', 'what the old state is called from then on'),
      projectFlag(),
      noWaitFlag(),
    ],
    run: finalize,
  })
}

async function restore(context: Context, [text]: string[], options: RestoreOptions): Promise<void> {
  const { out, json, self } = context
  const client = await context.client()
  const found = await resolveSnapshot(client, text!, options.project)
  const { project_id } = found
  const over = options.over ?? (options.finalize ? found.snapshot.source_branch_id : undefined)
  const target = over === undefined ? undefined : await resolveBranch(client, over, { project: project_id })
  if (options.finalize && target) {
    if (options.name !== undefined)
      throw usageError('with --finalize there is no new branch to give a --name')
    return await restoreInPlace(context, client, {
      ...{ snapshotId: found.id, branch: target, replacedName: undefined, wait: options.wait },
    })
  }
  const reply = await client.call(routes.restoreSnapshot, {
    params: { project_id, snapshot_id: found.id },
    body: {
      ...(options.name !== undefined && { name: options.name }),
      ...(target && { target_branch_id: target.id }),
    },
  })
  if (options.wait) {
    const made = `branch ${reply.branch.id}`
    reply.operations = await waitForCreation(context, client, made, reply.operations)
  }
  if (json) return out.json(reply)
  const named = isPlainWord(reply.branch.name) ? reply.branch.name : reply.branch.id
  const project = await handyName(client, await resolveProject(client, project_id))
  out.line(`Branch     ${shownBranch(reply.branch)}`)
  for (const endpoint of reply.endpoints ?? []) out.line(`Endpoint   ${endpoint.host}`)
  out.line()
  out.line('Next:')
  out.line(`  ${self} psql ${project} --branch ${named}`)
  out.line(`  ${self} snapshots finalize ${named}`)
}

async function finalize(context: Context, [text]: string[], options: FinalizeOptions): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project: options.project })
  const operations = await finalizeRestored(context, client, branch, options.preserveUnder, options.wait)
  if (json) return out.json({ operations })
  const replaced = branch.restored_as ?? ''
  out.line(`${branch.id} ${options.wait ? 'took' : 'takes'} the place of ${replaced}, under its name.`)
  if (options.wait) await sayKept(context, client, branch.project_id, replaced)
}

async function finalizeRestored(
  { out, system }: Context,
  client: Client,
  branch: BranchShape,
  replacedName: string | undefined,
  wait: boolean,
) {
  const { operations } = await client.call(routes.finalizeRestore, {
    params: { project_id: branch.project_id, branch_id: branch.id },
    body: replacedName === undefined ? {} : { name: replacedName },
  })
  return wait ? await waitForOperations(client, operations, out, system.clock) : operations
}

/** The data of a snapshot in the place of a branch's; what that had is kept as a branch. */
export async function restoreInPlace(
  context: Context,
  client: Client,
  wanted: { snapshotId: string; branch: BranchShape; replacedName: string | undefined; wait: boolean },
): Promise<void> {
  const { out, json, system } = context
  const { branch, replacedName } = wanted
  const { project_id } = branch
  const reply = await client.call(routes.restoreSnapshot, {
    params: { project_id, snapshot_id: wanted.snapshotId },
    // A name for the old state can be given in the second step only.
    body: { target_branch_id: branch.id, finalize_restore: replacedName === undefined },
  })
  let { operations } = reply
  if (wanted.wait || replacedName !== undefined) {
    operations = await waitForOperations(client, operations, out, system.clock)
  }
  if (replacedName !== undefined) {
    operations.push(...(await finalizeRestored(context, client, reply.branch, replacedName, wanted.wait)))
  }
  if (json) return out.json({ ...reply, operations })
  // It goes on under the id of the branch that the snapshot was restored to.
  const now = shownBranch({ id: reply.branch.id, name: branch.name })
  out.line(`Branch ${now} ${wanted.wait ? 'has' : 'gets'} the data of snapshot ${wanted.snapshotId}.`)
  if (wanted.wait) await sayKept(context, client, project_id, branch.id)
}

/** The branch whose place was taken lives on under another name. */
async function sayKept(
  { out }: Context,
  client: Client,
  projectId: string,
  replacedId: string,
): Promise<void> {
  const kept = (await branchesOf(client, projectId)).find(({ id }) => id === replacedId)
  if (kept) out.line(`What was there is kept as branch ${shownBranch(kept)}.`)
}
