import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control, CreatedProject } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveProjects(api: Api, control: Control): void {
  const { hostSuffix, region } = control.parts.settings

  serve(api, routes.listProjects, async ({ query }) => {
    const limit = query.limit ?? limits.projectListDefault
    const page = await control.projects.list({ limit, cursor: query.cursor, search: query.search })
    return {
      projects: page.projects.map(row => views.projectListItem(row, hostSuffix)),
      ...(page.cursor !== undefined && { pagination: { cursor: page.cursor } }),
      applications: {},
      integrations: {},
    }
  })

  // Before the routes that take `shared` for a project's id.
  serve(api, routes.listSharedProjects, async () => ({ projects: [] }))

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
      importDirectory: wanted.pilotlight_import?.directory,
      endpointSettings: {
        autoscaling_limit_min_cu: wanted.autoscaling_limit_min_cu,
        autoscaling_limit_max_cu: wanted.autoscaling_limit_max_cu,
        ...wanted.default_endpoint_settings,
      },
    })
    return {
      project: views.project(made.project, hostSuffix),
      ...firstContents(made),
      operations: made.operations.map(views.operation),
      branch: views.branch(made.branch),
      endpoints: [views.endpoint(made.endpoint, control)],
    }
  })

  serve(api, routes.getProject, async ({ params }) => ({
    project: views.project(await control.projects.get(params.project_id), hostSuffix),
  }))

  serve(api, routes.updateProject, async ({ params, body }) => {
    const updated = await control.projects.update(params.project_id, body.project)
    return {
      project: views.project(updated.project, hostSuffix),
      operations: updated.operations.map(views.operation),
    }
  })

  serve(api, routes.deleteProject, async ({ params }) => ({
    project: views.project(await control.projectDeletion.delete(params.project_id), hostSuffix),
  }))

  serve(api, routes.getConnectionUri, async ({ params, query }) => {
    const connection = await control.connections.describe({
      projectId: params.project_id,
      branchId: query.branch_id,
      endpointId: query.endpoint_id,
      database: query.database_name,
      role: query.role_name,
      pooled: query.pooled === 'true',
    })
    return { uri: connection.uri }
  })

  serve(api, routes.listOperations, async ({ params, query }) => {
    const page = await control.operations(params.project_id, {
      limit: query.limit ?? limits.operationListMax,
      cursor: query.cursor,
    })
    return {
      operations: page.operations.map(views.operation),
      ...(page.cursor !== undefined && { pagination: { cursor: page.cursor } }),
    }
  })

  serve(api, routes.getOperation, async ({ params }) => ({
    operation: views.operation(await control.operation(params.project_id, params.operation_id)),
  }))
}
