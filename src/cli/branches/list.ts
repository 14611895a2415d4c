import { type Command, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { BranchShape, StorageShape } from '../../contract/shapes.ts'
import { addCommand, type Context } from '../command.ts'
import { ago, bytes, duration, plain } from '../format.ts'
import type { Io } from '../output.ts'
import { endpointsOf, resolveProject } from '../resolve.ts'
import { branchesOf, type ProjectOptions, projectFlag, resolveBranch } from '../resolve-branch.ts'
import type { System } from '../system.ts'
import type { Cell } from '../table.ts'

type ListOptions = { deleted?: boolean; size?: boolean }
type Sizes = Map<string, StorageShape['projects'][number]['data'][number]>

export function addBranchList(branches: Command, io: Io, system: System): void {
  addCommand<ListOptions>(branches, io, system, {
    usage: 'list [project]',
    summary: 'list the branches of a project, children below their parents',
    example: 'pilotlight branches list shop\npilotlight branches list shop --size',
    options: [
      new Option('--deleted', 'also those that were deleted and can be recovered'),
      new Option('--size', 'what each takes on disk, and what of that it alone takes'),
    ],
    run: list,
  })

  addCommand<ProjectOptions>(branches, io, system, {
    usage: 'get <branch>',
    summary: 'show one branch',
    example: 'pilotlight branches get dev\npilotlight branches get br-cool-dew-12345678',
    options: [projectFlag()],
    run: get,
  })
}

async function list(context: Context, [text]: string[], options: ListOptions): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const project = await resolveProject(client, text)
  const all = await branchesOf(client, project.id, { deleted: options.deleted ?? false })
  let sizes: Sizes | undefined
  if (options.size) {
    out.progress('reading what each takes …')
    const { projects } = await client.call(routes.getStorage, { query: { project_id: project.id } })
    sizes = new Map(projects.flatMap(({ data }) => data).map(data => [data.id, data]))
    out.endProgress()
  }
  if (json) {
    return out.json(sizes ? all.map(branch => ({ ...branch, storage: sizes.get(branch.id) })) : all)
  }
  const now = system.clock.now()
  const byId = new Map(all.map(branch => [branch.id, branch]))
  out.table(
    ['NAME', 'ID', 'PARENT', 'CREATED', 'STATE', ...(sizes ? ['FILES', 'ALONE'] : []), 'NOTES'],
    asTree(all).map(({ branch, depth }) => [
      `${'  '.repeat(depth)}${plain(branch.name)}`,
      branch.id,
      parentText(branch, byId),
      ago(branch.created_at, now),
      stateCell(branch),
      ...(sizes ? sizeCells(sizes, branch.id) : []),
      notesOf(branch, now).join(', '),
    ]),
    'This project has no branch.',
  )
}

/** Parents before their children; what leads to the default branch first, then the oldest. */
export function asTree(all: BranchShape[]): { branch: BranchShape; depth: number }[] {
  const byId = new Map(all.map(branch => [branch.id, branch]))
  const first = new Set<string>()
  for (
    let at = all.find(branch => branch.default);
    at && !first.has(at.id);
    at = byId.get(at.parent_id ?? '')
  ) {
    first.add(at.id)
  }
  const sorted = all.toSorted(
    (a, b) => Number(first.has(b.id)) - Number(first.has(a.id)) || a.created_at.localeCompare(b.created_at),
  )
  const childrenOf = Map.groupBy(sorted, ({ parent_id }) =>
    parent_id !== undefined && byId.has(parent_id) ? parent_id : '',
  )
  const rows: { branch: BranchShape; depth: number }[] = []
  // Not by recursion: a branch of a branch of a branch may go on for thousands.
  const open = (childrenOf.get('') ?? []).map(branch => ({ branch, depth: 0 })).toReversed()
  for (let next = open.pop(); next; next = open.pop()) {
    const { branch, depth } = next
    rows.push(next)
    const children = childrenOf.get(branch.id) ?? []
    open.push(...children.map(child => ({ branch: child, depth: depth + 1 })).toReversed())
  }
  return rows
}

function parentText(branch: BranchShape, byId: Map<string, BranchShape>): string {
  const { parent_id, init_source } = branch
  if (parent_id === undefined) return init_source === 'schema-only' ? 'none, schema only' : ''
  return plain(byId.get(parent_id)?.name ?? parent_id)
}

/** The moment of its parent at which it began. */
function beginOf({ parent_timestamp, parent_lsn }: BranchShape): string[] {
  return [
    ...(parent_timestamp === undefined ? [] : [`at ${parent_timestamp}`]),
    ...(parent_lsn === undefined ? [] : [`LSN ${parent_lsn}`]),
  ]
}

function stateCell(branch: BranchShape): Cell {
  if (branch.recovery) return { text: 'deleted', tone: 'quiet' }
  const state = branch.current_state
  return { text: state, tone: state === 'ready' ? 'quiet' : state === 'failed' ? 'bad' : 'doubtful' }
}

function sizeCells(sizes: Sizes, id: string): string[] {
  const size = sizes.get(id)
  return size ? [bytes(size.bytes), bytes(size.exclusive_bytes)] : ['', '']
}

function notesOf(branch: BranchShape, now: number): string[] {
  return [
    ...(branch.default ? ['default'] : []),
    ...(branch.protected ? ['protected'] : []),
    ...(branch.expires_at !== undefined && !branch.recovery
      ? [`expires ${inFuture(branch.expires_at, now)}`]
      : []),
    ...(branch.recovery ? [`can be recovered until ${branch.recovery.recoverable_until}`] : []),
    ...(branch.restore_status === 'restored' ? ['restored snapshot, not finalized'] : []),
  ]
}

export function inFuture(timestamp: string, now: number): string {
  const ms = Date.parse(timestamp) - now
  return ms <= 0 ? 'now' : `in ${duration(ms)}`
}

async function get(context: Context, [text]: string[], options: ProjectOptions): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const branch = await resolveBranch(client, text!, options)
  if (json) return out.json(branch)
  const byId = new Map((await branchesOf(client, branch.project_id)).map(other => [other.id, other]))
  const endpoints = await endpointsOf(client, branch.project_id)
  const now = system.clock.now()
  const notes = notesOf(branch, now)
  out.line(`Branch     ${shownBranch(branch)} of project ${branch.project_id}`)
  out.line(`State      ${[branch.current_state, ...notes].join(', ')}`)
  out.line(`Created    ${ago(branch.created_at, now)} (${branch.created_at})`)
  const parent = parentText(branch, byId)
  if (parent !== '') out.line(`Parent     ${[parent, ...beginOf(branch)].join(', ')}`)
  if (branch.expires_at !== undefined) out.line(`Expires    ${branch.expires_at}`)
  if (branch.last_reset_at !== undefined) out.line(`Restored   ${ago(branch.last_reset_at, now)}`)
  for (const { host, current_state } of endpoints.filter(({ branch_id }) => branch_id === branch.id)) {
    out.line(`Endpoint   ${host} (${current_state})`)
  }
}

/** `dev (br-cool-dew-12345678)` */
export function shownBranch({ id, name }: { id: string; name: string }): string {
  return name === id ? id : `${plain(name)} (${id})`
}
