// What to connect to: a branch by its endpoint, or as it was; a database there, and a role with its password.

import { defaults } from '../contract/defaults.ts'
import * as routes from '../contract/routes/index.ts'
import type { BranchShape, DatabaseShape, EndpointShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { notFoundError, usageError } from './errors.ts'
import { defaultBranch, endpointsOf, resolveProject } from './resolve.ts'
import { resolveBranch } from './resolve-branch.ts'
import { resolveEndpoint } from './resolve-endpoint.ts'

export interface Target {
  projectId: string
  branchId: string
  /** Its own, or the branch where a past moment is looked at: that needs no endpoint. */
  endpointId: string
  database: string
  role: string
}

export interface TargetOptions {
  branch?: string | undefined
  endpoint?: string | undefined
  /** A moment. */
  at?: string | undefined
  database?: string | undefined
  role?: string | undefined
}

/** What was not named: the only project, its default branch's endpoint, its first database, that database's owner. */
export async function findTarget(
  client: Client,
  projectText: string | undefined,
  options: TargetOptions,
): Promise<Target> {
  const place = await findPlace(client, projectText, options)
  const params = { project_id: place.projectId, branch_id: place.branchId }
  const { databases } = await client.call(routes.listDatabases, { params })
  const named = options.database ?? defaultDatabase(databases)
  const database = databases.find(candidate => candidate.name === named)
  const role = options.role ?? database?.owner_name ?? (await onlyRole(client, params))
  return { ...place, database: named, role }
}

/** The database that is meant where none is named. Throws branch_not_found, usage. */
export async function databaseOf(
  client: Client,
  params: { project_id: string; branch_id: string },
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named
  return defaultDatabase((await client.call(routes.listDatabases, { params })).databases)
}

type Place = Pick<Target, 'projectId' | 'branchId' | 'endpointId'>

async function findPlace(
  client: Client,
  projectText: string | undefined,
  { branch: branchText, endpoint: endpointText, at }: TargetOptions,
): Promise<Place> {
  if (endpointText !== undefined) {
    if (branchText !== undefined) throw usageError('--branch and --endpoint exclude each other')
    const endpoint = await findEndpoint(client, projectText, endpointText)
    const { project_id: projectId, branch_id: branchId } = endpoint
    return { projectId, branchId, endpointId: at === undefined ? endpoint.id : branchId }
  }
  const branch = await findBranch(client, projectText, branchText)
  const place = { projectId: branch.project_id, branchId: branch.id }
  if (at !== undefined) return { ...place, endpointId: branch.id }
  const endpoints = await endpointsOf(client, branch.project_id)
  const found = endpoints.find(({ branch_id, type }) => branch_id === branch.id && type === 'read_write')
  if (found) return { ...place, endpointId: found.id }
  throw notFoundError(
    'endpoint_not_found',
    `branch ${branch.name} of project ${branch.project_id} has no endpoint`,
    `Give it one: \`pilotlight endpoints create ${branch.project_id} --branch ${branch.id}\`.`,
  )
}

/** A branch that is named may be of any project, unless that is named too. */
async function findBranch(
  client: Client,
  projectText: string | undefined,
  branchText: string | undefined,
): Promise<BranchShape> {
  if (branchText !== undefined) return await resolveBranch(client, branchText, { project: projectText })
  return await defaultBranch(client, (await resolveProject(client, projectText)).id)
}

async function findEndpoint(
  client: Client,
  projectText: string | undefined,
  endpointText: string,
): Promise<EndpointShape> {
  if (projectText === undefined) return await resolveEndpoint(client, endpointText)
  const project = await resolveProject(client, projectText)
  const endpoints = await endpointsOf(client, project.id)
  const named = endpoints.find(({ id, host }) => id === endpointText || host === endpointText)
  if (named) return named
  throw notFoundError(
    'endpoint_not_found',
    `project ${project.id} has no endpoint ${endpointText}`,
    `\`pilotlight endpoints list ${project.id}\` shows its endpoints.`,
  )
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
    branch_id: target.branchId,
    role_name: target.role,
  }
  return (await client.call(routes.revealPassword, { params })).password
}
