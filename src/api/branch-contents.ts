import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveBranchContents(api: Api, control: Control): void {
  serve(api, routes.listRoles, async ({ params }) => ({
    roles: (await control.branches.roles(params.project_id, params.branch_id)).map(row => views.role(row)),
  }))

  serve(api, routes.getRole, async ({ params }) => ({
    role: views.role(await control.branches.role(params.project_id, params.branch_id, params.role_name)),
  }))

  serve(api, routes.revealPassword, async ({ params }) => ({
    password: await control.passwords.reveal(params.project_id, params.branch_id, params.role_name),
  }))

  serve(api, routes.resetPassword, async ({ params }) => {
    const reset = await control.passwords.reset(params.project_id, params.branch_id, params.role_name)
    return { role: views.role(reset.role, reset.password), operations: reset.operations.map(views.operation) }
  })

  serve(api, routes.listDatabases, async ({ params }) => ({
    databases: (await control.branches.databases(params.project_id, params.branch_id)).map(views.database),
  }))
}
