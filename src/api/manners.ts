// What every answer says, and what every body has to be.

import type { MiddlewareHandler } from 'hono'
import { PilotlightError } from '../contract/errors.ts'
import type { ApiEnv } from './serve.ts'

/**
 * Answers hold passwords and connection strings: nothing keeps them. They are JSON and nothing else, whatever a browser
 * makes of them. No CORS header is sent: pages of other origins get nothing.
 */
const headers: [string, string][] = [
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
]

/** A route that knows better (a page, a picture) sets its own. */
export const safeHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  for (const [name, value] of headers) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
}

const json = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/** A body is JSON, or there is none. Throws media_type_unsupported. */
export const onlyJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const hasBody =
    (c.req.header('Content-Length') ?? '0') !== '0' || c.req.header('Transfer-Encoding') !== undefined
  const type = c.req.header('Content-Type')
  if (hasBody && c.req.method !== 'GET' && c.req.method !== 'HEAD' && !json.test(type ?? '')) {
    throw new PilotlightError('media_type_unsupported', { type: type || 'of no type' })
  }
  await next()
}
