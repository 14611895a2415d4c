// A route as data: the server registers it, the OpenAPI document and the CLI's calls are read off it.

import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** Paths are below this. */
export const apiBase = '/api/v2'

/** Every error of the API has this body; `code` is ours where Neon's is empty, and clients only read the status. */
export const errorBody = z.object({
  request_id: z.string(),
  code: z.string(),
  message: z.string(),
  reason: z.string().optional(),
})
export type ErrorBody = z.infer<typeof errorBody>

const errorReply = { description: 'The error', content: { 'application/json': { schema: errorBody } } }

interface RouteParts<
  Method extends 'get' | 'post' | 'put' | 'patch' | 'delete',
  Path extends string,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType | undefined,
  Status extends 200 | 201 | 202,
  Reply extends z.ZodType,
  Missing extends boolean,
  Id extends string,
> {
  /** Neon's operationId. */
  operationId: Id
  method: Method
  path: Path
  summary: string
  params: Params
  query: Query
  body: Body
  /** The body may be left out altogether; it is then `{}`. */
  bodyOptional: boolean
  /** What is not there is answered 204, without a body. */
  mayBeMissing: Missing
  status: Status
  reply: Reply
  errors: ErrorCode[]
}

/** In the shape that @hono/zod-openapi takes, without depending on it. */
export function route<
  Method extends 'get' | 'post' | 'put' | 'patch' | 'delete',
  Path extends string,
  Reply extends z.ZodType,
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType | undefined = undefined,
  Status extends 200 | 201 | 202 = 200,
  Missing extends boolean = false,
  Id extends string = string,
>(
  parts: Pick<
    RouteParts<Method, Path, Params, Query, Body, Status, Reply, Missing, Id>,
    'method' | 'path' | 'summary' | 'reply'
  > &
    Pick<RouteParts<Method, Path, Params, Query, Body, Status, Reply, Missing, Id>, 'operationId'> &
    Partial<RouteParts<Method, Path, Params, Query, Body, Status, Reply, Missing, Id>>,
) {
  return {
    operationId: parts.operationId,
    method: parts.method,
    path: parts.path,
    summary: parts.summary,
    errors: parts.errors ?? [],
    request: {
      params: (parts.params ?? z.object({})) as Params,
      query: (parts.query ?? z.object({})) as Query,
      body: parts.body as Body,
      bodyOptional: parts.bodyOptional ?? false,
    },
    mayBeMissing: (parts.mayBeMissing ?? false) as Missing,
    status: (parts.status ?? 200) as Status,
    reply: parts.reply,
    errorReply,
  }
}

export type Route = ReturnType<typeof route>
