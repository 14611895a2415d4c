// `Idempotency-Key` on a POST: the same request again gets the same answer.

import type { MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { apiBase } from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import type { ApiEnv } from './serve.ts'

/** Comes last before the routes: what is refused before it was not carried out. */
export function carryOutOnce(control: Control): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.header('Idempotency-Key')
    if (key === undefined || c.req.method !== 'POST') return await next()
    const call = {
      apiKeyId: c.get('caller').id,
      key,
      method: c.req.method,
      path: c.req.path.slice(apiBase.length) + new URL(c.req.url).search,
      body: await c.req.text(),
    }
    const { status, body, replayed } = await control.idempotency.once(call, async () => {
      // What fails inside is an answer too by the time that this returns.
      await next()
      return { status: c.res.status, body: await c.res.clone().text() }
    })
    if (replayed) {
      c.header('Idempotent-Replayed', 'true')
      c.header('Content-Type', 'application/json')
      return c.body(body, status as ContentfulStatusCode)
    }
  }
}
