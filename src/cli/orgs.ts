import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { OrganizationShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import { failure } from './errors.ts'
import { ago } from './format.ts'
import type { Io } from './output.ts'
import type { System } from './system.ts'

export function addOrgs(program: Command, io: Io, system: System): void {
  const orgs = program.command('orgs').description('the organization that all projects belong to')

  addCommand(orgs, io, system, {
    usage: 'list',
    summary: 'show the organization, whose id some tools ask for',
    example: 'pilotlight orgs list',
    run: list,
  })

  addCommand(orgs, io, system, {
    usage: 'members',
    summary: 'list the members of the organization',
    example: 'pilotlight orgs members',
    run: members,
  })
}

/** The one that there is. */
export async function organizationOf(client: Client): Promise<OrganizationShape> {
  const [first] = (await client.call(routes.listMyOrganizations, {})).organizations
  if (first) return first
  throw failure('organization_not_found', 'this installation says that it has no organization')
}

async function list({ client, out, json, system }: Context): Promise<void> {
  const { organizations } = await (await client()).call(routes.listMyOrganizations, {})
  if (json) return out.json(organizations)
  const now = system.clock.now()
  out.table(
    ['ID', 'NAME', 'CREATED'],
    organizations.map(org => [org.id, org.name, ago(org.created_at, now)]),
    'There is no organization.',
  )
}

async function members(context: Context): Promise<void> {
  const { out, json, system } = context
  const client = await context.client()
  const params = { org_id: (await organizationOf(client)).id }
  const { members: all } = await client.call(routes.listMembers, { params })
  if (json) return out.json(all)
  const now = system.clock.now()
  out.table(
    ['ID', 'EMAIL', 'ROLE', 'JOINED'],
    all.map(({ member, user }) => [member.id, user.email, member.role, ago(member.joined_at, now)]),
    'There is no member.',
  )
}
