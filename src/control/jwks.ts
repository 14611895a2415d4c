// Who signs the JWTs of a project's users. Kept and shown; whoever lets clients in by JWT reads it here.

import { randomUUID } from 'node:crypto'
import * as jwks from '../catalog/jwks.ts'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { lockProject } from './branches/branch-creation.ts'
import type { Branches } from './branches/branches.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'

export interface JwksRequest {
  url: string
  provider: string
  branchId?: string | undefined
  audience?: string | undefined
  roleNames?: string[] | undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export class JwksDesk {
  readonly #parts: Parts
  readonly #projects: Projects
  readonly #branches: Branches

  constructor(parts: Parts, projects: Projects, branches: Branches) {
    this.#parts = parts
    this.#projects = projects
    this.#branches = branches
  }

  /** Throws project_not_found. */
  async list(projectId: string): Promise<jwks.Jwks[]> {
    await this.#projects.get(projectId)
    return await jwks.listShown(this.#parts.catalog.db, projectId)
  }

  /** Throws project_not_found, branch_not_found, jwks_exists, jwks_limit. */
  async add(projectId: string, request: JwksRequest): Promise<jwks.Jwks> {
    return await this.#parts.catalog.transaction(async trx => {
      await lockProject(trx, projectId)
      if (request.branchId !== undefined) await this.#branches.get(projectId, request.branchId, trx)
      const branchId = request.branchId ?? null
      const all = await jwks.listShown(trx, projectId)
      if (all.some(known => known.jwks_url === request.url && known.branch_id === branchId)) {
        throw new PilotlightError('jwks_exists', { url: request.url })
      }
      if (all.length >= limits.jwksPerProject) {
        throw new PilotlightError('jwks_limit', { limit: limits.jwksPerProject })
      }
      return await jwks.insert(trx, {
        ...{ id: randomUUID(), project_id: projectId, branch_id: branchId },
        ...{ jwks_url: request.url, provider_name: request.provider },
        jwt_audience: request.audience ?? null,
        role_names: request.roleNames ?? null,
      })
    })
  }

  /** Throws project_not_found, jwks_not_found. */
  async delete(projectId: string, id: string): Promise<jwks.Jwks> {
    await this.#projects.get(projectId)
    const gone = uuid.test(id) && (await jwks.remove(this.#parts.catalog.db, projectId, id))
    if (!gone) throw new PilotlightError('jwks_not_found')
    return gone
  }
}
