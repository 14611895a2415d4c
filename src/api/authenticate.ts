// Who calls, and whether that key may do this at all.

import type { Context, MiddlewareHandler } from 'hono'
import { PilotlightError } from '../contract/errors.ts'
import { apiBase } from '../contract/routes/index.ts'
import { askedBy, assertMay, type Control } from '../control/index.ts'
import { consoleHeader, sessionOf } from './console/cookie.ts'
import { type FailedAuthentications, refuse } from './rate-limit.ts'
import type { ApiEnv } from './serve.ts'

/**
 * Sets `caller`, for whom all that is done below is done. `failures` undefined: whoever fails may try again as often as they
 * like.
 */
export function authenticate(
  control: Control,
  failures: FailedAuthentications | undefined,
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const address = c.get('remoteAddress')
    const token = bearerToken(c.req.header('Authorization')) ?? sessionToken(c)
    // Of a token that is kept in memory only a hash is: a heap dump gives none away.
    const tokenName = token === undefined ? '' : control.keys.nameOf(token)
    const waitMs = failures?.waitMs(address, tokenName) ?? 0
    if (waitMs > 0) return refuse(c, waitMs, 'credentials from this address failed too often')
    try {
      if (token === undefined) throw new PilotlightError('unauthenticated')
      c.set('caller', await control.keys.authenticate(token, address || undefined))
    } catch (error) {
      if (error instanceof PilotlightError && error.code === 'unauthenticated') {
        failures?.failed(address, tokenName)
      }
      throw error
    }
    failures?.succeeded(tokenName)
    await askedBy(c.get('caller'), next)
  }
}

/** Where the scopes of keys are enforced: before anything else is looked at. */
export const authorise: MiddlewareHandler<ApiEnv> = async (c, next) => {
  assertMay(c.get('caller'), { method: c.req.method, path: c.req.path.slice(apiBase.length) })
  await next()
}

/** A browser's. What it changes has to come from a page of ours. */
function sessionToken(c: Context<ApiEnv>): string | undefined {
  const token = sessionOf(c)
  if (token === undefined) return undefined
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isRead && c.req.header(consoleHeader) === undefined)
    throw new PilotlightError('console_header_missing')
  return token
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w-]{1,200})$/i.exec(header ?? '')?.[1]
}
