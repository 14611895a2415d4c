// The organization that all projects belong to, its one user, and its members. Made by the migration, once.

import type { Selectable } from 'kysely'
import type { Db } from './catalog.ts'
import type { MemberRole, MembersTable, OrganizationsTable, UsersTable } from './schema.ts'

export type Organization = Selectable<OrganizationsTable>
export type User = Selectable<UsersTable>
export type Member = Selectable<MembersTable>

/** Whom an installation belongs to. */
export interface Identity {
  organization: Organization
  user: User
}

export async function findIdentity(db: Db): Promise<Identity> {
  const organization = await db
    .selectFrom('organizations')
    .selectAll()
    .where('is_default', '=', true)
    .executeTakeFirstOrThrow()
  const user = await db
    .selectFrom('users')
    .innerJoin('members', 'members.user_id', 'users.id')
    .selectAll('users')
    .where('members.org_id', '=', organization.id)
    .orderBy('members.joined_at')
    .executeTakeFirstOrThrow()
  return { organization, user }
}

/** Members with their users, by when they joined. */
export async function listMembers(db: Db, orgId: string): Promise<(Member & { email: string })[]> {
  return await db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .selectAll('members')
    .select('users.email')
    .where('members.org_id', '=', orgId)
    .orderBy('members.joined_at')
    .orderBy('members.id')
    .execute()
}

/** For update: whoever counts the admins next waits. */
export async function lockMembers(db: Db, orgId: string): Promise<Member[]> {
  return await db.selectFrom('members').selectAll().where('org_id', '=', orgId).forUpdate().execute()
}

export async function updateMember(db: Db, id: string, role: MemberRole): Promise<Member> {
  return await db
    .updateTable('members')
    .set({ role })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function removeMember(db: Db, id: string): Promise<void> {
  await db.deleteFrom('members').where('id', '=', id).execute()
}
