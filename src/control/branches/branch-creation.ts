// Branches are made of other branches: from their head, or from a moment of their past. The caller is answered once the
// branch is recorded; its data comes behind that.

import * as annotations from '../../catalog/annotations.ts'
import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { NewOperation, Operation } from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as roles from '../../catalog/roles.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { PastMoment } from '../../contract/moment.ts'
import { branchId, rolePassword } from '../../lib/ids.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { checkComputeSettings } from '../compute-settings.ts'
import { type EndpointRequest, newEndpoint } from '../endpoint-requests.ts'
import { enqueue } from '../operations/queue.ts'
import type { Parts } from '../parts.ts'
import { checkMoment, futureDate, momentOf } from './moments.ts'

export interface BranchRequest {
  /** Undefined: the project's default branch. */
  parentId?: string | undefined
  /** Undefined: the branch's id. */
  name?: string | undefined
  moment: PastMoment | null
  protected?: boolean | undefined
  schemaOnly?: boolean | undefined
  expiresAt?: string | undefined
  endpoints?: EndpointRequest[] | undefined
  annotation?: Record<string, string> | undefined
}

export interface CreatedBranch {
  branch: branches.Branch
  endpoints: endpoints.Endpoint[]
  roles: roles.Role[]
  databases: databases.Database[]
  operations: Operation[]
}

export class BranchCreation {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Throws project_not_found, branch_not_found (the parent), branch_exists, branches_limit, branch_not_ready,
   * moment_in_future, moment_out_of_window, endpoint_exists, endpoint_read_only_unsupported, too_many_operations.
   */
  async create(projectId: string, request: BranchRequest): Promise<CreatedBranch> {
    const { catalog } = this.#parts
    const parent = await this.#parent(catalog.db, projectId, request.parentId)
    if (parent.state === 'failed') throw new PilotlightError('branch_not_ready')
    const field = request.moment && 'lsn' in request.moment ? 'parent_lsn' : 'parent_timestamp'
    await checkMoment(this.#parts, parent, request.moment, `branch.${field}`)
    const expires = this.#expiry(request)
    // Made before the catalog is locked: a verifier takes some milliseconds.
    const passwords = parent.protected ? await newPasswords(catalog.db, parent.id) : []

    return await catalog.transaction(async trx => {
      const project = await lockProject(trx, projectId)
      await this.#parent(trx, projectId, parent.id)
      const id = branchId()
      await assertRoom(trx, projectId)
      if (request.name !== undefined) await assertNameFree(trx, projectId, request.name)
      const branch = await branches.insert(trx, {
        id,
        project_id: projectId,
        // One with the schema alone is a root: it shares no rows with anybody.
        parent_id: request.schemaOnly ? null : parent.id,
        name: request.name ?? id,
        is_default: false,
        protected: request.protected ?? false,
        contents: 'inherited',
        origin: { from: 'branch', source: parent.id, at: momentOf(request.moment) },
        init_source: request.schemaOnly ? 'schema-only' : 'parent-data',
        creation_source: 'console',
        ...asked(request.moment),
        ...expires,
      })
      await roles.replaceAll(trx, parent.id, id)
      await databases.replaceAll(trx, parent.id, id)
      for (const { name, password, verifier } of passwords) {
        await roles.setLive(trx, id, name, {
          verifier,
          password_box: project.store_passwords ? this.#parts.secretBox.seal(password) : null,
        })
      }
      if (request.annotation) await annotations.set(trx, id, request.annotation)
      const made = await this.#endpoints(trx, project, id, request.endpoints ?? [])
      const about = { project_id: projectId, branch_id: id }
      const chain: NewOperation[] = [
        { ...about, endpoint_id: null, action: 'create_branch' },
        ...(request.schemaOnly
          ? [{ ...about, endpoint_id: null, action: 'apply_schema_from_branch' as const }]
          : []),
        ...made.map(({ id: endpointId }) => ({
          ...about,
          endpoint_id: endpointId,
          action: 'start_compute' as const,
        })),
      ]
      return {
        branch,
        endpoints: made,
        roles: await roles.listOfBranch(trx, id),
        databases: await databases.listOfBranch(trx, id),
        operations: await enqueue(trx, chain),
      }
    })
  }

  /** Throws project_not_found, branch_not_found. */
  async #parent(db: Db, projectId: string, parentId: string | undefined): Promise<branches.Branch> {
    if (!(await projects.find(db, projectId))) throw new PilotlightError('project_not_found')
    const parent = parentId
      ? await branches.findShown(db, projectId, parentId)
      : await branches.findDefault(db, projectId)
    if (!parent) throw new PilotlightError('branch_not_found')
    return parent
  }

  #expiry(request: BranchRequest): { expires_at?: Date; ttl_interval_seconds?: number } {
    if (request.expiresAt === undefined) return {}
    if (request.protected) throw new PilotlightError('branch_never_expires', { kind: 'protected' })
    return expiryOf(this.#parts, 'branch.expires_at', request.expiresAt)
  }

  async #endpoints(
    trx: Db,
    project: projects.Project,
    id: string,
    wanted: EndpointRequest[],
  ): Promise<endpoints.Endpoint[]> {
    if (wanted.filter(({ type }) => type === 'read_write').length > 1) {
      throw new PilotlightError('endpoint_exists', { branch: id })
    }
    const made: endpoints.Endpoint[] = []
    for (const request of wanted) {
      const { settings = {} } = request
      await checkComputeSettings(this.#parts.engine, project.build, 'endpoints.settings', settings)
      made.push(await endpoints.insert(trx, newEndpoint(project, id, request, 'console')))
    }
    return made
  }
}

/** Changes to one project are admitted one at a time. Throws project_not_found. */
export async function lockProject(trx: Db, projectId: string): Promise<projects.Project> {
  const project = await projects.findForUpdate(trx, projectId)
  if (!project) throw new PilotlightError('project_not_found')
  return project
}

/** Throws branch_exists. The project is locked. */
export async function assertNameFree(trx: Db, projectId: string, name: string): Promise<void> {
  if (await branches.findByName(trx, projectId, name)) throw new PilotlightError('branch_exists', { name })
}

/** Throws branches_limit. The project is locked. */
export async function assertRoom(trx: Db, projectId: string): Promise<void> {
  if ((await branches.count(trx, projectId)) >= limits.branchesPerProject) {
    throw new PilotlightError('branches_limit', { limit: limits.branchesPerProject })
  }
}

/** Throws invalid_request where the time has passed, or is too far away. */
export function expiryOf(
  parts: Parts,
  field: string,
  text: string,
): { expires_at: Date; ttl_interval_seconds: number } {
  const expiresAt = futureDate(parts, field, text)
  const seconds = Math.round((expiresAt.getTime() - parts.clock.now()) / 1000)
  if (seconds > limits.branchLifetimeSeconds) {
    throw new PilotlightError('invalid_request', { detail: `${field}: must lie within the next 68 years` })
  }
  return { expires_at: expiresAt, ttl_interval_seconds: seconds }
}

/** What the answer says of where it begins; once there is data, both are known, and stand in its row. */
function asked(moment: PastMoment | null): { parent_lsn?: string; parent_timestamp?: Date } {
  if (!moment) return {}
  return 'lsn' in moment ? { parent_lsn: moment.lsn } : { parent_timestamp: new Date(moment.time) }
}

/** Whoever knows a protected branch's passwords knows nothing of its children's. */
async function newPasswords(
  db: Db,
  parentId: string,
): Promise<{ name: string; password: string; verifier: string }[]> {
  const known = (await roles.listOfBranch(db, parentId)).filter(role => role.next_verifier ?? role.verifier)
  return await Promise.all(
    known.map(async ({ name }) => {
      const password = rolePassword()
      return { name, password, verifier: await createVerifier(password) }
    }),
  )
}
