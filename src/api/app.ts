// The Management API, below /api/v2: request ids, keys, limits and errors are here; the routes are one file a noun.

import { randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { apiBase } from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import type { Logger } from '../lib/logger.ts'
import { type MachineFacts, serveAccount } from './account.ts'
import { serveBranchContents } from './branch-contents.ts'
import { serveBranches } from './branches.ts'
import { serveEndpoints } from './endpoints.ts'
import { errorHandler, invalidRequest, reply } from './errors.ts'
import { serveProjects } from './projects.ts'
import { serveSchema } from './schema.ts'
import type { Api, ApiEnv } from './serve.ts'
import { serveSnapshots } from './snapshots.ts'
import { serveStorage } from './storage.ts'

/** A caller's own request id comes back to it, if it is one that can stand in a log line. */
const requestIdPattern = /^[\w.:-]{1,128}$/

export function createApp(control: Control, facts: MachineFacts, logger: Logger): Api {
  const app = new OpenAPIHono<ApiEnv>()

  app.use(async (c, next) => {
    const given = c.req.header('X-Request-ID')
    const requestId = given && requestIdPattern.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.header('X-Request-ID', requestId)
    const startedAt = performance.now()
    await next()
    logger.info(
      {
        requestId,
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        tookMs: Math.round(performance.now() - startedAt),
      },
      'request',
    )
  })
  app.onError(errorHandler(logger))
  app.notFound(c =>
    reply(c, new PilotlightError('route_not_found', { method: c.req.method, path: c.req.path })),
  )

  app.get('/healthz', c => c.json({ status: 'ok' }))

  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: result => {
      if (!result.success) throw invalidRequest(result.error)
    },
  })
  api.use(async (c, next) => {
    await control.authenticate(bearerToken(c.req.header('Authorization')))
    await next()
  })
  api.use(
    bodyLimit({
      maxSize: limits.apiBodyBytes,
      onError: c => {
        // The rest of the body is not read, so the connection cannot serve another request.
        c.header('Connection', 'close')
        return reply(
          c as Context<ApiEnv>,
          new PilotlightError('body_too_large', { limit: limits.apiBodyBytes }),
        )
      },
    }),
  )
  serveAccount(api, control, facts)
  serveProjects(api, control)
  serveBranches(api, control)
  serveBranchContents(api, control)
  serveSnapshots(api, control)
  serveEndpoints(api, control)
  serveSchema(api, control)
  serveStorage(api, control, facts)
  refuseOtherMethods(api)
  app.route(apiBase, api)
  return app
}

function bearerToken(header: string | undefined): string {
  const match = /^Bearer +([\w-]{1,200})$/i.exec(header ?? '')
  if (!match) throw new PilotlightError('unauthenticated')
  return match[1]!
}

/** A path that exists is answered 405 for the methods it has not, rather than 404. */
function refuseOtherMethods(api: Api): void {
  const methodsOf = new Map<string, Set<string>>()
  for (const { path, method } of api.routes) {
    if (method === 'ALL' || path.includes('*')) continue
    methodsOf.set(path, (methodsOf.get(path) ?? new Set()).add(method))
  }
  for (const [path, methods] of methodsOf) {
    api.all(path, c => {
      c.header('Allow', [...methods].join(', '))
      return reply(c, new PilotlightError('method_not_allowed', { method: c.req.method }))
    })
  }
}
