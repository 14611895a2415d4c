// Registers one route of the contract: its shapes are checked, its handler gets what was parsed and returns the reply.

import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import type { Route } from '../contract/routes/index.ts'
import type { Rows } from '../control/index.ts'

export type ApiEnv = {
  Variables: {
    requestId: string
    /** From where the request comes; empty where it is not known. */
    remoteAddress: string
    /** The API key that it carries; below the base of the API there is always one. */
    caller: Rows['apiKey']
  }
}
export type Api = OpenAPIHono<ApiEnv>

type BodyOf<R extends Route> = R['request']['body'] extends z.ZodType
  ? z.output<R['request']['body']>
  : undefined

export interface Call<R extends Route> {
  params: z.output<R['request']['params']>
  query: z.output<R['request']['query']>
  body: BodyOf<R>
  caller: Rows['apiKey']
}

/** Neon's client announces JSON, and then sends nothing, where a body may be left out. */
const forgetEmptyBody: MiddlewareHandler = async (c, next) => {
  const length = c.req.header('content-length') ?? '0'
  if (length === '0' && c.req.header('transfer-encoding') === undefined) {
    c.req.raw.headers.delete('content-type')
  }
  await next()
}

/** Undefined is answered 204: what the caller wants gone is not there. */
type Answer<R extends Route> = R['mayBeMissing'] extends true
  ? z.input<R['reply']> | undefined
  : z.input<R['reply']>

export function serve<R extends Route>(
  api: Api,
  route: R,
  handle: (call: Call<R>) => Promise<Answer<R>> | Answer<R>,
): void {
  const { params, query, body, bodyOptional } = route.request
  const definition = createRoute({
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    summary: route.summary,
    ...(bodyOptional && { middleware: [forgetEmptyBody] }),
    request: {
      params,
      query,
      ...(body && {
        body: { required: !bodyOptional, content: { 'application/json': { schema: body as z.ZodType } } },
      }),
    },
    responses: {
      [route.status]: {
        description: route.summary,
        content: { 'application/json': { schema: route.reply } },
      },
      ...(route.mayBeMissing && { 204: { description: 'It is not there' } }),
      default: route.errorReply,
    },
  })
  api.openapi(definition, async c => {
    // The validators of the definition above have run; their outputs are typed by the route.
    const valid = c.req.valid.bind(c.req) as (target: 'param' | 'query' | 'json') => unknown
    const call = {
      ...{ params: valid('param'), query: valid('query'), body: body && valid('json') },
      caller: c.get('caller'),
    } as Call<R>
    const answer = await handle(call)
    return answer === undefined ? c.body(null, 204) : c.json(answer, route.status)
  })
}
