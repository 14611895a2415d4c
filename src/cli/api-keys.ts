import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { OrgApiKeyListItemShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import { type ConfirmOptions, confirm, yesFlag } from './confirm.ts'
import { ago } from './format.ts'
import { organizationOf } from './orgs.ts'
import type { Io } from './output.ts'
import { pick } from './pick.ts'
import { resolveProject } from './resolve.ts'
import type { System } from './system.ts'

type CreateOptions = { organization?: boolean; project?: string }

/** What it reaches: everything of the user, all projects, or one. */
interface Key extends OrgApiKeyListItemShape {
  kind: 'personal' | 'organization' | 'project'
}

export function addApiKeys(program: Command, io: Io, system: System): void {
  const keys = program.command('api-keys').description('create, list and revoke keys of the API')

  addCommand(keys, io, system, {
    usage: 'list',
    summary: 'list the keys there are, and when each was used last',
    details: 'Given an organization key, it lists the keys of the organization and of its projects.',
    example: 'pilotlight api-keys list',
    run: list,
  })

  addCommand<CreateOptions>(keys, io, system, {
    usage: 'create <name>',
    summary: 'create a key, and print it; it is not shown again',
    details:
      'Standard output is the key and nothing else. A personal key may do everything. Only a personal key makes keys.',
    example:
      'pilotlight api-keys create laptop\npilotlight api-keys create ci --organization\npilotlight api-keys create shop-ci --project shop',
    options: [
      new Option('--organization', 'for all projects, but not for keys'),
      new Option('--project <project>', 'for what is in one project, which it cannot delete').conflicts(
        'organization',
      ),
    ],
    run: create,
  })

  addCommand<ConfirmOptions>(keys, io, system, {
    usage: 'revoke <key>',
    summary: 'refuse a key from now on, for good; named by its id or name',
    example: 'pilotlight api-keys revoke laptop',
    options: [yesFlag()],
    run: revoke,
  })
}

async function list({ client, out, json, system }: Context): Promise<void> {
  const keys = await allKeys(await client())
  if (json) return out.json(keys)
  const now = system.clock.now()
  out.table(
    ['ID', 'NAME', 'REACHES', 'CREATED', 'LAST USED', 'FROM'],
    keys.map(key => [
      String(key.id),
      key.name,
      reach(key),
      ago(key.created_at, now),
      ago(key.last_used_at ?? undefined, now),
      key.last_used_from_addr,
    ]),
    'There is no key.',
  )
}

function reach({ kind, project_id }: Key): string {
  if (kind === 'personal') return 'everything'
  return kind === 'organization' ? 'all projects' : `project ${project_id}`
}

async function create(context: Context, [name]: string[], options: CreateOptions): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const created = await createKey(client, name!, options)
  if (json) return out.json(created)
  out.line(created.key)
  out.note(
    `Key ${created.id} is shown this once. To refuse it again: pilotlight api-keys revoke ${created.id}`,
  )
}

async function createKey(client: Client, name: string, options: CreateOptions) {
  if (!options.organization && options.project === undefined) {
    return await client.call(routes.createApiKey, { body: { key_name: name } })
  }
  const project = options.project === undefined ? undefined : await resolveProject(client, options.project)
  return await client.call(routes.createOrgApiKey, {
    params: { org_id: (await organizationOf(client)).id },
    body: { key_name: name, ...(project && { project_id: project.id }) },
  })
}

async function revoke(context: Context, [text]: string[], options: ConfirmOptions): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const key = pick(await allKeys(client), text!, {
    ...{ code: 'api_key_not_found', noun: 'key' },
    hint: '`pilotlight api-keys list` shows the keys there are.',
  })
  await confirm(context, options, {
    question: `Whoever uses key ${key.id} (${key.name}) is refused from now on.`,
    unchanged: 'nothing was revoked',
    withYes: 'revoke it without being asked',
  })
  const revoked =
    key.kind === 'personal'
      ? await client.call(routes.revokeApiKey, { params: { key_id: key.id } })
      : await client.call(routes.revokeOrgApiKey, {
          params: { org_id: (await organizationOf(client)).id, key_id: key.id },
        })
  if (json) return out.json(revoked)
  out.line(`Key ${revoked.id} (${revoked.name}) is revoked.`)
}

/** All that the caller's key may see. */
async function allKeys(client: Client): Promise<Key[]> {
  const { auth_method } = await client.call(routes.getAuthDetails, {})
  const personal = auth_method === 'api_key_user' ? await client.call(routes.listApiKeys, {}) : []
  const params = { org_id: (await organizationOf(client)).id }
  const others = await client.call(routes.listOrgApiKeys, { params })
  return [
    ...personal.map(key => ({ ...key, kind: 'personal' as const })),
    ...others.map(key => ({
      ...key,
      kind: key.project_id === undefined ? ('organization' as const) : ('project' as const),
    })),
  ]
}
