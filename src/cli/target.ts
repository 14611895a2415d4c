// What to connect to: an endpoint, a database on it, and a role with its password.

import { defaults } from '../contract/defaults.ts'
import * as routes from '../contract/routes/index.ts'
import type { DatabaseShape, EndpointShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { notFoundError, usageError } from './errors.ts'
import { defaultBranch, endpointsOf, resolveEndpoint, resolveProject } from './resolve.ts'

export interface Target {
  projectId: string
  endpoint: EndpointShape
  database: string
  role: string
}

export interface TargetOptions {
  endpoint?: string | undefined
  database?: string | undefined
  role?: string | undefined
}

/** What was not named: the only project, its default branch's endpoint, its first database, that database's owner. */
export async function findTarget(
  client: Client,
  projectText: string | undefined,
  options: TargetOptions,
): Promise<Target> {
  const endpoint = await findEndpoint(client, projectText, options.endpoint)
  const params = { project_id: endpoint.project_id, branch_id: endpoint.branch_id }
  const { databases } = await client.call(routes.listDatabases, { params })
  const named = options.database ?? defaultDatabase(databases)
  const database = databases.find(candidate => candidate.name === named)
  const role = options.role ?? database?.owner_name ?? (await onlyRole(client, params))
  return { projectId: endpoint.project_id, endpoint, database: named, role }
}

async function findEndpoint(
  client: Client,
  projectText: string | undefined,
  endpointText: string | undefined,
): Promise<EndpointShape> {
  if (projectText === undefined && endpointText !== undefined)
    return await resolveEndpoint(client, endpointText)
  const project = await resolveProject(client, projectText)
  const endpoints = await endpointsOf(client, project.id)
  if (endpointText !== undefined) {
    const named = endpoints.find(
      candidate => candidate.id === endpointText || candidate.host === endpointText,
    )
    if (named) return named
    throw notFoundError(
      'endpoint_not_found',
      `project ${project.id} has no endpoint ${endpointText}`,
      `\`pilotlight endpoints list ${project.id}\` shows its endpoints.`,
    )
  }
  const branch = await defaultBranch(client, project.id)
  const found = endpoints.find(
    candidate => candidate.branch_id === branch.id && candidate.type === 'read_write',
  )
  if (found) return found
  throw notFoundError('endpoint_not_found', `branch ${branch.name} of project ${project.id} has no endpoint`)
}

function defaultDatabase(databases: DatabaseShape[]): string {
  const usual = databases.find(database => database.name === defaults.databaseName)
  if (usual) return usual.name
  if (databases.length === 1) return databases[0]!.name
  if (databases.length === 0) return 'postgres'
  throw usageError(
    'there are several databases: name one with --database',
    databases.map(database => database.name).join(', '),
  )
}

/** For a database that is nobody's, such as `postgres`, or that the API does not know. */
async function onlyRole(client: Client, params: { project_id: string; branch_id: string }): Promise<string> {
  const { roles } = await client.call(routes.listRoles, { params })
  if (roles.length === 1) return roles[0]!.name
  throw usageError(
    'there are several roles: name one with --role',
    roles.map(role => role.name).join(', ') || 'there is none',
  )
}

export async function passwordOf(client: Client, target: Target): Promise<string> {
  const params = {
    project_id: target.projectId,
    branch_id: target.endpoint.branch_id,
    role_name: target.role,
  }
  return (await client.call(routes.revealPassword, { params })).password
}
