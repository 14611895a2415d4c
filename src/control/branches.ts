// Branches, and what lives on them, as the API shows them.

import * as annotations from '../catalog/annotations.ts'
import * as branches from '../catalog/branches.ts'
import * as databases from '../catalog/databases.ts'
import * as roles from '../catalog/roles.ts'
import { PilotlightError } from '../contract/errors.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'

export class Branches {
  readonly #parts: Parts
  readonly #projects: Projects

  constructor(parts: Parts, projects: Projects) {
    this.#parts = parts
    this.#projects = projects
  }

  /** Throws project_not_found, branch_not_found. */
  async get(projectId: string, branchId: string): Promise<branches.Branch> {
    await this.#projects.get(projectId)
    const branch = await branches.find(this.#parts.catalog.db, branchId)
    if (branch?.project_id !== projectId) throw new PilotlightError('branch_not_found')
    return branch
  }

  async list(projectId: string): Promise<branches.Branch[]> {
    await this.#projects.get(projectId)
    return await branches.listOfProject(this.#parts.catalog.db, projectId)
  }

  async defaultOf(projectId: string): Promise<branches.Branch> {
    const branch = (await this.list(projectId)).find(candidate => candidate.is_default)
    if (!branch) throw new PilotlightError('branch_not_found')
    return branch
  }

  async annotation(branchId: string): Promise<annotations.Annotation | undefined> {
    return (await annotations.listOf(this.#parts.catalog.db, [branchId]))[0]
  }

  async roles(projectId: string, branchId: string): Promise<roles.Role[]> {
    await this.get(projectId, branchId)
    return await roles.listOfBranch(this.#parts.catalog.db, branchId)
  }

  /** Throws role_not_found besides. */
  async role(projectId: string, branchId: string, name: string): Promise<roles.Role> {
    await this.get(projectId, branchId)
    const role = await roles.find(this.#parts.catalog.db, branchId, name)
    if (!role) throw new PilotlightError('role_not_found')
    return role
  }

  async databases(projectId: string, branchId: string): Promise<databases.Database[]> {
    await this.get(projectId, branchId)
    return await databases.listOfBranch(this.#parts.catalog.db, branchId)
  }
}
