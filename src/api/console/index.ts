// The console: its page, the sign-in of browsers, and what the Management API has no call for. All else it asks of that,
// as any client does.

import { Hono, type MiddlewareHandler } from 'hono'
import type { Control } from '../../control/index.ts'
import { authenticate } from '../authenticate.ts'
import type { FailedAuthentications } from '../rate-limit.ts'
import type { ApiEnv } from '../serve.ts'
import { serveComputes } from './computes.ts'
import { serveConnectionTest } from './connection-test.ts'
import { serveEvents } from './events.ts'
import { serveMetrics } from './metrics.ts'
import { serveConsoleOperations } from './operations.ts'
import { servePages } from './pages.ts'
import { serveProjectStates } from './project-states.ts'
import { serveQuery } from './query.ts'
import { serveSavedQueries } from './saved-queries.ts'
import { serveSession } from './session.ts'
import { serveSessions } from './sessions.ts'
import { onlySessions } from './signed-in.ts'
import { serveUndoneMigrations } from './undone-migrations.ts'

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
  own.use(authenticate(control, options.failures), onlySessions)
  serveUndoneMigrations(own, control)
  serveQuery(own, control)
  serveSavedQueries(own, control)
  serveConnectionTest(own, control)
  serveMetrics(own, control)
  serveSessions(own, control)
  serveEvents(own, control)
  serveComputes(own, control)
  serveConsoleOperations(own, control)
  serveProjectStates(own, control)
  app.route('/api/console', own)
  if (options.directory !== undefined) servePages(app, options.directory)
}
