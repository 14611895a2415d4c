// Roles as the API sees them: listed as they are inside, made and dropped. The work is operations/roles-apply.ts.

import type { Db } from '../../catalog/catalog.ts'
import * as databases from '../../catalog/databases.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as roles from '../../catalog/roles.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { rolePassword } from '../../lib/ids.ts'
import { createVerifier } from '../../lib/scram-verifier.ts'
import { isSystemRole } from '../computes/compute-sql.ts'
import type { ContentsHold } from '../computes/contents-hold.ts'
import type { ReadBack } from '../computes/read-back.ts'
import { admitBranch, enqueueApply } from '../operations/contents-request.ts'
import type { Parts } from '../parts.ts'

export interface RoleResult {
  role: roles.Role
  operations: Operation[]
}

export class Roles {
  readonly #parts: Parts
  readonly #readBack: ReadBack
  readonly #hold: ContentsHold

  constructor(parts: Parts, readBack: ReadBack, hold: ContentsHold) {
    this.#parts = parts
    this.#readBack = readBack
    this.#hold = hold
  }

  /** Throws project_not_found, branch_not_found. */
  async list(projectId: string, branchId: string): Promise<roles.Role[]> {
    await this.#readBack.freshen(projectId, branchId)
    return await roles.listOfBranch(this.#parts.catalog.db, branchId)
  }

  /** Throws project_not_found, branch_not_found, role_not_found. */
  async get(projectId: string, branchId: string, name: string): Promise<roles.Role> {
    await this.#readBack.freshen(projectId, branchId)
    return await findRole(this.#parts.catalog.db, branchId, name)
  }

  /**
   * Shown from the answer on; it can log in once the operations have finished. Without a password where it cannot log in.
   * Throws project_not_found, branch_not_found, branch_not_ready, role_exists, roles_limit, too_many_operations.
   */
  async create(
    projectId: string,
    branchId: string,
    request: { name: string; noLogin?: boolean | undefined },
  ): Promise<RoleResult & { password: string | undefined }> {
    const { catalog, secretBox } = this.#parts
    await this.#readBack.freshen(projectId, branchId)
    const password = request.noLogin ? undefined : rolePassword()
    const verifier = password === undefined ? null : await createVerifier(password)
    const made = await catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      const project = await projects.find(trx, projectId)
      if ((await roles.listOfBranch(trx, branchId)).length >= limits.rolesPerBranch) {
        throw new PilotlightError('roles_limit', { limit: limits.rolesPerBranch })
      }
      const isKept = password !== undefined && project?.store_passwords
      const role = await roles.insertNew(trx, {
        ...{ branch_id: branchId, name: request.name, verifier, can_login: password !== undefined },
        password_box: isKept ? secretBox.seal(password) : null,
      })
      if (!role) throw new PilotlightError('role_exists', { name: request.name })
      const change = { kind: 'role_create', name: role.name, login: role.can_login } as const
      return { role, password, operations: await enqueueApply(trx, branch, change) }
    })
    await this.#hold.accepted(branchId)
    return made
  }

  /**
   * Nobody can log in as it from the answer on; its sessions end behind it. Undefined: there is no such role. Throws
   * project_not_found, branch_not_found, branch_not_ready, role_reserved, role_owns_databases, too_many_operations.
   */
  async delete(projectId: string, branchId: string, name: string): Promise<RoleResult | undefined> {
    await this.#readBack.freshen(projectId, branchId)
    refuseSystemRole(name, 'delete')
    const deleted = await this.#parts.catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      const role = await roles.find(trx, branchId, name)
      if (!role) return undefined
      if (role.protected) throw new PilotlightError('role_reserved', { role: name, action: 'delete' })
      const owned = (await databases.listOfBranch(trx, branchId)).filter(
        ({ owner_name }) => owner_name === name,
      )
      if (owned.length > 0) {
        const names = owned.map(database => database.name).join(', ')
        throw new PilotlightError('role_owns_databases', { role: name, databases: names })
      }
      await roles.setDropping(trx, branchId, name, true)
      return { role, operations: await enqueueApply(trx, branch, { kind: 'role_drop', name }) }
    })
    await this.#hold.accepted(branchId)
    return deleted
  }
}

/** Throws role_not_found. */
export async function findRole(db: Db, branchId: string, name: string): Promise<roles.Role> {
  const role = await roles.find(db, branchId, name)
  if (!role) throw new PilotlightError('role_not_found')
  return role
}

/** Throws role_reserved. */
export function refuseSystemRole(name: string, action: string): void {
  if (isSystemRole(name)) throw new PilotlightError('role_reserved', { role: name, action })
}
