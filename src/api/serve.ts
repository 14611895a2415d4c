// Registers one route of the contract: its shapes are checked, its handler gets what was parsed and returns the reply.

import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { z } from 'zod'
import type { Route } from '../contract/routes/index.ts'

export type ApiEnv = { Variables: { requestId: string } }
export type Api = OpenAPIHono<ApiEnv>

type BodyOf<R extends Route> = R['request']['body'] extends z.ZodType
  ? z.output<R['request']['body']>
  : undefined

export interface Call<R extends Route> {
  params: z.output<R['request']['params']>
  query: z.output<R['request']['query']>
  body: BodyOf<R>
}

export function serve<R extends Route>(
  api: Api,
  route: R,
  handle: (call: Call<R>) => Promise<z.input<R['reply']>> | z.input<R['reply']>,
): void {
  const { params, query, body } = route.request
  const definition = createRoute({
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    summary: route.summary,
    request: {
      params,
      query,
      ...(body && {
        body: { required: true, content: { 'application/json': { schema: body as z.ZodType } } },
      }),
    },
    responses: {
      [route.status]: {
        description: route.summary,
        content: { 'application/json': { schema: route.reply } },
      },
      default: route.errorReply,
    },
  })
  api.openapi(definition, async c => {
    // The validators of the definition above have run; their outputs are typed by the route.
    const valid = c.req.valid.bind(c.req) as (target: 'param' | 'query' | 'json') => unknown
    const call = { params: valid('param'), query: valid('query'), body: body && valid('json') } as Call<R>
    return c.json(await handle(call), route.status)
  })
}
