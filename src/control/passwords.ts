// Passwords of roles: shown again, and replaced.

import type { Operation } from '../catalog/operations.ts'
import * as roles from '../catalog/roles.ts'
import { PilotlightError } from '../contract/errors.ts'
import { rolePassword } from '../lib/ids.ts'
import { createVerifier } from '../lib/scram-verifier.ts'
import type { ReadBack } from './computes/read-back.ts'
import { admitBranch, enqueueApply } from './operations/contents-request.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'
import { findRole, refuseSystemRole } from './roles/roles.ts'

export interface PasswordReset {
  role: roles.Role
  password: string
  operations: Operation[]
}

export class Passwords {
  readonly #parts: Parts
  readonly #projects: Projects
  readonly #readBack: ReadBack

  constructor(parts: Parts, projects: Projects, readBack: ReadBack) {
    this.#parts = parts
    this.#projects = projects
    this.#readBack = readBack
  }

  /**
   * The newest password. Throws password_not_stored where it was set in SQL, where the project stores none, and where the
   * role cannot log in.
   */
  async reveal(projectId: string, branchId: string, name: string): Promise<string> {
    await this.#readBack.freshen(projectId, branchId)
    const role = await findRole(this.#parts.catalog.db, branchId, name)
    const password = this.stored(role)
    if (password !== undefined) return password
    const project = await this.#projects.get(projectId)
    throw new PilotlightError('password_not_stored', {
      role: name,
      reason: role.can_login
        ? project.store_passwords
          ? 'it was set in SQL'
          : 'storing passwords is disabled for the project'
        : 'the role cannot log in',
    })
  }

  /** The newest password; undefined: it is not stored. */
  stored(role: roles.Role): string | undefined {
    const box = role.next_password_box ?? role.password_box
    return box ? this.#parts.secretBox.open(box) : undefined
  }

  /**
   * The old password stays valid until the operations have finished. Throws role_not_found, role_reserved,
   * role_cannot_login, branch_not_ready, too_many_operations.
   */
  async reset(projectId: string, branchId: string, name: string): Promise<PasswordReset> {
    const { catalog, secretBox } = this.#parts
    const project = await this.#projects.get(projectId)
    refuseSystemRole(name, 'reset the password')
    await this.#readBack.freshen(projectId, branchId)
    const before = await findRole(this.#parts.catalog.db, branchId, name)
    if (!before.can_login) throw new PilotlightError('role_cannot_login', { role: name })
    const password = rolePassword()
    const verifier = await createVerifier(password)
    return await catalog.transaction(async trx => {
      const branch = await admitBranch(trx, projectId, branchId)
      const role = await roles.setNext(trx, branchId, name, {
        verifier,
        password_box: project.store_passwords ? secretBox.seal(password) : null,
      })
      if (!role) throw new PilotlightError('role_not_found')
      const operations = await enqueueApply(trx, branch)
      return { role, password, operations }
    })
  }
}
