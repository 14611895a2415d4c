// Passwords of roles: shown again, and replaced.

import * as endpoints from '../catalog/endpoints.ts'
import type { Operation } from '../catalog/operations.ts'
import * as roles from '../catalog/roles.ts'
import { PilotlightError } from '../contract/errors.ts'
import { rolePassword } from '../lib/ids.ts'
import { createVerifier } from '../lib/scram-verifier.ts'
import type { Branches } from './branches/branches.ts'
import { enqueue } from './operations/queue.ts'
import type { Parts } from './parts.ts'
import type { Projects } from './projects.ts'

export interface PasswordReset {
  role: roles.Role
  password: string
  operations: Operation[]
}

export class Passwords {
  readonly #parts: Parts
  readonly #projects: Projects
  readonly #branches: Branches

  constructor(parts: Parts, projects: Projects, branches: Branches) {
    this.#parts = parts
    this.#projects = projects
    this.#branches = branches
  }

  /** The newest password. Throws password_not_stored where it was set in SQL, or the project stores none. */
  async reveal(projectId: string, branchId: string, name: string): Promise<string> {
    const role = await this.#branches.role(projectId, branchId, name)
    const password = this.stored(role)
    if (password === undefined) throw new PilotlightError('password_not_stored', { role: name })
    return password
  }

  /** The newest password; undefined: it is not stored. */
  stored(role: roles.Role): string | undefined {
    const box = role.next_password_box ?? role.password_box
    return box ? this.#parts.secretBox.open(box) : undefined
  }

  /** The old password stays valid until the last of the operations has finished. */
  async reset(projectId: string, branchId: string, name: string): Promise<PasswordReset> {
    const { catalog, secretBox } = this.#parts
    const project = await this.#projects.get(projectId)
    await this.#branches.role(projectId, branchId, name)
    const password = rolePassword()
    const verifier = await createVerifier(password)
    return await catalog.transaction(async trx => {
      const role = await roles.setNext(trx, branchId, name, {
        verifier,
        password_box: project.store_passwords ? secretBox.seal(password) : null,
      })
      const endpoint = await endpoints.findWriter(trx, branchId)
      if (!role) throw new PilotlightError('role_not_found')
      if (!endpoint) throw new PilotlightError('endpoint_not_found')
      const about = { project_id: projectId, branch_id: branchId, endpoint_id: endpoint.id }
      const wasAsleep = endpoint.state === 'suspended' && endpoint.started_at !== null
      const operations = await enqueue(trx, [
        { ...about, action: 'apply_config' },
        ...(wasAsleep ? [{ ...about, action: 'suspend_compute' as const }] : []),
      ])
      return { role, password, operations }
    })
  }
}
