import * as routes from '../contract/routes/index.ts'
import type { JwksShape } from '../contract/shapes.ts'
import type { Control, Rows } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import { timestamp } from './timestamp.ts'

export function serveJwks(api: Api, control: Control): void {
  serve(api, routes.listJwks, async ({ params }) => ({
    jwks: (await control.jwks.list(params.project_id)).map(view),
  }))

  serve(api, routes.addJwks, async ({ params, body }) => {
    const added = await control.jwks.add(params.project_id, {
      url: body.jwks_url,
      provider: body.provider_name,
      branchId: body.branch_id,
      audience: body.jwt_audience,
      roleNames: body.role_names,
    })
    return { jwks: view(added), operations: [] }
  })

  serve(api, routes.deleteJwks, async ({ params }) =>
    view(await control.jwks.delete(params.project_id, params.jwks_id)),
  )
}

function view(row: Rows['jwks']): JwksShape {
  return {
    id: row.id,
    project_id: row.project_id,
    ...(row.branch_id !== null && { branch_id: row.branch_id }),
    jwks_url: row.jwks_url,
    provider_name: row.provider_name,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    ...(row.jwt_audience !== null && { jwt_audience: row.jwt_audience }),
    ...(row.role_names !== null && { role_names: row.role_names }),
  }
}
