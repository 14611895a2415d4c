import type { MiddlewareHandler } from 'hono'
import { PilotlightError } from '../../contract/errors.ts'
import type { ApiEnv } from '../serve.ts'

/** Behind `authenticate`: what is the console's own is for browsers that are signed in, and no door beside the API's. */
export const onlySessions: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (!c.get('caller').is_session) throw new PilotlightError('console_session_only')
  await next()
}
