import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { SnapshotShape } from '../../contract/shapes.ts'
import { inFuture } from '../branches/list.ts'
import { addCommand, type Context } from '../command.ts'
import { type ConfirmOptions, confirm, yesFlag } from '../confirm.ts'
import { ago, plain } from '../format.ts'
import { momentOf, readExpiry } from '../moment.ts'
import type { Io } from '../output.ts'
import { resolveProject } from '../resolve.ts'
import {
  branchesOf,
  branchFlag,
  branchOfProject,
  type ProjectOptions,
  projectFlag,
  resolveSnapshot,
  snapshotsOf,
} from '../resolve-branch.ts'
import type { System } from '../system.ts'
import { noWaitFlag, waitForOperations } from '../wait.ts'
import { addSnapshotRestore } from './restore.ts'
import { addSnapshotSchedule } from './schedule.ts'

type CreateOptions = {
  branch?: string
  at?: string
  name?: string
  expiresAt?: string
  ttl?: string
  wait: boolean
}

export function addSnapshots(program: Command, io: Io, system: System): void {
  const snapshots = program
    .command('snapshots')
    .description('keep a branch as it is or was, beyond the history of its project')

  addCommand(snapshots, io, system, {
    usage: 'list [project]',
    summary: 'list the snapshots of a project, newest first',
    example: 'pilotlight snapshots list shop',
    run: list,
  })

  addCommand<CreateOptions>(snapshots, io, system, {
    usage: 'create [project]',
    summary: 'keep a branch as it is, or was at a moment',
    example:
      'pilotlight snapshots create shop --name before-migration\npilotlight snapshots create shop --branch dev --at 10m --ttl 30d',
    options: [
      branchFlag('of which branch'),
      new Option('--at <moment>', 'as it was then: a time, an LSN, or how long ago (default: now)'),
      new Option('--name <name>', 'its name (default: the branch and the time)'),
      new Option('--expires-at <time>', 'deleted by itself then'),
      new Option('--ttl <duration>', 'deleted by itself after 7d, 30d, …').conflicts('expiresAt'),
      noWaitFlag('it is made behind'),
    ],
    run: create,
  })

  addCommand<ProjectOptions>(snapshots, io, system, {
    usage: 'rename <snapshot> <name>',
    summary: 'give a snapshot another name',
    example: 'pilotlight snapshots rename snap-cool-dew-12345678 before-migration',
    options: [projectFlag()],
    run: rename,
  })

  addCommand<ProjectOptions & ConfirmOptions>(snapshots, io, system, {
    usage: 'delete <snapshot>',
    summary: 'delete a snapshot; branches that were made of it stay',
    example: 'pilotlight snapshots delete before-migration',
    options: [projectFlag(), yesFlag()],
    run: remove,
  })

  addSnapshotRestore(snapshots, io, system)
  addSnapshotSchedule(snapshots, io, system)
}

async function list(context: Context, [text]: string[]): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const { id } = await resolveProject(client, text)
  const all = await snapshotsOf(client, id)
  if (json) return out.json(all)
  const names = new Map((await branchesOf(client, id)).map(branch => [branch.id, branch.name]))
  const now = system.clock.now()
  out.table(
    ['NAME', 'ID', 'BRANCH', 'MOMENT', 'MADE', 'EXPIRES'],
    all.map(snapshot => [
      snapshot.name,
      snapshot.id,
      names.get(snapshot.source_branch_id ?? '') ?? snapshot.source_branch_id ?? '',
      snapshot.timestamp ?? snapshot.lsn ?? 'being made',
      `${ago(snapshot.created_at, now)}${snapshot.manual === false ? ', by schedule' : ''}`,
      snapshot.expires_at === undefined ? 'never' : inFuture(snapshot.expires_at, now),
    ]),
    'This project has no snapshot.',
  )
}

async function create(context: Context, [text]: string[], options: CreateOptions): Promise<void> {
  const { out, json, system, self } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const branch = await branchOfProject(client, project.id, options.branch)
  const moment = options.at === undefined ? undefined : momentOf(context, options.at)
  const expiry = options.expiresAt ?? options.ttl
  const expiresAt = expiry === undefined ? null : readExpiry(expiry, system.clock.now())
  const reply = await client.call(routes.createSnapshot, {
    params: { project_id: project.id, branch_id: branch.id },
    query: { ...moment, name: options.name, ...(expiresAt !== null && { expires_at: expiresAt }) },
  })
  if (options.wait) {
    reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
    const made = (await snapshotsOf(client, project.id)).find(({ id }) => id === reply.snapshot.id)
    reply.snapshot = made ?? reply.snapshot
  }
  if (json) return out.json(reply)
  const { snapshot } = reply
  out.line(`Snapshot   ${shownSnapshot(snapshot)} of branch ${plain(branch.name)}`)
  if (snapshot.timestamp !== undefined) out.line(`Moment     ${snapshot.timestamp}`)
  if (snapshot.expires_at !== undefined) out.line(`Expires    ${snapshot.expires_at}`)
  out.line()
  out.line(`Look into it: ${self} snapshots restore ${snapshot.id} --name look`)
}

async function rename(context: Context, [text, name]: string[], { project }: ProjectOptions): Promise<void> {
  const client = await context.client()
  const found = await resolveSnapshot(client, text!, project)
  const { snapshot } = await client.call(routes.updateSnapshot, {
    params: { project_id: found.project_id, snapshot_id: found.id },
    body: { snapshot: { name: name! } },
  })
  if (context.json) return context.out.json(snapshot)
  context.out.line(`Snapshot ${snapshot.id} is now called ${plain(snapshot.name)}.`)
}

async function remove(
  context: Context,
  [text]: string[],
  options: ProjectOptions & ConfirmOptions,
): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const found = await resolveSnapshot(client, text!, options.project)
  await confirm(context, options, {
    question: `Delete snapshot ${shownSnapshot(found)} of project ${found.project_id}?`,
    unchanged: `snapshot ${found.id} is not deleted`,
    withYes: 'delete it',
  })
  const reply = await client.call(routes.deleteSnapshot, {
    params: { project_id: found.project_id, snapshot_id: found.id },
  })
  reply.operations = await waitForOperations(client, reply.operations, out, system.clock)
  if (json) return out.json({ snapshot: found.snapshot, operations: reply.operations })
  out.line(`Snapshot ${shownSnapshot(found)} is deleted.`)
}

function shownSnapshot({ id, name }: Pick<SnapshotShape, 'id' | 'name'>): string {
  return name === id ? id : `${plain(name)} (${id})`
}
