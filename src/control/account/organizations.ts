// The one organization of an installation and its members: people who look after it. There is one, and it stays.

import * as organizations from '../../catalog/organizations.ts'
import type { MemberRole } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import type { Parts } from '../parts.ts'

/** Throws organization_not_found. No id means the organization that there is. */
export function assertOrganization({ catalog }: Parts, orgId: string | undefined): void {
  if (orgId !== undefined && orgId !== catalog.identity.organization.id) {
    throw new PilotlightError('organization_not_found')
  }
}

export class Organizations {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get user(): organizations.User {
    return this.#parts.catalog.identity.user
  }

  /** Throws organization_not_found. */
  get(orgId?: string): organizations.Organization {
    assertOrganization(this.#parts, orgId)
    return this.#parts.catalog.identity.organization
  }

  /** Throws organization_not_found. */
  async members(orgId: string): Promise<(organizations.Member & { email: string })[]> {
    this.get(orgId)
    return await organizations.listMembers(this.#parts.catalog.db, orgId)
  }

  /** Throws organization_not_found, member_not_found. */
  async member(orgId: string, memberId: string): Promise<organizations.Member> {
    const member = (await this.members(orgId)).find(({ id }) => id === memberId)
    if (!member) throw new PilotlightError('member_not_found')
    const { email: _, ...row } = member
    return row
  }

  /** Throws organization_not_found, member_not_found, last_admin. */
  async updateMember(orgId: string, memberId: string, role: MemberRole): Promise<organizations.Member> {
    this.get(orgId)
    return await this.#parts.catalog.transaction(async trx => {
      const all = await organizations.lockMembers(trx, orgId)
      assertAdminStays(all, memberId, role)
      return await organizations.updateMember(trx, memberId, role)
    })
  }

  /** Throws organization_not_found, member_not_found, last_admin. */
  async removeMember(orgId: string, memberId: string): Promise<void> {
    this.get(orgId)
    await this.#parts.catalog.transaction(async trx => {
      const all = await organizations.lockMembers(trx, orgId)
      assertAdminStays(all, memberId, undefined)
      await organizations.removeMember(trx, memberId)
    })
  }

  /** Always throws: organization_not_found, or that there is no other user and no mail. */
  invite(orgId: string): never {
    this.get(orgId)
    throw new PilotlightError('invitations_unsupported')
  }

  /**
   * To the organization that has them already: nothing is to be done, once all of them are found. Throws
   * organization_not_found.
   */
  assertTransfer(destinationId: string, sourceId?: string): void {
    this.get(sourceId)
    this.get(destinationId)
  }
}

function assertAdminStays(all: organizations.Member[], memberId: string, role: MemberRole | undefined): void {
  const member = all.find(({ id }) => id === memberId)
  if (!member) throw new PilotlightError('member_not_found')
  const others = all.filter(other => other.role === 'admin' && other.id !== memberId)
  if (member.role === 'admin' && role !== 'admin' && others.length === 0) {
    throw new PilotlightError('last_admin')
  }
}
