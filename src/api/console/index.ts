// The console: its page, and the sign-in of browsers. All else it asks of the Management API, as any client does.

import { Hono, type MiddlewareHandler } from 'hono'
import type { Control } from '../../control/index.ts'
import type { FailedAuthentications } from '../rate-limit.ts'
import type { ApiEnv } from '../serve.ts'
import { servePages } from './pages.ts'
import { serveSession } from './session.ts'

export { serveConsoleLinks } from './links.ts'

export interface ConsoleOptions {
  /** Where Vite has put the page; undefined: there is none. */
  directory: string | undefined
  /** The bounds and manners of the rest of the API. */
  before: MiddlewareHandler<ApiEnv>[]
  /** Of all who fail to prove who they are, at whatever door. */
  failures: FailedAuthentications | undefined
}

export function serveConsole(app: Hono<ApiEnv>, control: Control, options: ConsoleOptions): void {
  const own = new Hono<ApiEnv>()
  for (const middleware of options.before) own.use(middleware)
  serveSession(own, control, options.failures)
  app.route('/api/console', own)
  if (options.directory !== undefined) servePages(app, options.directory)
}
