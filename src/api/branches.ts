import { readMoment } from '../contract/moment.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control, CreatedBranch, Rows } from '../control/index.ts'
import { withBranchUse } from './consumption-views.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveBranches(api: Api, control: Control): void {
  /** With what they have used. */
  const shown = async (rows: Rows['branch'][]) => {
    const [first] = rows
    if (!first) return []
    const used = await control.consumption.ofBranches(
      first.project_id,
      rows.map(({ id }) => id),
    )
    return rows.map(row => withBranchUse(views.branch(row), used.get(row.id)))
  }
  const shownOne = async (row: Rows['branch']) => (await shown([row]))[0]!

  serve(api, routes.listBranches, async ({ params, query }) => {
    const page = await control.branches.list(params.project_id, {
      search: query.search,
      sortBy: query.sort_by,
      order: query.sort_order,
      limit: query.limit,
      cursor: query.cursor,
      includeDeleted: query.include_deleted ?? false,
    })
    return {
      branches: await shown(page.branches),
      annotations: Object.fromEntries(
        page.annotations.map(row => [row.branch_id, views.annotation(row.branch_id, row)]),
      ),
      pagination: {
        ...(page.next !== undefined && { next: page.next }),
        sort_by: page.sortBy,
        sort_order: page.order,
      },
    }
  })

  // Before the routes that take `count` for a branch's id.
  serve(api, routes.countBranches, async ({ params, query }) => ({
    count: await control.branches.count(params.project_id, query.search),
  }))

  serve(api, routes.createBranch, async ({ params, body }) => {
    const wanted = body.branch ?? {}
    const made = await control.branchCreation.create(params.project_id, {
      parentId: wanted.parent_id,
      name: wanted.name,
      moment: readMoment({ lsn: wanted.parent_lsn, timestamp: wanted.parent_timestamp }),
      protected: wanted.protected,
      schemaOnly: wanted.init_source === 'schema-only',
      expiresAt: wanted.expires_at,
      endpoints: body.endpoints,
      annotation: body.annotation_value,
    })
    const uris = connectionUris(control, made)
    return {
      branch: views.branch(made.branch),
      endpoints: made.endpoints.map(row => views.endpoint(row, control)),
      operations: made.operations.map(views.operation),
      roles: made.roles.map(row => views.role(row)),
      databases: made.databases.map(views.database),
      ...(uris && { connection_uris: uris }),
    }
  })

  serve(api, routes.getBranch, async ({ params }) => ({
    branch: await shownOne(await control.branches.get(params.project_id, params.branch_id)),
    annotation: views.annotation(params.branch_id, await control.branches.annotation(params.branch_id)),
  }))

  serve(api, routes.updateBranch, async ({ params, body }) => {
    const changed = await control.branchChanges.update(params.project_id, params.branch_id, {
      name: body.branch.name,
      protected: body.branch.protected,
      expiresAt: body.branch.expires_at,
    })
    return { branch: await shownOne(changed), operations: [] }
  })

  serve(api, routes.deleteBranch, async ({ params, query }) => {
    const deleted = await control.branchDeletion.delete(params.project_id, params.branch_id, {
      hard: query.hard_delete ?? false,
    })
    return deleted && withOperations(deleted)
  })

  serve(api, routes.recoverBranch, async ({ params }) => {
    const recovered = await control.branchDeletion.recover(params.project_id, params.branch_id)
    return {
      branch: views.branch(recovered.branch),
      endpoints: recovered.endpoints.map(row => views.endpoint(row, control)),
    }
  })

  serve(api, routes.restoreBranch, async ({ params, body }) =>
    withOperations(
      await control.restores.restore(params.project_id, params.branch_id, {
        sourceId: body.source_branch_id,
        moment: readMoment({ lsn: body.source_lsn, timestamp: body.source_timestamp }),
        preserveUnderName: body.preserve_under_name,
      }),
    ),
  )

  serve(api, routes.finalizeRestore, async ({ params, body }) => ({
    operations: (await control.snapshotRestores.finalize(params.project_id, params.branch_id, body.name)).map(
      views.operation,
    ),
  }))

  serve(api, routes.setDefaultBranch, async ({ params }) => ({
    branch: await shownOne(await control.branchChanges.setDefault(params.project_id, params.branch_id)),
    operations: [],
  }))

  serve(api, routes.exportBranch, async ({ params, body }) => {
    const entered = await control.exports.create(params.project_id, params.branch_id, body.name)
    return { path: entered.path, operations: entered.operations.map(views.operation) }
  })

  serve(api, routes.getBranchHistory, async ({ params }) => {
    const { windowSeconds, from, lsn } = await control.branches.history(params.project_id, params.branch_id)
    return {
      history_retention_seconds: windowSeconds,
      ...(from !== undefined && { from }),
      ...(lsn !== undefined && { lsn }),
    }
  })

  serve(api, routes.listBranchEndpoints, async ({ params }) => {
    await control.branches.get(params.project_id, params.branch_id)
    const all = await control.endpoints.list(params.project_id)
    return {
      endpoints: all
        .filter(row => row.branch_id === params.branch_id)
        .map(row => views.endpoint(row, control)),
    }
  })
}

function withOperations(result: { branch: Rows['branch']; operations: Rows['operation'][] }) {
  return { branch: views.branch(result.branch), operations: result.operations.map(views.operation) }
}

/** Neon sends them only where there is no doubt which role and database are meant. */
function connectionUris(control: Control, made: CreatedBranch) {
  const endpoint = made.endpoints.find(({ type }) => type === 'read_write')
  const [role, ...otherRoles] = made.roles
  const [database, ...otherDatabases] = made.databases
  if (!endpoint || !role || !database || otherRoles.length > 0 || otherDatabases.length > 0) return undefined
  const password = control.passwords.stored(role)
  if (password === undefined) return undefined
  const names = { role: role.name, database: database.name }
  const connection = control.connections.of({ endpointId: endpoint.id, password, ...names })
  return [views.connectionDetails(connection, names.role, names.database)]
}
