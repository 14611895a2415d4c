// What people call branches and snapshots: by id or name, in the project that is named, or in the only one that has it.

import { Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { BranchShape, SnapshotShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'
import { CliError } from './errors.ts'
import { type PickWords, pick } from './pick.ts'
import { allProjects, defaultBranch, inParallel, resolveProject } from './resolve.ts'

export type ProjectOptions = { project?: string }

export const projectFlag = (): Option =>
  new Option('--project <project>', 'its project (default: the only one, or the only one that has it)')

/** Of a command that is told the project. */
export type BranchFlag = { branch?: string }

export const branchFlag = (what = 'branch'): Option =>
  new Option('--branch <branch>', `${what} (default: the default branch)`)

export async function branchesOf(
  client: Client,
  projectId: string,
  options: { deleted?: boolean } = {},
): Promise<BranchShape[]> {
  const { branches } = await client.call(routes.listBranches, {
    params: { project_id: projectId },
    query: options.deleted ? { include_deleted: 'true' } : {},
  })
  return branches
}

/** A project may be deleted between the list and the question. */
export async function branchesIfThere(
  client: Client,
  projectId: string,
  options: { deleted?: boolean } = {},
): Promise<BranchShape[]> {
  return await ifThere(branchesOf(client, projectId, options))
}

export interface BranchQuestion {
  /** Undefined: any project may have it. */
  project?: string | undefined
  /** Only those that were deleted and may be recovered. */
  deleted?: boolean
}

/** By id or name. Throws branch_not_found, and usage where several projects have one of the name. */
export async function resolveBranch(
  client: Client,
  text: string,
  { project, deleted = false }: BranchQuestion = {},
): Promise<BranchShape> {
  const all = await everywhere(client, project, id => branchesIfThere(client, id, { deleted }))
  return pick(
    all.filter(branch => (branch.recovery !== undefined) === deleted),
    text,
    deleted
      ? wordsOf('branch_not_found', 'deleted branch', 'branches list --deleted')
      : wordsOf('branch_not_found', 'branch', 'branches list'),
  )
}

/** A branch of one project; none is named: its default branch. */
export async function branchOfProject(
  client: Client,
  projectId: string,
  text: string | undefined,
): Promise<BranchShape> {
  return text === undefined
    ? await defaultBranch(client, projectId)
    : await resolveBranch(client, text, { project: projectId })
}

/** The branch of a command, for the path of a call. */
export async function branchParams(context: Context, project: string | undefined, { branch }: BranchFlag) {
  const client = await context.client()
  const { id } = await resolveProject(client, project)
  const found = await branchOfProject(client, id, branch)
  return { client, params: { project_id: id, branch_id: found.id } }
}

export async function snapshotsOf(client: Client, projectId: string): Promise<SnapshotShape[]> {
  const { snapshots } = await client.call(routes.listSnapshots, { params: { project_id: projectId } })
  return snapshots
}

export interface FoundSnapshot {
  id: string
  name: string
  project_id: string
  snapshot: SnapshotShape
}

/** By id or name. Throws snapshot_not_found, and usage where several are called so. */
export async function resolveSnapshot(
  client: Client,
  text: string,
  project: string | undefined,
): Promise<FoundSnapshot> {
  const all = await everywhere(client, project, async projectId => {
    const list = await ifThere(snapshotsOf(client, projectId))
    return list.map(snapshot => ({ ...nameOf(snapshot), project_id: projectId, snapshot }))
  })
  return pick(all, text, wordsOf('snapshot_not_found', 'snapshot', 'snapshots list'))
}

const nameOf = ({ id, name }: SnapshotShape) => ({ id, name })

async function everywhere<T>(
  client: Client,
  project: string | undefined,
  list: (projectId: string) => Promise<T[]>,
): Promise<T[]> {
  const projects = project === undefined ? await allProjects(client) : [await resolveProject(client, project)]
  return (await inParallel(projects, ({ id }) => list(id))).flat()
}

async function ifThere<T>(list: Promise<T[]>): Promise<T[]> {
  return await list.catch((error: unknown) => {
    if (error instanceof CliError && error.code === 'project_not_found') return []
    throw error
  })
}

/** The words of what lies in projects, any of which may have one of the name. */
function wordsOf(code: string, noun: string, listCommand: string): PickWords<{ project_id: string }> {
  return {
    ...{ code, noun, hint: `\`pilotlight ${listCommand}\` shows those that there are.` },
    apart(found) {
      const projects = new Set(found.map(({ project_id }) => project_id))
      if (projects.size > 1) return `Name its project with --project: ${[...projects].join(', ')}.`
      return undefined
    },
  }
}
