// What people call an endpoint: its id, its host name, or the project or branch that it is of.

import type { EndpointShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { CliError, notFoundError, usageError } from './errors.ts'
import { plain } from './format.ts'
import { allProjects, endpointsIfThere, endpointsOf, inParallel, resolveProject } from './resolve.ts'
import { branchesOf, branchOfProject } from './resolve-branch.ts'

/** `ep-cool-dew-12345678`, its host name, its pooled host name. */
const endpointName = /^(ep-[a-z0-9-]+?)(-pooler)?(\..*)?$/

/** By id, host name or project; a project with several also needs the branch. Throws endpoint_not_found, usage. */
export async function resolveEndpoint(
  client: Client,
  text: string | undefined,
  branchText?: string,
): Promise<EndpointShape> {
  const id = text === undefined ? undefined : endpointName.exec(text)?.[1]
  if (id !== undefined) {
    const found = await findEndpoint(client, id)
    if (found) return found
  }
  const project = await resolveProject(client, text).catch((error: unknown) => {
    if (id === undefined || !(error instanceof CliError) || error.code !== 'project_not_found') throw error
    throw notFoundError(
      'endpoint_not_found',
      `there is no endpoint ${id}`,
      '`pilotlight status` shows all endpoints.',
    )
  })
  return await onlyEndpoint(client, project.id, branchText)
}

async function onlyEndpoint(
  client: Client,
  projectId: string,
  branchText: string | undefined,
): Promise<EndpointShape> {
  const branch = branchText === undefined ? undefined : await branchOfProject(client, projectId, branchText)
  const endpoints = (await endpointsOf(client, projectId)).filter(
    ({ branch_id }) => branch === undefined || branch_id === branch.id,
  )
  if (endpoints.length === 1) return endpoints[0]!
  const where = branch ? `branch ${plain(branch.name)}` : `project ${projectId}`
  if (endpoints.length === 0) throw notFoundError('endpoint_not_found', `${where} has no endpoint`)
  const names = new Map((await branchesOf(client, projectId)).map(({ id, name }) => [id, name]))
  throw usageError(
    `${where} has ${endpoints.length} endpoints: name one, or its branch with --branch`,
    endpoints.map(({ id, branch_id }) => `${id}  ${plain(names.get(branch_id) ?? branch_id)}`).join('\n'),
  )
}

/** The API knows endpoints below their projects only. */
async function findEndpoint(client: Client, id: string): Promise<EndpointShape | undefined> {
  const projects = await allProjects(client)
  const all = await inParallel(projects, project => endpointsIfThere(client, project.id))
  return all.flat().find(endpoint => endpoint.id === id)
}
