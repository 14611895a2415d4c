import { z } from 'zod'
import * as shapes from '../shapes.ts'
import { route } from './route.ts'

export const organizationParams = z.object({ org_id: shapes.pathText })
const memberParams = organizationParams.extend({ member_id: z.uuid('member_id is not a UUID') })
const members = '/organizations/{org_id}/members'
const empty = z.object({})

export const listMyOrganizations = route({
  operationId: 'getCurrentUserOrganizations',
  method: 'get',
  path: '/users/me/organizations',
  summary: 'The organizations of the user, or of the key: the one that there is',
  reply: z.object({ organizations: z.array(shapes.organization) }),
})

export const getOrganization = route({
  operationId: 'getOrganization',
  method: 'get',
  path: '/organizations/{org_id}',
  summary: 'Get an organization',
  params: organizationParams,
  reply: shapes.organization,
  errors: ['organization_not_found'],
})

export const listMembers = route({
  operationId: 'getOrganizationMembers',
  method: 'get',
  path: members,
  summary: 'List the members of an organization',
  params: organizationParams,
  // There are few: one page holds them, however it is asked for.
  query: z.object({
    sort_by: z.enum(['email', 'role', 'joined_at']).optional(),
    sort_order: z.enum(['asc', 'desc']).optional(),
    cursor: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(500).optional(),
  }),
  reply: z.object({
    members: z.array(shapes.memberWithUser),
    pagination: shapes.cursorPagination,
  }),
  errors: ['organization_not_found'],
})

export const getMember = route({
  operationId: 'getOrganizationMember',
  method: 'get',
  path: `${members}/{member_id}`,
  summary: 'Get a member',
  params: memberParams,
  reply: shapes.member,
  errors: ['organization_not_found', 'member_not_found'],
})

export const updateMember = route({
  operationId: 'updateOrganizationMember',
  method: 'patch',
  path: `${members}/{member_id}`,
  summary: 'Change a member’s role; the last admin stays one',
  params: memberParams,
  body: z.object({ role: shapes.memberRole }),
  reply: shapes.member,
  errors: ['organization_not_found', 'member_not_found', 'last_admin'],
})

export const removeMember = route({
  operationId: 'removeOrganizationMember',
  method: 'delete',
  path: `${members}/{member_id}`,
  summary: 'Remove a member; the last admin stays',
  params: memberParams,
  reply: empty,
  errors: ['organization_not_found', 'member_not_found', 'last_admin'],
})

export const listInvitations = route({
  operationId: 'getOrganizationInvitations',
  method: 'get',
  path: '/organizations/{org_id}/invitations',
  summary: 'List invitations: none, there is one user',
  params: organizationParams,
  reply: z.object({ invitations: z.array(shapes.invitation) }),
  errors: ['organization_not_found'],
})

export const createInvitations = route({
  operationId: 'createOrganizationInvitations',
  method: 'post',
  path: '/organizations/{org_id}/invitations',
  summary: 'Invite people: refused, there is one user and no mail',
  params: organizationParams,
  body: shapes.invitationsBody,
  reply: z.object({ invitations: z.array(shapes.invitation) }),
  errors: ['organization_not_found', 'invitations_unsupported'],
})

export const transferFromOrganization = route({
  operationId: 'transferProjectsFromOrgToOrg',
  method: 'post',
  path: '/organizations/{source_org_id}/projects/transfer',
  summary: 'Give projects to another organization: there is none, and to the same one nothing is to be done',
  params: z.object({ source_org_id: shapes.pathText }),
  body: shapes.transferBody,
  reply: empty,
  errors: ['organization_not_found', 'project_not_found'],
})

export const transferFromUser = route({
  operationId: 'transferProjectsFromUserToOrg',
  method: 'post',
  path: '/users/me/projects/transfer',
  summary: 'Give the user’s projects to the organization: it has them already',
  body: shapes.transferBody,
  reply: empty,
  errors: ['organization_not_found', 'project_not_found'],
})
