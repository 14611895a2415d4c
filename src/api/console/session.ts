// /api/console/session: signing in, who is signed in, signing out.

import type { Hono } from 'hono'
import { z } from 'zod'
import { PilotlightError } from '../../contract/errors.ts'
import type { Control } from '../../control/index.ts'
import { invalidRequest } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'
import { forgetSession, keepSession, sessionOf } from './cookie.ts'

const signInBody = z.union([
  z.object({ link: z.string().max(200) }),
  z.object({ api_key: z.string().trim().max(200) }),
])

/** Before authentication: whoever comes here is on the way in, or asks whether they are. */
export function serveSession(app: Hono<ApiEnv>, control: Control): void {
  app.get('/session', async c => {
    const token = sessionOf(c)
    const key = token === undefined ? undefined : await control.keys.find(token)
    return c.json({ signed_in: key !== undefined })
  })

  app.post('/session', async c => {
    const body: unknown = await c.req.json().catch(() => {
      throw new PilotlightError('malformed_json')
    })
    const parsed = signInBody.safeParse(body)
    if (!parsed.success) throw invalidRequest(parsed.error)
    const opened =
      'link' in parsed.data
        ? await control.signIn.byLink(parsed.data.link)
        : await control.signIn.byKey(parsed.data.api_key)
    keepSession(c, opened.token, opened.maxAgeSeconds)
    return c.json({ signed_in: true })
  })

  app.delete('/session', async c => {
    const token = sessionOf(c)
    if (token !== undefined) await control.signIn.signOut(token)
    forgetSession(c)
    return c.json({ signed_in: false })
  })
}
