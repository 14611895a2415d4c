import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control, CreatedProject, Rows } from '../control/index.ts'
import { project, projectListItem } from './project-views.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveProjects(api: Api, control: Control): void {
  const { region } = control.parts.settings
  const shown = async (row: Rows['project']) => {
    const [active, used] = await Promise.all([
      control.lastActivity.ofProjects([row.id]),
      control.consumption.ofProject(row.id),
    ])
    return project(row, control, used, active.get(row.id))
  }
  const owner = () => {
    const { name, email } = control.organizations.user
    // Neon's word for an account whose plan its clients do not know.
    return { name, email, branches_limit: limits.branchesPerProject, subscription_type: 'UNKNOWN' as const }
  }

  serve(api, routes.listProjects, async ({ query }) => {
    control.organizations.get(query.org_id)
    const page = await control.projects.list({
      limit: query.limit ?? limits.projectListDefault,
      cursor: query.cursor,
      search: query.search,
      recoverable: query.recoverable ?? false,
    })
    const ids = page.projects.map(({ id }) => id)
    const [active, used] = await Promise.all([
      control.lastActivity.ofProjects(ids),
      control.consumption.usedBy(ids),
    ])
    return {
      projects: page.projects.map(row =>
        projectListItem(row, control, used.get(row.id)!, active.get(row.id)),
      ),
      unavailable_project_ids: [],
      ...(page.cursor !== undefined && { pagination: { cursor: page.cursor } }),
      applications: {},
      integrations: {},
    }
  })

  // Before the routes that take `shared` for a project's id.
  serve(api, routes.listSharedProjects, async () => ({ projects: [], unavailable_project_ids: [] }))

  /** Those of imported data are not known yet. */
  const firstContents = ({ first, endpoint }: CreatedProject) => {
    if (!first) return { connection_uris: [], roles: [], databases: [] }
    const { role, password, database } = first
    const connection = control.connections.of({
      ...{ endpointId: endpoint.id, role: role.name, database: database.name, password },
    })
    return {
      connection_uris: [views.connectionDetails(connection, role.name, database.name)],
      roles: [views.role(role, password)],
      databases: [views.database(database)],
    }
  }

  serve(api, routes.createProject, async ({ body }) => {
    const wanted = body.project
    control.organizations.get(wanted.org_id)
    if (wanted.region_id !== undefined && wanted.region_id !== region) {
      throw new PilotlightError('invalid_request', {
        detail: `project.region_id: this installation is ${region}`,
      })
    }
    const made = await control.projects.create({
      name: wanted.name,
      pgVersion: wanted.pg_version,
      branchName: wanted.branch?.name,
      roleName: wanted.branch?.role_name,
      databaseName: wanted.branch?.database_name,
      historyRetentionSeconds: wanted.history_retention_seconds,
      storePasswords: wanted.store_passwords,
      provisioner: wanted.provisioner,
      settings: wanted.settings,
      annotation: wanted.branch?.annotations,
      importDirectory: wanted.pilotlight_import?.directory,
      endpointSettings: {
        autoscaling_limit_min_cu: wanted.autoscaling_limit_min_cu,
        autoscaling_limit_max_cu: wanted.autoscaling_limit_max_cu,
        ...wanted.default_endpoint_settings,
      },
    })
    return {
      project: await shown(made.project),
      ...firstContents(made),
      operations: made.operations.map(views.operation),
      branch: views.branch(made.branch),
      endpoints: [views.endpoint(made.endpoint, control)],
    }
  })

  serve(api, routes.getProject, async ({ params }) => ({
    project: { ...(await shown(await control.projects.get(params.project_id))), owner: owner() },
  }))

  serve(api, routes.updateProject, async ({ params, body }) => {
    const updated = await control.projects.update(params.project_id, body.project)
    if (body.project.settings?.quota) await control.consumption.quotaChanged(params.project_id)
    return {
      project: await shown(updated.project),
      operations: updated.operations.map(views.operation),
    }
  })

  serve(api, routes.deleteProject, async ({ params }) => ({
    project: await shown(await control.projectDeletion.delete(params.project_id)),
  }))

  serve(api, routes.recoverProject, async ({ params }) => {
    const recovered = await control.projectDeletion.recover(params.project_id)
    return { project: await shown(recovered.project), branches: recovered.branches.map(views.branch) }
  })

  serve(api, routes.getConnectionUri, async ({ params, query }) => {
    const connection = await control.connections.describe({
      projectId: params.project_id,
      branchId: query.branch_id,
      endpointId: query.endpoint_id,
      database: query.database_name,
      role: query.role_name,
      pooled: query.pooled ?? false,
    })
    return { uri: connection.uri }
  })
}
