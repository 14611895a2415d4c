import * as routes from '../contract/routes/index.ts'
import type { MemberShape, OrganizationShape } from '../contract/shapes.ts'
import type { Control, Rows } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import { timestamp } from './timestamp.ts'

export function serveOrganizations(api: Api, control: Control): void {
  const { organizations, projects } = control

  serve(api, routes.listMyOrganizations, () => ({ organizations: [organization(organizations.get())] }))
  serve(api, routes.getOrganization, ({ params }) => organization(organizations.get(params.org_id)))

  serve(api, routes.listMembers, async ({ params, query }) => {
    const { sort_by = 'joined_at', sort_order = 'desc' } = query
    const members = (await organizations.members(params.org_id)).map(row => ({
      member: member(row),
      user: { email: row.email },
    }))
    const key = (item: (typeof members)[number]) =>
      sort_by === 'email' ? item.user.email : item.member[sort_by]
    members.sort((a, b) => (key(a) < key(b) ? -1 : 1) * (sort_order === 'asc' ? 1 : -1))
    return { members, pagination: { sort_by, sort_order } }
  })
  serve(api, routes.getMember, async ({ params }) =>
    member(await organizations.member(params.org_id, params.member_id)),
  )
  serve(api, routes.updateMember, async ({ params, body }) =>
    member(await organizations.updateMember(params.org_id, params.member_id, body.role)),
  )
  serve(api, routes.removeMember, async ({ params }) => {
    await organizations.removeMember(params.org_id, params.member_id)
    return {}
  })

  serve(api, routes.listInvitations, ({ params }) => {
    organizations.get(params.org_id)
    return { invitations: [] }
  })
  serve(api, routes.createInvitations, ({ params }) => organizations.invite(params.org_id))

  serve(api, routes.transferFromOrganization, async ({ params, body }) => {
    organizations.assertTransfer(body.destination_org_id, params.source_org_id)
    for (const id of body.project_ids) await projects.get(id)
    return {}
  })
  serve(api, routes.transferFromUser, async ({ body }) => {
    organizations.assertTransfer(body.destination_org_id)
    for (const id of body.project_ids) await projects.get(id)
    return {}
  })
}

function organization(row: Rows['organization']): OrganizationShape {
  return {
    id: row.id,
    name: row.name,
    handle: row.handle,
    plan: 'self-hosted',
    managed_by: 'console',
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    allow_hipaa_projects: false,
    require_mfa: false,
  }
}

function member(row: Rows['member']): MemberShape {
  return {
    id: row.id,
    user_id: row.user_id,
    org_id: row.org_id,
    role: row.role,
    joined_at: timestamp(row.joined_at),
  }
}
