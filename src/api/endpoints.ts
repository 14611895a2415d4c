import type { ComputeAction } from '../contract/compute-states.ts'
import { PilotlightError } from '../contract/errors.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control, EndpointResult } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveEndpoints(api: Api, control: Control): void {
  serve(api, routes.listEndpoints, async ({ params }) => ({
    endpoints: (await control.endpoints.list(params.project_id)).map(row => views.endpoint(row, control)),
  }))

  const withOperations = (result: EndpointResult) => ({
    endpoint: views.endpoint(result.endpoint, control),
    operations: result.operations.map(views.operation),
  })

  serve(api, routes.createEndpoint, async ({ params, body }) => {
    const { branch_id, region_id, ...wanted } = body.endpoint
    const { region } = control.parts.settings
    if (region_id !== undefined && region_id !== region) {
      throw new PilotlightError('invalid_request', {
        detail: `endpoint.region_id: this installation is ${region}`,
      })
    }
    return withOperations(await control.endpoints.create(params.project_id, branch_id, wanted))
  })

  serve(api, routes.updateEndpoint, async ({ params, body }) =>
    withOperations(await control.endpoints.update(params.project_id, params.endpoint_id, body.endpoint)),
  )

  serve(api, routes.deleteEndpoint, async ({ params }) => {
    const deleted = await control.endpoints.delete(params.project_id, params.endpoint_id)
    return deleted && withOperations(deleted)
  })

  serve(api, routes.getEndpoint, async ({ params }) => ({
    endpoint: views.endpoint(await control.endpoints.get(params.project_id, params.endpoint_id), control),
  }))

  const act = async (params: { project_id: string; endpoint_id: string }, action: ComputeAction) => {
    return withOperations(await control.endpoints.act(params.project_id, params.endpoint_id, action))
  }
  serve(api, routes.startEndpoint, ({ params }) => act(params, 'start'))
  serve(api, routes.suspendEndpoint, ({ params }) => act(params, 'suspend'))
  serve(api, routes.restartEndpoint, ({ params }) => act(params, 'restart'))
}
