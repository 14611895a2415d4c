// /api/console/session: signing in, who is signed in, signing out.

import type { Hono } from 'hono'
import { z } from 'zod'
import { PilotlightError } from '../../contract/errors.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest, knownError } from '../errors.ts'
import { type FailedAuthentications, refuse } from '../rate-limit.ts'
import type { ApiEnv } from '../serve.ts'
import { forgetSession, keepSession, sessionOf } from './cookie.ts'

const signInBody = z.union([
  z.object({ link: z.string().max(200) }),
  z.object({ api_key: z.string().trim().max(200) }),
])

/**
 * Before authentication: whoever comes here is on the way in, or asks whether they are. Each try is entered in the audit
 * log. `failures` undefined: whoever fails may try again as often as they like.
 */
export function serveSession(
  app: Hono<ApiEnv>,
  control: Control,
  failures: FailedAuthentications | undefined,
): void {
  app.get('/session', async c => {
    const token = sessionOf(c)
    const key = token === undefined ? undefined : await control.keys.find(token)
    return c.json({ signed_in: key !== undefined })
  })

  app.post('/session', async c => {
    const address = c.get('remoteAddress')
    const waitMs = failures?.waitMs(address, '') ?? 0
    if (waitMs > 0) return refuse(c, waitMs, 'credentials from this address failed too often')
    const body: unknown = await c.req.json().catch(() => {
      throw new PilotlightError('malformed_json')
    })
    const parsed = signInBody.safeParse(body)
    if (!parsed.success) throw invalidRequest(parsed.error)
    const complete = await control.audit.begin({
      ...{ key: undefined, operationId: 'signInToConsole', method: c.req.method, path: c.req.path },
      ...{ ids: {}, remoteAddress: address, requestId: c.get('requestId') },
    })
    try {
      const opened =
        'link' in parsed.data
          ? await control.signIn.byLink(parsed.data.link)
          : await control.signIn.byKey(parsed.data.api_key)
      await complete(200, { key_id: String(opened.openedBy) })
      keepSession(c, opened.token, opened.maxAgeSeconds)
      return c.json({ signed_in: true })
    } catch (error) {
      const { http } = knownError(error).definition
      if (http === 401) failures?.failed(address, '')
      await complete(http, {})
      throw error
    }
  })

  app.delete('/session', async c => {
    const token = sessionOf(c)
    if (token !== undefined) await control.signIn.signOut(token)
    forgetSession(c)
    return c.json({ signed_in: false })
  })
}
