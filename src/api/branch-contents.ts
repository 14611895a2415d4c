import * as routes from '../contract/routes/index.ts'
import type { Control, Rows } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveBranchContents(api: Api, control: Control): void {
  const { roles, databases, passwords } = control

  serve(api, routes.listRoles, async ({ params }) => ({
    roles: (await roles.list(params.project_id, params.branch_id)).map(row => views.role(row)),
  }))

  serve(api, routes.createRole, async ({ params, body }) => {
    const { name, no_login } = body.role
    return roleReply(await roles.create(params.project_id, params.branch_id, { name, noLogin: no_login }))
  })

  serve(api, routes.getRole, async ({ params }) => ({
    role: views.role(await roles.get(params.project_id, params.branch_id, params.role_name)),
  }))

  serve(api, routes.deleteRole, async ({ params }) => {
    const deleted = await roles.delete(params.project_id, params.branch_id, params.role_name)
    return deleted && roleReply(deleted)
  })

  serve(api, routes.revealPassword, async ({ params }) => ({
    password: await passwords.reveal(params.project_id, params.branch_id, params.role_name),
  }))

  serve(api, routes.resetPassword, async ({ params }) =>
    roleReply(await passwords.reset(params.project_id, params.branch_id, params.role_name)),
  )

  serve(api, routes.listDatabases, async ({ params }) => ({
    databases: (await databases.list(params.project_id, params.branch_id)).map(views.database),
  }))

  serve(api, routes.createDatabase, async ({ params, body }) => {
    const { name, owner_name } = body.database
    return databaseReply(
      await databases.create(params.project_id, params.branch_id, { name, owner: owner_name }),
    )
  })

  serve(api, routes.getDatabase, async ({ params }) => ({
    database: views.database(await databases.get(params.project_id, params.branch_id, params.database_name)),
  }))

  serve(api, routes.updateDatabase, async ({ params, body }) => {
    const { name, owner_name } = body.database
    const { project_id, branch_id, database_name } = params
    return databaseReply(
      await databases.update(project_id, branch_id, database_name, { name, owner: owner_name }),
    )
  })

  serve(api, routes.deleteDatabase, async ({ params }) => {
    const deleted = await databases.delete(params.project_id, params.branch_id, params.database_name)
    return deleted && databaseReply(deleted)
  })
}

function roleReply(result: {
  role: Rows['role']
  password?: string | undefined
  operations: Rows['operation'][]
}) {
  return {
    role: views.role(result.role, result.password),
    operations: result.operations.map(views.operation),
  }
}

function databaseReply(result: { database: Rows['database']; operations: Rows['operation'][] }) {
  return { database: views.database(result.database), operations: result.operations.map(views.operation) }
}
