// /api/console/session: signing in, who is signed in, signing out.

import type { Hono } from 'hono'
import { z } from 'zod'
import type { Control } from '../../control/index.ts'
import { aboutCall } from '../audit.ts'
import { knownError } from '../errors.ts'
import { type FailedAuthentications, refuse } from '../rate-limit.ts'
import type { ApiEnv } from '../serve.ts'
import { bodyOf } from './asked.ts'
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
    const body = await bodyOf(c, signInBody)
    const complete = await control.audit.begin({
      ...aboutCall(c),
      ...{ key: undefined, operationId: 'signInToConsole', ids: {} },
    })
    try {
      const opened =
        'link' in body ? await control.signIn.byLink(body.link) : await control.signIn.byKey(body.api_key)
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
