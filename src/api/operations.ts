import { limits } from '../contract/limits.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveOperations(api: Api, control: Control): void {
  serve(api, routes.listOperations, async ({ params, query }) => {
    const page = await control.operations.list(params.project_id, {
      limit: query.limit ?? limits.operationListMax,
      cursor: query.cursor,
    })
    return {
      operations: page.operations.map(views.operation),
      ...(page.cursor !== undefined && { pagination: { cursor: page.cursor } }),
    }
  })

  serve(api, routes.getOperation, async ({ params }) => ({
    operation: views.operation(await control.operations.get(params.project_id, params.operation_id)),
  }))
}
