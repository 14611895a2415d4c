import * as routes from '../contract/routes/index.ts'
import type { CreatedOrgApiKeyShape, OrgApiKeyListItemShape } from '../contract/shapes.ts'
import type { Control, CreatedKey, Rows } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import { timestamp } from './timestamp.ts'

export function serveApiKeys(api: Api, control: Control): void {
  const { keys } = control
  const { user } = control.organizations

  const listItem = (row: Rows['apiKey']): OrgApiKeyListItemShape => ({
    ...lastUse(row),
    id: row.id,
    name: row.name,
    created_at: timestamp(row.created_at),
    created_by: { id: user.id, name: user.name, image: '' },
    ...(row.project_id !== null && { project_id: row.project_id }),
  })

  serve(api, routes.listApiKeys, async () => (await keys.listPersonal()).map(listItem))
  serve(api, routes.createApiKey, async ({ body }) => created(await keys.createPersonal(body.key_name)))
  serve(api, routes.revokeApiKey, async ({ params }) => revoked(await keys.revokePersonal(params.key_id)))

  serve(api, routes.listOrgApiKeys, async ({ params }) =>
    (await keys.listOfOrganization(params.org_id)).map(listItem),
  )
  serve(api, routes.createOrgApiKey, async ({ params, body }) =>
    created(await keys.createForOrganization(params.org_id, body.key_name, body.project_id)),
  )
  serve(api, routes.revokeOrgApiKey, async ({ params }) =>
    revoked(await keys.revokeOfOrganization(params.org_id, params.key_id)),
  )
}

function created({ key, token }: CreatedKey): CreatedOrgApiKeyShape {
  return {
    id: key.id,
    key: token,
    name: key.name,
    created_at: timestamp(key.created_at),
    created_by: key.created_by,
    ...(key.project_id !== null && { project_id: key.project_id }),
  }
}

function revoked(row: Rows['apiKey']) {
  return {
    ...lastUse(row),
    id: row.id,
    name: row.name,
    created_at: timestamp(row.created_at),
    created_by: row.created_by,
    ...(row.project_id !== null && { project_id: row.project_id }),
    revoked: true,
  }
}

function lastUse(row: Rows['apiKey']) {
  return {
    last_used_at: row.last_used_at && timestamp(row.last_used_at),
    last_used_from_addr: row.last_used_from ?? '',
  }
}
