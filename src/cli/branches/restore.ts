import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { BranchShape } from '../../contract/shapes.ts'
import type { Client } from '../client.ts'
import { addCommand, type Context } from '../command.ts'
import { type ConfirmOptions, confirm, yesFlag } from '../confirm.ts'
import { CliError, usageError } from '../errors.ts'
import { plain } from '../format.ts'
import { type MomentParts, momentName, momentOf } from '../moment.ts'
import type { Io } from '../output.ts'
import {
  branchesOf,
  type ProjectOptions,
  projectFlag,
  resolveBranch,
  resolveSnapshot,
} from '../resolve-branch.ts'
import { restoreInPlace } from '../snapshots/restore.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForOperations } from '../wait.ts'
import { shownBranch } from './list.ts'
import { parentOf, resolveSource, type Source } from './source.ts'

type ResetOptions = ProjectOptions & ConfirmOptions & { preserveUnder?: string; wait: boolean }
type RestoreOptions = ResetOptions & { from?: string; at?: string }

const flags = (): Option[] => [
  new Option('--preserve-under <name>', 'keep what the branch is now as a branch of this name'),
  projectFlag(),
  yesFlag(),
  noWaitFlag(),
]

export function addBranchRestore(branches: Command, io: Io, system: System): void {
  addCommand<ResetOptions>(branches, io, system, {
    usage: 'reset <branch>',
    summary: 'give a branch the newest data of its parent',
    details:
      'Its endpoints, host names and passwords stay; open sessions end and can connect again at once. What the branch has now is lost, unless --preserve-under keeps it.',
    example: 'pilotlight branches reset dev\npilotlight branches reset dev --preserve-under dev-before',
    options: flags(),
    run: reset,
  })

  addCommand<RestoreOptions>(branches, io, system, {
    usage: 'restore <branch> [source]',
    summary: 'give a branch the data of a past moment, of another branch or of a snapshot',
    details:
      'Its endpoints, host names and passwords stay; open sessions end and can connect again at once. ' +
      'A branch that goes back to a moment of its own is kept as <branch>_old_<time>, or under the name of --preserve-under.\n\n' +
      'The source may also be written as with Neon: ^self@<moment>, ^parent, <branch>@<moment>.',
    example:
      'pilotlight branches restore main --at "10 minutes ago"\npilotlight branches restore main --at 2026-11-25T10:00:00Z --preserve-under main-broken\npilotlight branches restore dev --from main --at 0/1DE2850 --yes\npilotlight branches restore main --from nightly-snapshot',
    options: [
      new Option('--from <source>', 'another branch, or a snapshot (default: the branch itself)'),
      new Option('--at <moment>', 'as the source was then: a time, an LSN, or how long ago'),
      ...flags(),
    ],
    run: restore,
  })
}

async function reset(context: Context, [text]: string[], options: ResetOptions): Promise<void> {
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project: options.project })
  await replace(context, client, branch, { branchId: parentOf(branch), moment: undefined }, options)
}

async function restore(context: Context, [text, given]: string[], options: RestoreOptions): Promise<void> {
  if (given !== undefined && options.from !== undefined) {
    throw usageError('the source is named twice', `Leave out ${JSON.stringify(given)} or --from.`)
  }
  const named = given ?? options.from
  const client = await context.client()
  const branch = await resolveBranch(client, text!, { project: options.project })
  const source = await sourceOf(context, client, branch, named ?? '^self', options.at)
  if ('snapshotId' in source) {
    if (options.at !== undefined) throw usageError('a snapshot is of one moment: --at does not go with it')
    return await restoreInPlace(context, client, {
      ...{ snapshotId: source.snapshotId, branch },
      ...{ replacedName: options.preserveUnder, wait: options.wait },
    })
  }
  if (source.branchId === branch.id && !source.moment) {
    throw usageError(
      `branch ${plain(branch.name)} would be restored to what it is`,
      'Name a moment with --at, or another branch or a snapshot with --from.',
    )
  }
  await replace(context, client, branch, source, options)
}

/** A branch of this name wins over a snapshot. */
async function sourceOf(
  context: Context,
  client: Client,
  branch: BranchShape,
  text: string,
  at: string | undefined,
): Promise<Source | { snapshotId: string }> {
  try {
    const source = await resolveSource(context, client, branch, text)
    if (at === undefined) return source
    if (source.moment) throw usageError('the moment is named twice', 'Leave out --at, or what follows the @.')
    return { ...source, moment: momentOf(context, at) }
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'branch_not_found') throw error
    const snapshot = await resolveSnapshot(client, text, branch.project_id).catch(() => undefined)
    if (snapshot) return { snapshotId: snapshot.id }
    throw error
  }
}

async function replace(
  context: Context,
  client: Client,
  branch: BranchShape,
  source: Source,
  options: ResetOptions,
): Promise<void> {
  const { out, json, system } = context
  const { project_id } = branch
  const isSelf = source.branchId === branch.id
  const kept = options.preserveUnder ?? (isSelf ? oldName(branch, system.clock.now()) : undefined)
  if (kept === undefined) {
    await confirm(context, options, {
      question: `Replace the data of branch ${shownBranch(branch)}? What it has now is lost; --preserve-under keeps it.`,
      unchanged: `branch ${branch.id} is not changed`,
      withYes: 'replace its data, or --preserve-under <name> to keep it',
    })
  }
  const params = { project_id, branch_id: branch.id }
  const reply = await client.call(routes.restoreBranch, {
    params,
    body: {
      source_branch_id: source.branchId,
      ...momentFields(source.moment),
      ...(kept && { preserve_under_name: kept }),
    },
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
    reply.branch = (await client.call(routes.getBranch, { params })).branch
  }
  if (json) return out.json(reply)
  const of = isSelf ? 'its own data' : `the data of ${await nameOf(client, project_id, source.branchId)}`
  const at = source.moment ? ` as of ${momentName(source.moment)}` : ''
  out.line(`Branch ${shownBranch(branch)} ${options.wait ? 'has' : 'gets'} ${of}${at}.`)
  if (kept !== undefined) out.line(`What it was is kept as branch ${plain(kept)}.`)
}

/** As Neon's console calls it. */
function oldName({ name }: BranchShape, now: number): string {
  return `${name}_old_${new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')}`
}

function momentFields(moment: MomentParts | undefined): { source_lsn?: string; source_timestamp?: string } {
  if (!moment) return {}
  return 'lsn' in moment ? { source_lsn: moment.lsn } : { source_timestamp: moment.timestamp }
}

async function nameOf(client: Client, projectId: string, branchId: string): Promise<string> {
  const found = (await branchesOf(client, projectId)).find(({ id }) => id === branchId)
  return found ? plain(found.name) : branchId
}
