// The Management API, below /api/v2: what every request goes through, in this order; the routes are one file a noun.

import { randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { PilotlightError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { apiBase } from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import type { Logger } from '../lib/logger.ts'
import { type MachineFacts, serveAccount } from './account.ts'
import { serveAdvisors } from './advisors.ts'
import { serveApiKeys } from './api-keys.ts'
import { auditChanges, auditStrangers, serveAudit } from './audit.ts'
import { authenticate, authorise } from './authenticate.ts'
import { serveBranchContents } from './branch-contents.ts'
import { serveBranches } from './branches.ts'
import { clientAddress } from './client-address.ts'
import { serveConsole, serveConsoleLinks } from './console/index.ts'
import { serveConsumption } from './consumption.ts'
import { serveEndpoints } from './endpoints.ts'
import { errorHandler, invalidRequest, reply } from './errors.ts'
import { carryOutOnce } from './idempotency.ts'
import { serveJwks } from './jwks.ts'
import { onlyJson, safeHeaders } from './manners.ts'
import { serveNotOurs } from './not-ours.ts'
import { serveOpenApi } from './openapi.ts'
import { serveOperations } from './operations.ts'
import { serveOrganizations } from './organizations.ts'
import { servePreloadLibraries } from './preload-libraries.ts'
import { serveProjects } from './projects.ts'
import { FailedAuthentications, limitRate } from './rate-limit.ts'
import { indexRoutes, type RouteIndex } from './route-index.ts'
import { serveSchema } from './schema.ts'
import type { Api, ApiEnv } from './serve.ts'
import { serveSnapshots } from './snapshots.ts'
import { serveStorage } from './storage.ts'

/** A caller's own request id comes back to it, if it is one that can stand in a log line. */
const requestIdPattern = /^[\w.:-]{1,128}$/

export interface ApiOptions {
  /** Of one API key; 0: as many as it likes. */
  requestsPerMinute: number
  /** Where the built console lies; undefined: it is not served. */
  consoleDir?: string
}

export function createApp(
  control: Control,
  facts: MachineFacts,
  logger: Logger,
  options: ApiOptions = { requestsPerMinute: 0 },
): Api {
  const app = new OpenAPIHono<ApiEnv>()

  app.use(async (c, next) => {
    const given = c.req.header('X-Request-ID')
    const requestId = given && requestIdPattern.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.set('remoteAddress', clientAddress(c, facts.trustedProxies))
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
  serveOpenApi(app)

  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: result => {
      if (!result.success) throw invalidRequest(result.error)
    },
  })
  let index: RouteIndex | undefined
  const routeIndex = () => {
    index ??= indexRoutes(api, apiBase)
    return index
  }
  const { requestsPerMinute } = options
  const failures = requestsPerMinute > 0 ? new FailedAuthentications(control.parts.clock) : undefined
  const bounded = limitBody()
  api.use(safeHeaders)
  api.use(auditStrangers(control, routeIndex))
  api.use(authenticate(control, failures))
  api.use(limitRate(control.parts.clock, requestsPerMinute, routeIndex))
  api.use(auditChanges(control, routeIndex))
  api.use(authorise)
  api.use(onlyJson)
  api.use(bounded)
  api.use(carryOutOnce(control))
  serveAccount(api, control, facts)
  serveApiKeys(api, control)
  serveOrganizations(api, control)
  serveAudit(api, control)
  serveProjects(api, control)
  serveBranches(api, control)
  serveBranchContents(api, control)
  serveOperations(api, control)
  serveSnapshots(api, control)
  serveEndpoints(api, control)
  servePreloadLibraries(api, control)
  serveSchema(api, control)
  serveAdvisors(api, control)
  serveConsumption(api, control)
  serveStorage(api, control, facts)
  serveJwks(api, control)
  serveConsoleLinks(api, control)
  serveNotOurs(api, control)
  refuseOtherMethods(api)
  app.route(apiBase, api)
  serveConsole(app, control, {
    directory: options.consoleDir,
    before: [safeHeaders, onlyJson, bounded],
    failures,
  })
  return app
}

function limitBody(): MiddlewareHandler {
  return bodyLimit({
    maxSize: limits.apiBodyBytes,
    onError: c => {
      // The rest of the body is not read, so the connection cannot serve another request.
      c.header('Connection', 'close')
      return reply(
        c as Context<ApiEnv>,
        new PilotlightError('body_too_large', { limit: limits.apiBodyBytes }),
      )
    },
  })
}

/** A path that exists is answered 405 for the methods it has not, rather than 404. */
function refuseOtherMethods(api: Api): void {
  const methodsOf = new Map<string, Set<string>>()
  for (const { path, method } of api.routes) {
    if (method === 'ALL' || path.includes('*')) continue
    methodsOf.set(path, (methodsOf.get(path) ?? new Set()).add(method))
  }
  for (const [path, methods] of methodsOf) {
    if (methods.has('GET')) methods.add('HEAD')
    api.all(path, c => {
      c.header('Allow', [...methods].join(', '))
      if (c.req.method === 'OPTIONS') return c.body(null, 204)
      return reply(c, new PilotlightError('method_not_allowed', { method: c.req.method }))
    })
  }
}
