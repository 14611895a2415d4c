import type { ComputeAction } from '../contract/compute-states.ts'
import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'
import * as views from './views.ts'

export function serveEndpoints(api: Api, control: Control): void {
  serve(api, routes.listEndpoints, async ({ params }) => ({
    endpoints: (await control.endpoints.list(params.project_id)).map(row => views.endpoint(row, control)),
  }))

  serve(api, routes.getEndpoint, async ({ params }) => ({
    endpoint: views.endpoint(await control.endpoints.get(params.project_id, params.endpoint_id), control),
  }))

  const act = async (params: { project_id: string; endpoint_id: string }, action: ComputeAction) => {
    const result = await control.endpoints.act(params.project_id, params.endpoint_id, action)
    return {
      endpoint: views.endpoint(result.endpoint, control),
      operations: result.operations.map(views.operation),
    }
  }
  serve(api, routes.startEndpoint, ({ params }) => act(params, 'start'))
  serve(api, routes.suspendEndpoint, ({ params }) => act(params, 'suspend'))
  serve(api, routes.restartEndpoint, ({ params }) => act(params, 'restart'))
}
