// What people call things: a project by its id or name. Branches and endpoints have files of their own.

import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { BranchShape, EndpointShape, ProjectListItemShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { CliError, notFoundError, usageError } from './errors.ts'
import { plain } from './format.ts'
import { pick } from './pick.ts'

/** Calls that run side by side: enough to hide latency, few enough for a busy server. */
const parallel = 8

export async function inParallel<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  for (let at = 0; at < items.length; at += parallel) {
    results.push(...(await Promise.all(items.slice(at, at + parallel).map(work))))
  }
  return results
}

/** All that the key may see; `recoverable`: those that were deleted and can be recovered, instead. */
export async function allProjects(
  client: Client,
  search?: string,
  { recoverable = false } = {},
): Promise<ProjectListItemShape[]> {
  try {
    return await listProjects(client, search, recoverable)
  } catch (error) {
    const id = projectOfKey(error)
    if (id === undefined) throw error
    const { project } = await client.call(routes.getProject, { params: { project_id: id } })
    return recoverable ? [] : [{ ...project, active_time: project.active_time_seconds }]
  }
}

/** A project-scoped key lists nothing; the refusal says which project it is for. */
function projectOfKey(error: unknown): string | undefined {
  if (!(error instanceof CliError) || error.code !== 'outside_key_project') return undefined
  return /subject_project_id:"([^"]+)"/.exec(error.message)?.[1]
}

/** Page by page. */
async function listProjects(
  client: Client,
  search: string | undefined,
  recoverable: boolean,
): Promise<ProjectListItemShape[]> {
  const all: ProjectListItemShape[] = []
  let cursor: string | undefined
  for (;;) {
    const query = {
      ...{ limit: limits.projectListMax, cursor, search },
      ...(recoverable && { recoverable: 'true' as const }),
    }
    const page = await client.call(routes.listProjects, { query })
    all.push(...page.projects)
    cursor = page.pagination?.cursor
    if (cursor === undefined || page.projects.length < limits.projectListMax) return all
  }
}

/** By id or by name; without either, the only project there is. */
export async function resolveProject(
  client: Client,
  text: string | undefined,
): Promise<ProjectListItemShape> {
  if (text === undefined) return await onlyProject(client)
  return pick(await candidates(client, text, false), text, {
    ...{ code: 'project_not_found', noun: 'project' },
    hint: '`pilotlight projects list` shows the projects there are.',
  })
}

/** By id or by name, of those that were deleted and can be recovered. */
export async function resolveDeletedProject(client: Client, text: string): Promise<ProjectListItemShape> {
  return pick(await candidates(client, text, true), text, {
    ...{ code: 'project_not_found', noun: 'deleted project' },
    hint: '`pilotlight projects list --recoverable` shows those that can be recovered.',
  })
}

async function candidates(
  client: Client,
  text: string,
  recoverable: boolean,
): Promise<ProjectListItemShape[]> {
  if (text === '' || text.length > limits.projectNameChars) return []
  return await allProjects(client, text, { recoverable })
}

/** What to call it in the commands that we suggest: its name, if that is enough and needs no quotes. */
export async function handyName(
  client: Client,
  project: Pick<ProjectListItemShape, 'id' | 'name'>,
): Promise<string> {
  if (!isPlainWord(project.name)) return project.id
  const same = (await allProjects(client, project.name)).filter(other => other.name === project.name)
  return same.length === 1 ? project.name : project.id
}

/** A shell takes it as one word, and no command of ours for a flag. */
export const isPlainWord = (text: string): boolean => /^\w[\w./-]*$/.test(text)

async function onlyProject(client: Client): Promise<ProjectListItemShape> {
  const projects = await allProjects(client)
  if (projects.length === 1) return projects[0]!
  if (projects.length === 0) {
    throw notFoundError(
      'project_not_found',
      'there is no project yet',
      'Make one: `pilotlight projects create --name shop`.',
    )
  }
  const some = projects.slice(0, 10).map(project => `${project.id}  ${plain(project.name)}`)
  const more = projects.length > 10 ? ['…'] : []
  throw usageError(`there are ${projects.length} projects: name one`, [...some, ...more].join('\n'))
}

export async function endpointsOf(client: Client, projectId: string): Promise<EndpointShape[]> {
  const { endpoints } = await client.call(routes.listEndpoints, { params: { project_id: projectId } })
  return endpoints
}

export async function defaultBranch(client: Client, projectId: string): Promise<BranchShape> {
  const { branches } = await client.call(routes.listBranches, { params: { project_id: projectId } })
  const branch = branches.find(candidate => candidate.default) ?? branches[0]
  if (!branch) throw notFoundError('branch_not_found', `project ${projectId} has no branch`)
  return branch
}

/** A project may be deleted between the list and the question. */
export async function endpointsIfThere(client: Client, projectId: string): Promise<EndpointShape[]> {
  try {
    return await endpointsOf(client, projectId)
  } catch (error) {
    if (error instanceof CliError && error.code === 'project_not_found') return []
    throw error
  }
}
